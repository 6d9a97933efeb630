"""Forms around a room."""

from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.utils.translation import gettext_lazy as _


class ReasonForm(forms.Form):
    """Why a room should be paused or resumed. Everybody in the room reads it."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class ResumeForm(ReasonForm):
    """Why a room goes on, and after how long a notice."""

    minutes = forms.IntegerField(
        label=_("Minutes until it goes on"),
        min_value=0,
        max_value=30 * 24 * 60,
        help_text=_("Counted from the approval of the second person; every bidder is told."),
    )

    def __init__(self, *arguments: Any, least: int = 0, **named: Any) -> None:
        """`least`: the minutes that the rules of the notice ask for."""
        super().__init__(*arguments, **named)
        self.fields["minutes"].initial = least
        self.fields["minutes"].validators.append(MinValueValidator(least))
        self.fields["minutes"].widget.attrs["min"] = least


class VoidForm(forms.Form):
    """The numbered decision of the seller or the regulator (平台办法)."""

    decided_by = forms.CharField(label=_("Decided by"), max_length=80, help_text=_("The seller or the regulator."))
    decision_no = forms.CharField(label=_("Number of the decision"), max_length=60)
    document = forms.FileField(label=_("Document (PDF)"), widget=forms.FileInput(attrs={"accept": "application/pdf"}))
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class RehearsalForm(forms.Form):
    """Against how many robots, and under which rules."""

    FORMATS = (
        ("ENGLISH", _("Ascending, with extension")),
        ("DIVISIBLE", _("Ascending, a divisible lot")),
        ("LIMITED_QUOTES", _("Limited number of quotes")),
        ("SEALED_CALL", _("One sealed call")),
        ("DESCENDING", _("Descending, with extension")),
    )

    format = forms.ChoiceField(label=_("Format"), choices=FORMATS, widget=forms.RadioSelect, initial="ENGLISH")
    robots = forms.TypedChoiceField(label=_("Robots"), choices=[(1, "1"), (2, "2"), (3, "3")], coerce=int, initial=2)
