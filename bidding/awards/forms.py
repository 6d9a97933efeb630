"""Forms of the result's desk."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bidding.awards.domain.reports import ReportLine
from bidding.awards.domain.securities import GROUND_TEXTS
from bidding.tenders.forms import DecisionForm, amount, moment


class ReportForm(forms.Form):
    """The committee's result, one row for each bidder, with its signed paper."""

    file = forms.FileField(label=_("The committee's signed report"), help_text=_("PDF, at most 50 MB."))
    competition = forms.CharField(
        label=_("Why competition remains"),
        required=False,
        max_length=2000,
        help_text=_("Only where fewer valid bids remain than needed and the procedure lets it go on."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, bidders: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bidders = bidders
        for number, name in bidders:
            self.fields[f"rank{number}"] = forms.IntegerField(
                label=_("%(name)s: rank") % {"name": name}, min_value=0, max_value=200, help_text=_("0 when rejected.")
            )
            self.fields[f"price{number}"] = forms.DecimalField(
                label=_("Price or discount rate"), max_digits=16, decimal_places=4, min_value=Decimal(0)
            )
            self.fields[f"score{number}"] = forms.DecimalField(
                label=_("Score"), required=False, max_digits=6, decimal_places=2
            )
            self.fields[f"reason{number}"] = forms.CharField(label=_("Grounds"), max_length=1000)

    def lines(self) -> list[ReportLine]:
        """One line for each bidder."""
        data = self.cleaned_data
        return [
            ReportLine(
                number, data[f"rank{number}"], data[f"price{number}"], data[f"score{number}"], data[f"reason{number}"]
            )
            for number, _name in self.bidders
        ]


class ForfeitForm(DecisionForm):
    """Why a bond or security is kept."""

    ground = forms.ChoiceField(label=_("Ground"))
    field_order = ("ground", "reason", "body", "number", "file")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = [(ground.value, _(words)) for ground, words in GROUND_TEXTS.items()]  # type: ignore[attr-defined]


class AskSecurityForm(forms.Form):
    """Amount and day of a performance security."""

    amount = amount(_("Amount, yuan"), help_text=_("At most the share of the contract that the procedure knows."))
    due_at = moment(_("To be given until"))


class HandInForm(forms.Form):
    """A guarantee in the place of money."""

    number = forms.CharField(label=_("Issuer and number of the guarantee"), max_length=80)
    file = forms.FileField(label=_("The guarantee"), help_text=_("PDF, at most 50 MB."))
