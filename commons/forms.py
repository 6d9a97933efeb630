"""What forms of all packages share: numbers as people type them, and refusals at the field that they name."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseForm

from commons.domain.refusals import Refusal
from commons.texts import refusal_text


def refuse(form: BaseForm, refusal: Refusal, *, field: str | None = None) -> None:
    """Add what the refusal says to the bound form's errors, at `field` or at the field that the refusal names."""
    named = field or refusal.fields.get("field")
    form.add_error(named if isinstance(named, str) and named in form.fields else None, refusal_text(refusal))


def offer(form: BaseForm, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """Let the choice field `name` offer these values with their words."""
    field: Any = form.fields[name]
    field.choices = choices


_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)?(\.\d*)?", re.ASCII)


class DecimalField(forms.DecimalField):
    """A number as people type it: with full-width digits, thousands set apart, blanks around. No exponents."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(self._plain(value) if isinstance(value, str) else value)

    def _plain(self, value: str) -> str:
        typed = "".join(value.translate(_HALF_WIDTH).split())
        if not _NUMBER.fullmatch(typed):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return typed.replace(",", "")
