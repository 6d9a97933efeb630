"""Forms of buyers, sellers and staff in an auction."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commons.forms import DecimalField
from commons.texts import PHONE_INVALID

OPENS_AT: dict[str, Any] = {
    "widget": forms.DateTimeInput(attrs={"type": "datetime-local", "step": "60"}, format="%Y-%m-%dT%H:%M"),
    "input_formats": ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
}


class NeedForm(forms.Form):
    """What the buyer needs, and under which permit."""

    permit_no = forms.CharField(
        label=_("Number of your emission permit"), max_length=40, help_text=_("As it stands in the permit registry.")
    )
    need = DecimalField(
        label=_("Quantity you need"),
        max_digits=15,
        decimal_places=3,
        min_value=Decimal("0.001"),
        help_text=_("3 decimals."),
    )
    purpose = forms.CharField(label=_("What for"), max_length=200, required=False)
    contact_name = forms.CharField(label=_("Contact"), max_length=40)
    contact_phone = forms.RegexField(label=_("Telephone"), regex=r"^[0-9+() -]{5,30}$", error_messages=PHONE_INVALID)


class StatementsForm(forms.Form):
    """What a buyer states before it submits."""

    true_statements = forms.BooleanField(label=_("What I entered is true; the permit is ours and valid."))
    no_conflict = forms.BooleanField(
        label=_(
            "We are not related to the seller or to another buyer of this lot, and nobody of the exchange acts for us."
        )
    )
    terms_accepted = forms.BooleanField(
        label=_("We accept the notice: bids bind us, and whoever wins and does not sign or pay loses the deposit.")
    )


class OfferForm(forms.Form):
    """A price in a negotiation."""

    price = DecimalField(label=_("Price, yuan a tonne"), max_digits=14, decimal_places=2, min_value=Decimal("0.01"))
    quantity = DecimalField(label=_("Quantity"), max_digits=15, decimal_places=3, min_value=Decimal("0.001"))


class RefusalForm(forms.Form):
    """Why a buyer is kept out."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class DecisionForm(forms.Form):
    """A numbered decision with its document, and the reason in words."""

    decision_body = forms.CharField(label=_("Whose decision it is"), max_length=80)
    decision_no = forms.CharField(label=_("Number of the decision"), max_length=60)
    document = forms.FileField(label=_("The decision itself"), help_text=_("PDF, at most 50 MB."))
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class PowersForm(DecisionForm):
    """Suspend, resume or end a lot."""

    action = forms.ChoiceField(
        label=_("What was decided"),
        choices=[
            ("suspend", _("Suspend the lot")),
            ("resume", _("Resume the lot")),
            ("terminate", _("End the lot for good")),
        ],
    )
    field_order = ("action",)


class CertificateForm(DecisionForm):
    """Replace or revoke a certificate."""

    action = forms.ChoiceField(
        label=_("What was decided"),
        choices=[
            ("supersede", _("Issue a new certificate in its place, from the records as they stand now")),
            ("revoke", _("Revoke the certificate")),
        ],
        widget=forms.RadioSelect,
    )
    field_order = ("action",)


class StopForm(DecisionForm):
    """Suspend a lot or its room because of a complaint, or let it go on."""

    action = forms.ChoiceField(
        label=_("What was decided"),
        choices=[("suspend", _("Suspend the lot, or pause its room")), ("resume", _("Let it go on"))],
        widget=forms.RadioSelect,
    )
    field_order = ("action",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["decision_body"]


class DefaultForm(DecisionForm):
    """The buyer did not sign or did not pay; or the deal was ended without its fault."""

    action = forms.ChoiceField(
        label=_("What was decided"),
        choices=[
            ("default", _("The buyer defaulted: the deposit is forfeited")),
            ("end", _("The deal is ended without the buyer's fault: everything goes back to it")),
        ],
    )
    take_next = forms.BooleanField(
        label=_("Offer the lot to the next bidder, at its own last price"),
        required=False,
        help_text=_("Only after a default."),
    )
    field_order = ("action",)


class AmendmentForm(forms.Form):
    """New values for one lot of a published notice; empty fields stay as they are."""

    lot = forms.ChoiceField(label=_("Lot"))
    start_price = DecimalField(
        label=_("New start price"), required=False, max_digits=14, decimal_places=2, min_value=Decimal("0.01")
    )
    step = DecimalField(label=_("New step"), required=False, max_digits=14, decimal_places=2, min_value=Decimal("0.01"))
    opens_at = forms.DateTimeField(label=_("New start of bidding"), required=False, **OPENS_AT)
    decision_body = forms.CharField(label=_("Whose decision it is"), max_length=80)
    decision_no = forms.CharField(label=_("Number of the decision"), max_length=60)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is published word for word."),
    )

    def __init__(self, *args: Any, lots: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lot"] = forms.ChoiceField(label=_("Lot"), choices=lots)
        self.order_fields(list(self.base_fields))


class CompareForm(forms.Form):
    """A certificate that somebody has at hand, to be compared with the one that was issued."""

    file = forms.FileField(label=_("Your copy of the certificate (PDF)"))
