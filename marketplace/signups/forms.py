"""Forms of a sign-up and of a subscription."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commons.forms import DecimalField, offer
from commons.texts import REGION_INVALID
from marketplace.procurement.domain.methods import PROPOSED, QUOTED, QuoteKind
from marketplace.procurement.queries import ProcurementView


class SignUpForm(forms.Form):
    """Quote and proposal where the method asks for them; `key` makes a second click the same sign-up."""

    key = forms.RegexField(regex=r"^[0-9a-f-]{36}$", widget=forms.HiddenInput)

    def __init__(self, *arguments: Any, found: ProcurementView, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["key"].initial = str(uuid.uuid4())
        low, high = found.quote_rule.span()
        if found.need.method in QUOTED:
            rate = found.need.quote_kind is QuoteKind.DISCOUNT_RATE
            self.fields["quote"] = DecimalField(
                label=_("Your discount in percent") if rate else _("Your quote in yuan"),
                max_digits=14,
                decimal_places=2,
                help_text=f"{low:,.2f} – {high:,.2f}" if high is not None else f"≥ {low:,.2f}",
            )
            # Sealed: the browser keeps no copy of what is typed.
            self.fields["quote"].widget.attrs["autocomplete"] = "off"
        if found.need.method in PROPOSED:
            self.fields["proposal"] = forms.FileField(
                label=_("Your proposal (PDF)"), widget=forms.ClearableFileInput(attrs={"accept": ".pdf"})
            )
        self.fields["promise"] = forms.BooleanField(
            label=_("We can do it as the notice says, and are not related to the owner or to others that sign up.")
        )


class SubscriptionForm(forms.Form):
    """Which notices the agency wants to hear of."""

    item = forms.ChoiceField(label=_("Service item"), required=False)
    region = forms.RegexField(
        label=_("Region"),
        regex=r"^[1-9][0-9]{5}$",
        required=False,
        help_text=_("Empty: everywhere."),
        error_messages=REGION_INVALID,
    )
    least_price = DecimalField(
        label=_("From this highest price on, yuan"), max_digits=14, decimal_places=2, min_value=0, required=False
    )

    def __init__(self, *arguments: Any, items: list[tuple[str, str]], **named: Any) -> None:
        super().__init__(*arguments, **named)
        offer(self, "item", [("", _("All that we offer")), *items])
