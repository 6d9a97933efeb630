"""A refusal stands beside the field that it speaks of."""

from django import forms

from commons.domain.refusals import Malformed, NotAllowedNow
from commons.pages import explain


class Typed(forms.Form):
    text = forms.CharField()


def bound() -> Typed:
    form = Typed({"text": "x"})
    assert form.is_valid()
    return form


def test_what_cannot_be_read_is_told_at_its_field() -> None:
    form = bound()

    explain(form, Malformed(field="text", reason="write more"))

    assert form.errors == {"text": ["Write more"]}


def test_anything_else_stands_on_top_and_shows_no_code() -> None:
    form = bound()

    explain(form, Malformed(field="elsewhere", reason="write more"))
    explain(form, NotAllowedNow(command="CHANGE", state="OWNER_REVIEW"))

    assert set(form.errors) == {"__all__"}
    assert "OWNER_REVIEW" not in str(form.errors)
