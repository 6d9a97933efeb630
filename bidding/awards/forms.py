"""Forms of the result's desk."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bidding.awards.domain.found import Fact
from bidding.awards.domain.reports import ReportLine
from bidding.awards.domain.securities import GROUND_TEXTS
from bidding.awards.labels import ROUND_KINDS
from bidding.tenders.domain.failing import FailureCause
from bidding.tenders.forms.centre import DecisionForm
from bidding.tenders.forms.fields import amount, moment
from bidding.tenders.labels import failure_label
from commons.forms import DecimalField, offer


class ReportForm(forms.Form):
    """The committee's result, one row for each bidder, with its signed paper.

    `as_rate`: bids are discount rates; `goes_on`: fewer valid bids than needed may do while competition remains.
    """

    file = forms.FileField(label=_("The committee's signed report"), help_text=_("PDF, at most 50 MB."))
    competition = forms.CharField(
        label=_("Why competition remains"),
        required=False,
        max_length=2000,
        help_text=_("Only where fewer valid bids remain than needed and the procedure lets it go on."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self, *args: Any, bidders: list[tuple[int, str]], facts: Sequence[tuple[Fact, str]] = (), as_rate: bool,
        goes_on: bool, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        if not goes_on:
            del self.fields["competition"]
        price = _("Discount rate, a fraction") if as_rate else _("Price in yuan")
        self.bidders, self.facts = bidders, facts
        for number, name in bidders:
            self.fields[f"rank{number}"] = forms.IntegerField(
                label=_("%(name)s: rank") % {"name": name}, min_value=0, max_value=200, help_text=_("0 when rejected.")
            )
            self.fields[f"price{number}"] = DecimalField(
                label=price, max_digits=16, decimal_places=4, min_value=Decimal(0)
            )
            self.fields[f"score{number}"] = DecimalField(
                label=_("Score"), required=False, max_digits=6, decimal_places=2
            )
            for fact, words in facts:
                self.fields[f"{fact.value}{number}"] = forms.CharField(label=_(words), required=False, max_length=900)
            self.fields[f"reason{number}"] = forms.CharField(label=_("Grounds"), max_length=1000)

    def lines(self) -> list[ReportLine]:
        """One line for each bidder."""
        data = self.cleaned_data
        return [
            ReportLine(
                number,
                data[f"rank{number}"],
                data[f"price{number}"],
                data[f"score{number}"],
                data[f"reason{number}"],
                {fact.value: text for fact, _words in self.facts if (text := data[f"{fact.value}{number}"].strip())},
            )
            for number, _name in self.bidders
        ]


class ForfeitForm(DecisionForm):
    """Why a bond or security is kept."""

    ground = forms.ChoiceField(label=_("Ground"))
    field_order = ("ground", "reason", "body", "number", "file")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "ground", [(ground.value, _(words)) for ground, words in GROUND_TEXTS.items()])


class AskSecurityForm(forms.Form):
    """Amount and day of a performance security."""

    amount = amount(_("Amount, yuan"), help_text=_("At most the share of the contract that the procedure knows."))
    due_at = moment(_("To be given until"))


class HandInForm(forms.Form):
    """A guarantee in the place of money."""

    number = forms.CharField(label=_("Issuer and number of the guarantee"), max_length=80)
    file = forms.FileField(label=_("The guarantee"), help_text=_("PDF, at most 50 MB."))


class RoundForm(forms.Form):
    """What happens next in the rounds."""

    step = forms.ChoiceField(label=_("What happens next"))
    supplier = forms.ChoiceField(label=_("Supplier that does not remain"), required=False)
    words = forms.CharField(
        label=_("What is negotiated, or the reason"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    closes_at = moment(_("Offers until"), required=False)

    def __init__(self, *args: Any, suppliers: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps = [*ROUND_KINDS.items(), ("exclude", _("Exclude a supplier"))]
        offer(self, "step", steps)
        offer(self, "supplier", [("", "—"), *suppliers])

    def clean(self) -> dict[str, Any]:
        """The supplier to exclude, or the end of the round."""
        said = super().clean() or self.cleaned_data
        needed = "supplier" if said.get("step") == "exclude" else "closes_at"
        if not said.get(needed):
            self.add_error(needed, _("This is needed for that step."))
        return said


class OfferForm(forms.Form):
    """An offer in a round; only the final one needs a price."""

    price = amount(_("Price in yuan"), required=False, help_text=_("To the fen, for example 980000.00."))
    words = forms.CharField(
        label=_("Your offer in words"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, final: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["price"].required = final


class RoomForm(forms.Form):
    """When and how the live room of a section runs."""

    opens_at = moment(_("The room opens"))
    step = amount(_("Step, yuan"), help_text=_("Each bid is lower than the last by at least this much."))
    minutes = forms.IntegerField(label=_("Length, minutes"), min_value=1, max_value=600, initial=30)
    extension = forms.IntegerField(
        label=_("Extension by a late bid, seconds"), min_value=10, max_value=1800, initial=120
    )


class FilingForm(forms.Form):
    """The report of the result to the authority."""

    authority = forms.CharField(label=_("Authority"), max_length=80)
    number = forms.CharField(label=_("Number of the filing"), max_length=60)
    filed_on = forms.DateField(label=_("Filed on"), widget=forms.DateInput({"type": "date"}))


class FailForm(forms.Form):
    """Why a section came to nothing."""

    cause = forms.ChoiceField(label=_("Cause"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    file = forms.FileField(
        label=_("The paper that says so"),
        help_text=_("The committee's signed report, or the words of the winner that gave up. PDF, at most 50 MB."),
    )

    def __init__(self, *args: Any, reserve: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        causes = [FailureCause.TOO_FEW_VALID, FailureCause.NO_CANDIDATE]
        if reserve:
            causes.append(FailureCause.BELOW_RESERVE)
        offer(self, "cause", [(cause.value, failure_label(cause.value)) for cause in causes])


class CallOffForm(forms.Form):
    """One purchase under a framework."""

    title = forms.CharField(label=_("What is bought"), max_length=120)
    amount = amount(_("Amount, yuan"), help_text=_("At the agreed prices; at most what is left of the contract."))
    reason = forms.CharField(
        label=_("Why this supplier"),
        max_length=1000,
        help_text=_("By price, quality, convenience or what users say of it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, chosen: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not chosen:
            del self.fields["reason"]


class CompetitionForm(forms.Form):
    """A second competition: what is needed, until when, and what it costs at each supplier's agreed prices."""

    title = forms.CharField(label=_("What is bought"), max_length=120)
    words = forms.CharField(
        label=_("What has to be supplied"),
        max_length=4000,
        help_text=_("Quantity, place, time and whatever a price depends on; the same words for all."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    closes_at = moment(_("Quotes until"), required=True)
    roster = forms.ChoiceField(
        label=_("Opening officers"), help_text=_("Quotes are sealed for the supplier and these officers together.")
    )
    left_out = forms.CharField(
        label=_("Why the others are not asked"),
        required=False,
        max_length=2000,
        help_text=_("Needed when a supplier has no amount above: every one that can meet the need is asked."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self, *args: Any, suppliers: list[tuple[int, str]], rosters: list[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "roster", rosters)
        self.suppliers = [number for number, _name in suppliers]
        for number, name in suppliers:
            self.fields[f"ceiling{number}"] = amount(
                _("%(name)s: cost at its agreed prices, yuan") % {"name": name},
                required=False,
                help_text=_("The most that it may quote. Empty: it is not asked."),
            )
        self.order_fields(["title", "words", "closes_at", *(f"ceiling{number}" for number in self.suppliers)])

    def ceilings(self) -> dict[int, Decimal]:
        """Award → the most its supplier may quote, of those that are asked."""
        found = {number: self.cleaned_data[f"ceiling{number}"] for number in self.suppliers}
        return {number: most for number, most in found.items() if most is not None}


class DeclineForm(forms.Form):
    """Why a supplier declined its turn."""

    reason = forms.CharField(label=_("Why it declined"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class RefuseCallOffForm(forms.Form):
    """Why a supplier does not deliver."""

    reason = forms.CharField(label=_("Why you refuse"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class SettleForm(forms.Form):
    """What was delivered and accepted."""

    accepted = amount(
        _("Accepted for, yuan"), help_text=_("At most what was ordered; what is less stays in the contract.")
    )
    words = forms.CharField(
        label=_("What was delivered"),
        max_length=1000,
        help_text=_("Quantity and quality, and what is missing."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
