"""Forms of applicants, issuers, beneficiaries and the centre."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commons.domain.codes import check_uscc
from commons.forms import DecimalField, offer
from signatures.guarantees.domain.terms import ClaimGround, GuaranteeKind, IssuerKind, IssuerStatus, RefusalGround
from signatures.guarantees.labels import CLAIM_GROUNDS, ISSUER_KINDS, ISSUER_STATUSES, KINDS, REFUSAL_GROUNDS

DAY: dict[str, Any] = {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
MONEY: dict[str, Any] = {"max_digits": 14, "decimal_places": 2, "min_value": Decimal("0.01")}
LARGEST_FILE = 10_000_000


class AskForm(forms.Form):
    """Which issuer, and which kind of guarantee."""

    issuer = forms.TypedChoiceField(label=_("Issuer"), coerce=int)
    kind = forms.ChoiceField(label=_("Kind of guarantee"), choices=[(one.value, KINDS[one]) for one in GuaranteeKind])
    note = forms.CharField(
        label=_("Note to the issuer"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, issuers: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "issuer", issuers)


class UploadForm(forms.Form):
    """A guarantee of an issuer that is not connected, and what the applicant states of it."""

    issuer_name = forms.CharField(label=_("Issuer"), max_length=120)
    issuer_uscc = forms.CharField(label=_("Credit code of the issuer"), max_length=18)
    number = forms.CharField(label=_("Number of the guarantee"), max_length=60)
    amount = DecimalField(label=_("Amount, yuan"), **MONEY)
    expires_on = forms.DateField(label=_("Last day of validity"), **DAY)
    file = forms.FileField(label=_("The signed file"), help_text=_("PDF with the issuer's signature, at most 10 MB."))

    def clean_issuer_uscc(self) -> str:
        code = str(self.cleaned_data["issuer_uscc"]).strip().upper()
        if not check_uscc(code).valid:
            raise forms.ValidationError(_("This is no valid unified social credit code."))
        return code

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 10 MB."))
        return file


class AssessForm(forms.Form):
    """What the underwriter found."""

    number = forms.CharField(label=_("Number of the guarantee"), max_length=60)
    note = forms.CharField(
        label=_("Assessment"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReasonForm(forms.Form):
    """A reason in words."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class ExtensionForm(forms.Form):
    """A later last day."""

    until = forms.DateField(label=_("New last day of validity"), **DAY)


class ClaimForm(forms.Form):
    """On which ground, how much, and why."""

    ground = forms.ChoiceField(label=_("Ground"), choices=[(one.value, CLAIM_GROUNDS[one]) for one in ClaimGround])
    amount = DecimalField(label=_("Amount, yuan"), **MONEY)
    document_ref = forms.CharField(label=_("Number of the decision or document"), max_length=120, required=False)
    statement = forms.CharField(
        label=_("Statement"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What happened and when; the issuer decides on it."),
    )


class PaymentForm(forms.Form):
    """The bank's reference of a payment."""

    payment_ref = forms.CharField(label=_("The bank's reference of the payment"), max_length=120)


class RefusalForm(forms.Form):
    """Why a claim is refused."""

    ground = forms.ChoiceField(label=_("Ground"), choices=[(one.value, REFUSAL_GROUNDS[one]) for one in RefusalGround])
    note = forms.CharField(label=_("In words"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class JudgementForm(ReasonForm):
    """Whether the text of an uploaded guarantee promises what is asked."""

    accepted = forms.TypedChoiceField(
        label=_("Judgement"),
        choices=[("yes", _("It promises what is asked")), ("no", _("It does not"))],
        coerce=lambda text: text == "yes",
    )
    field_order = ("accepted",)


class CreditForm(forms.Form):
    """A credit line for an applicant."""

    uscc = forms.CharField(label=_("Credit code of the applicant"), max_length=18)
    limit = DecimalField(label=_("Limit, yuan"), **MONEY)
    valid_until = forms.DateField(label=_("Valid until"), **DAY)


class IssuerForm(forms.Form):
    """An entry in the list of issuers."""

    uscc = forms.CharField(label=_("Credit code of the issuer"), max_length=18)
    kind = forms.ChoiceField(label=_("Kind"), choices=[(one.value, ISSUER_KINDS[one]) for one in IssuerKind])
    licence_no = forms.CharField(label=_("Number of its licence"), max_length=60)
    premium_rate = DecimalField(
        label=_("Fee, share of the amount per year"), max_digits=8, decimal_places=6, min_value=Decimal(0)
    )
    premium_minimum = DecimalField(label=_("Lowest fee, yuan"), max_digits=12, decimal_places=2, min_value=Decimal(0))
    endpoint = forms.URLField(
        label=_("Address of its own system"),
        required=False,
        assume_scheme="https",
        help_text=_("Empty: its people work in the back office here."),
    )
    key_name = forms.CharField(label=_("Name of the shared key"), max_length=40, required=False)
    decision_no = forms.CharField(label=_("Number of the decision"), max_length=120)


class StatusForm(forms.Form):
    """Suspend, revoke, readmit."""

    status = forms.ChoiceField(
        label=_("Status"), choices=[(one.value, ISSUER_STATUSES[one][0]) for one in IssuerStatus]
    )
    decision_no = forms.CharField(label=_("Number of the decision"), max_length=120)
