"""Forms of the finance desk, of the treasury and of payers."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commons.forms import DecimalField, offer
from exchange.deposits.labels import EXPLANATIONS, MONEY, PURPOSES, USES


class ReasonForm(forms.Form):
    """A reason, for whatever is done by hand."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("It stays with the entry and is read by auditors.")
    )


class BankFileForm(forms.Form):
    """A file of the bank."""

    file = forms.FileField(label=_("Bank file (camt.053 or camt.054, XML)"), allow_empty_file=True)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["file"].widget.attrs["accept"] = ".xml,application/xml,text/xml"


class DeskFilter(forms.Form):
    """What the desk's list shows."""

    search = forms.CharField(label=_("Payer, virtual account or reference"), required=False, max_length=60)
    state = forms.ChoiceField(label=_("State"), required=False)
    purpose = forms.ChoiceField(label=_("Paid for"), required=False)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        offer(self, "state", [("", _("All")), *((key, words) for key, (words, _tone) in MONEY.items())])
        offer(self, "purpose", [("", _("All")), *PURPOSES.items()])
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-control" if name == "search" else "form-select"


class ClaimForm(ReasonForm):
    """What an unclear payment is for."""

    money = forms.TypedChoiceField(label=_("It pays for"), coerce=int)
    field_order = ("money", "reason")

    def __init__(self, data: Any, *, choices: list[tuple[int, str]], initial: int | None = None) -> None:
        super().__init__(data, initial={"money": initial})
        offer(self, "money", [("", "—"), *choices])


class ExplainForm(ReasonForm):
    """What a credit is that pays for nothing."""

    explanation = forms.ChoiceField(label=_("What it is"), choices=list(EXPLANATIONS.items()))
    field_order = ("explanation", "reason")


class BatchForm(ReasonForm):
    """Which payments are ordered, and for which day."""

    legs = forms.TypedMultipleChoiceField(coerce=int, widget=forms.MultipleHiddenInput)
    execute_on = forms.DateField(
        label=_("Day of execution"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Interest runs to this day."),
    )
    field_order = ("execute_on", "reason")

    def __init__(self, data: Any, *, legs: list[int], initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        offer(self, "legs", [(number, number) for number in legs])
        self.fields["legs"].error_messages["required"] = _("Choose at least one payment.")


class AccountForm(forms.Form):
    """An account as its bank calls it."""

    name = forms.CharField(label=_("Name of the account"), max_length=120)
    number = forms.CharField(label=_("Account number"), max_length=40)
    bank_name = forms.CharField(label=_("Bank and branch"), max_length=120)
    bank_code = forms.RegexField(
        label=_("Number of the bank 联行号"),
        regex=r"^[0-9]{12}$",
        help_text=_("12 digits."),
        error_messages={"invalid": _("Write the twelve digits of the bank’s branch, such as 105588000000.")},
    )
    document_ref = forms.CharField(
        label=_("Proof"),
        max_length=120,
        help_text=_("Number of the account's opening permit, or of the bank's letter."),
    )


class CollectingForm(AccountForm):
    """The account on which the exchange collects, and why it is that one."""

    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("The second person reads it."))

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        del self.fields["document_ref"]


class ListedAccountForm(AccountForm):
    """An account that finance enters for an organisation."""

    uscc = forms.CharField(label=_("Unified social credit code of the organisation"), max_length=18)
    use = forms.ChoiceField(label=_("Use"), choices=list(USES.items()))
    field_order = ("uscc", "use")


class VoucherForm(forms.Form):
    """The treasury's voucher."""

    number = forms.CharField(label=_("Number of the voucher"), max_length=60)
    amount = DecimalField(
        label=_("Amount on the voucher (yuan)"), max_digits=14, decimal_places=2, min_value=Decimal("0.01")
    )
    document = forms.FileField(label=_("The voucher as PDF"), required=False)
