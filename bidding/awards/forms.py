"""Forms of the result's desk."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bidding.awards.domain.reports import ReportLine


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
