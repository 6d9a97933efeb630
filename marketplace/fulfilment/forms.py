"""Forms of fulfilment."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commons.forms import DecimalField, offer
from marketplace.fulfilment.domain.states import ProposalKind
from marketplace.fulfilment.labels import PROPOSALS
from marketplace.fulfilment.services import MilestonePlan


def _day(label: Any, *, required: bool = True) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}))


def _words(label: Any, *, required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=4000, required=required, widget=forms.Textarea(attrs={"rows": 4}))


class ContractForm(forms.Form):
    """Number, end and milestones of the contract."""

    number = forms.CharField(label=_("Contract number"), max_length=40)
    ends_on = _day(_("End of the service"))
    milestones = forms.CharField(
        label=_("Milestones, one a line"),
        help_text=_("Title | share in percent | day, for example: Draft report | 40 | 2026-12-31. Shares give 100."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    outside = forms.BooleanField(
        label=_("Both sides have signed it outside the platform already; register it"), required=False
    )

    def clean_milestones(self) -> list[MilestonePlan]:
        """The lines as plans."""
        plans = []
        for line in self.cleaned_data["milestones"].splitlines():
            if line.strip():
                plans.append(_plan(line))
        return plans


def _plan(line: str) -> MilestonePlan:
    try:
        title, share, due_on = (part.strip() for part in line.replace("｜", "|").split("|"))
        return MilestonePlan(title[:120], Decimal(share), date.fromisoformat(due_on))
    except (ValueError, InvalidOperation):
        raise forms.ValidationError(_("“%(line)s” is no milestone."), params={"line": line.strip()}) from None


class WordsForm(forms.Form):
    """Words."""

    words = _words(_("In words"))


class DeliverForm(forms.Form):
    """A deliverable: words and a file."""

    words = _words(_("What is handed in"))
    file = forms.FileField(label=_("File (PDF)"), required=False)


class PaymentForm(forms.Form):
    """A payment with its voucher."""

    amount = DecimalField(label=_("Amount in yuan"), max_digits=14, decimal_places=2, min_value=Decimal("0.01"))
    paid_on = _day(_("Paid on"))
    voucher = forms.CharField(label=_("Number of the voucher"), max_length=60)


class ProposalForm(forms.Form):
    """Extension, change or early end."""

    kind = forms.ChoiceField(label=_("Proposal"), choices=[(one.value, PROPOSALS[one]) for one in ProposalKind])
    ends_on = _day(_("New end of the service"), required=False)
    amount = DecimalField(label=_("New amount in yuan"), max_digits=14, decimal_places=2, required=False)
    words = _words(_("Reason"))


class RecordForm(forms.Form):
    """Whether the contract's text may be read by everybody."""

    disclosed = forms.BooleanField(label=_("Everybody may read the contract"), required=False, initial=True)


class RulingForm(forms.Form):
    """The regulator's numbered document."""

    step = forms.ChoiceField(label=_("What is decided"), widget=forms.RadioSelect)
    body = forms.CharField(label=_("Deciding authority"), max_length=80)
    number = forms.CharField(label=_("Number of the document"), max_length=60)
    file = forms.FileField(label=_("Document (PDF)"))
    words = _words(_("What it says"))

    def __init__(self, *args: Any, steps: list[tuple[str, Any]], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "step", steps)
