"""A refusal in a form: shown at the field that it names, or above the form."""

from django.forms import BaseForm

from commons.domain.refusals import Refusal
from commons.texts import refusal_text


def refuse(form: BaseForm, refusal: Refusal, *, field: str | None = None) -> None:
    """Add what the refusal says to the bound form's errors, at `field` or at the field that the refusal names."""
    named = field or refusal.fields.get("field")
    form.add_error(named if isinstance(named, str) and named in form.fields else None, refusal_text(refusal))
