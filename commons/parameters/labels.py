"""Words for trades, units, marks and methods."""

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from commons.parameters.domain.legality import Method, Verdict
from commons.parameters.domain.values import Definition, Mark

Text = str | Promise

TRADES: dict[str, Text] = {
    "": _("all trades"),
    "EMISSION_RIGHTS": _("Emission rights"),
    "CARBON_ALLOWANCES": _("Carbon allowances"),
    "LAND": _("Land"),
    "MINING": _("Mining rights"),
    "WORKS": _("Construction works"),
    "GOVERNMENT_PROCUREMENT": _("Government procurement"),
    "SOE_PROCUREMENT": _("State-owned enterprises' procurement"),
    "PROPERTY_MANAGEMENT": _("Property management tenders"),
    "SUPERMARKET": _("Intermediary services"),
}

UNITS: dict[str, Text] = {
    "": "",
    "year": _("years"),
    "month": _("months"),
    "day": _("days"),
    "day_before": _("days before"),
    "working_day": _("working days"),
    "working_day_before": _("working days before"),
    "trading_day": _("trading days"),
    "hour": _("hours"),
    "hour_before": _("hours before"),
    "minute": _("minutes"),
    "minute_before": _("minutes before"),
    "second": _("seconds"),
    "millisecond": _("milliseconds"),
    "share": _("as a share of 1"),
    "times": _("times"),
    "yuan": _("yuan"),
    "yuan_per_tonne": _("yuan per tonne"),
    "tonne": _("tonnes"),
    "megabyte": _("MB"),
    "step": _("steps"),
    "place": _("places"),
    "point": _("points"),
    "round": _("rounds"),
    "quote": _("quotes"),
    "bid": _("bids"),
    "bidder": _("bidders"),
    "candidate": _("candidates"),
    "member": _("members"),
    "agency": _("agencies"),
    "supplier": _("suppliers"),
    "level": _("level"),
}

MARKS: dict[str, tuple[Text, str]] = {
    Mark.READ.value: (_("read in the text"), "done"),
    Mark.SECONDARY.value: (_("secondary source"), "info"),
    Mark.REMEMBERED.value: (_("to be re-checked"), "waiting"),
    Mark.PROPOSED.value: (_("proposed"), "neutral"),
}

METHODS: dict[str, Text] = {
    Method.ENGLISH_AUCTION.value: _("Ascending online auction"),
    Method.LIMITED_QUOTES.value: _("Limited quotes"),
    Method.SEALED_CALL.value: _("Single-round sealed call"),
    Method.REVERSE_AUCTION.value: _("Reverse auction"),
    Method.DUTCH_AUCTION.value: _("Dutch auction"),
    Method.NEGOTIATED_DEAL.value: _("Negotiated deal"),
    Method.LISTING.value: _("Listing"),
    Method.ORDER_BOOK.value: _("Order book, centralised matching"),
    Method.OPEN_TENDER.value: _("Open tender"),
    Method.INVITED_TENDER.value: _("Invited tender"),
    Method.AWARD_SEPARATION.value: _("Award separated from evaluation"),
    Method.COMPETITIVE_NEGOTIATION.value: _("Competitive negotiation"),
    Method.COMPETITIVE_CONSULTATION.value: _("Competitive consultation"),
    Method.PRICE_INQUIRY.value: _("Price inquiry"),
    Method.SINGLE_SOURCE.value: _("Single source, direct selection"),
    Method.LOTTERY.value: _("Lottery"),
    Method.TWO_STAGE_TENDER.value: _("Two-stage tender"),
    Method.LIMITED_PREQUALIFICATION.value: _("Prequalification of a limited number"),
    Method.FRAMEWORK.value: _("Framework with call-offs"),
    Method.PRICE_ROUNDS.value: _("Rounds of offers"),
}

VERDICTS: dict[str, tuple[Text, str]] = {
    Verdict.LAWFUL.value: (_("lawful"), "done"),
    Verdict.BARRED.value: (_("barred"), "stop"),
}


def label(definition: Definition) -> str:
    """The parameter's name in the reader's language; both stand in the seed file, beside the value."""
    return definition.label if (get_language() or "").startswith("en") else definition.label_zh
