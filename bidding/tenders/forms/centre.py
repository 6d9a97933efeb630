"""What the centre fills in: the completeness check, and decisions that others took."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bidding.profiles.domain.profile import ProcedureProfile
from bidding.tenders.domain.completeness import items_for
from commons.forms import offer


class DecisionForm(forms.Form):
    """Somebody's numbered decision with its document and the reason."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    body = forms.CharField(label=_("Who decided"), max_length=80)
    number = forms.CharField(label=_("Number of the decision"), max_length=60)
    file = forms.FileField(label=_("Its document"), help_text=_("PDF, at most 50 MB."))


class SectionDecisionForm(DecisionForm):
    """What was decided about a section."""

    act = forms.ChoiceField(label=_("What was decided"))
    field_order = ("act", "reason", "body", "number", "file")

    def __init__(self, *args: Any, suspended: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = ("resume", _("It goes on")) if suspended else ("suspend", _("It is suspended"))
        offer(self, "act", [first, ("terminate", _("It is ended"))])


class TenderCheckForm(forms.Form):
    """The completeness check: a tick for each item found, and a reason when something is missing."""

    def __init__(self, *args: Any, profile: ProcedureProfile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items_asked = items_for(profile)
        for item in self.items_asked:
            self.fields[item.code] = forms.BooleanField(label=gettext(item.question), required=False)
        self.fields["reason"] = forms.CharField(
            label=_("Reasons for a return"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=4000
        )

    def found(self) -> dict[str, bool]:
        """Item code → ticked or not."""
        return {item.code: bool(self.cleaned_data.get(item.code)) for item in self.items_asked}
