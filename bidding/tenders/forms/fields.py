"""Fields that several forms share, and the form of one text."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commons.forms import DecimalField

REGION = r"^[1-9][0-9]{5}$"


def moment(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateTimeField:
    """An instant in the time of Beijing."""
    return forms.DateTimeField(
        label=label,
        required=required,
        help_text=help_text or _("Time of Beijing (UTC+8)."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "60"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )


def amount(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DecimalField:
    """Yuan, to the fen."""
    return DecimalField(
        label=label, required=required, max_digits=16, decimal_places=2, min_value=Decimal("0.01"),
        help_text=help_text or _("Yuan."),
    )  # fmt: skip


class WordsForm(forms.Form):
    """One field for words: a question, an answer, an objection, a reason."""

    words = forms.CharField(label=_("Text"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))

    def __init__(self, *args: Any, label: Any = "", help_text: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["words"].label = label
        self.fields["words"].help_text = help_text
