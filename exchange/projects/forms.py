"""Forms of the seller's draft and of the completeness check."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commons.domain.suites import Suite
from commons.domain.time import SHANGHAI
from commons.forms import DecimalField, offer
from commons.texts import PHONE_INVALID, REGION_INVALID
from exchange.projects.domain.completeness import ITEMS
from exchange.projects.domain.trades import INSTRUMENTS, TRADE_LABELS, TradeType, instruments_of
from exchange.projects.labels import SUITES


class ProjectForm(forms.Form):
    """What the seller says about the project as a whole."""

    title = forms.CharField(label=_("Title of the notice"), max_length=120)
    region = forms.RegexField(
        label=_("Region"),
        regex=r"^[1-9][0-9]{5}$",
        initial="440600",
        help_text=_("Six digits (GB/T 2260); Foshan is 440600."),
        error_messages=REGION_INVALID,
    )
    description = forms.CharField(
        label=_("Description"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    decision_body = forms.CharField(
        label=_("Who decided to offer"),
        max_length=80,
        help_text=_("The body whose decision it is, with its full name."),
    )
    decision_no = forms.CharField(label=_("Number of the decision"), max_length=60)
    contact_name = forms.CharField(label=_("Contact"), max_length=40)
    contact_phone = forms.RegexField(label=_("Telephone"), regex=r"^[0-9+() -]{5,30}$", error_messages=PHONE_INVALID)
    permit_no = forms.ChoiceField(
        label=_("Permit that the rights come from"),
        required=False,
        help_text=_("Needed where you hold permits in several basins; buyers are checked against its basin."),
    )
    suite = forms.ChoiceField(
        label=_("Algorithms of the procedure"),
        choices=list(SUITES.items()),
        initial=Suite.INTERNATIONAL,
        required=False,
        help_text=_("Seller and bidders sign in them: each needs a certificate of that kind."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, permits: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = list(permits)
        if found:
            offer(self, "permit_no", [("", _("The only one that fits")), *found])
        else:
            del self.fields["permit_no"]

    def clean_suite(self) -> str:
        return self.cleaned_data["suite"] or Suite.INTERNATIONAL.value


class NewProjectForm(ProjectForm):
    """The same, with the kind of trade, which cannot be changed later."""

    trade_type = forms.ChoiceField(
        label=_("Kind of trade"), choices=[(kind.value, _(label)) for kind, label in TRADE_LABELS.items()]
    )
    field_order = ("trade_type", "title", "region")


class LotForm(forms.Form):
    """One lot: a pollutant, how much, from which price, in which format, from when."""

    instrument = forms.ChoiceField(label=_("Pollutant or instrument"))
    quantity = DecimalField(
        label=_("Quantity"),
        max_digits=15,
        decimal_places=3,
        min_value=Decimal("0.001"),
        help_text=_("Tonnes a year, 3 decimals."),
    )
    term_years = forms.IntegerField(label=_("Term in years"), min_value=1, max_value=30, initial=5)
    start_price = DecimalField(
        label=_("Start price"), max_digits=14, decimal_places=2, min_value=Decimal("0.01"), help_text=_("Yuan a tonne.")
    )
    step = DecimalField(
        label=_("Step"), max_digits=14, decimal_places=2, min_value=Decimal("0.01"), help_text=_("Yuan a tonne.")
    )
    profile = forms.ChoiceField(label=_("Format of bidding"))
    opens_at = forms.DateTimeField(
        label=_("Bidding starts"),
        help_text=_("Time of Beijing (UTC+8). Notice, registration and qualification need their time before it."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "60"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )

    def __init__(self, *args: Any, trade_type: TradeType, profiles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(item.value, _(INSTRUMENTS[item].label)) for item in instruments_of(trade_type)]
        offer(self, "instrument", choices)
        offer(self, "profile", profiles)


class AttachmentForm(forms.Form):
    """A document to put beside the draft."""

    title = forms.CharField(label=_("What the document is"), max_length=120)
    file = forms.FileField(label=_("File"), help_text=_("PDF, at most 50 MB."))


class CheckForm(forms.Form):
    """The completeness check: one tick for each item found, and a reason when something is missing."""

    reason = forms.CharField(
        label=_("Reasons for a return"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Say what is missing and what to do; the seller reads it word for word."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in ITEMS:
            self.fields[item.code] = forms.BooleanField(label=_(item.question), required=False)
        self.order_fields([*(item.code for item in ITEMS), "reason"])

    def found(self) -> dict[str, bool]:
        """Item code → ticked or not."""
        return {item.code: bool(self.cleaned_data.get(item.code)) for item in ITEMS}


def local_input(at: datetime) -> str:
    """An instant as the browser's field for local time wants it."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")
