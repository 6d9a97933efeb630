"""What a sealed offer says, `luochui-offer/v1`: one small JSON file, read when the round is opened. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bidding.awards.domain.rounds import RoundKind
from commons.domain.money import parse_decimal
from commons.domain.refusals import Malformed
from commons.domain.text import gettext_noop

FORMAT = "luochui-offer/v1"
NAME = "offer.json"
LARGEST_BYTES = 64 * 1024
LONGEST_WORDS = 4000


class OfferFault(StrEnum):
    """Why an offer that came in on time does not count."""

    NOT_OPENED = "NOT_OPENED"
    """Its envelope could not be opened; the cause stands beside it."""
    UNREADABLE = "UNREADABLE"
    PRICE_MISSING = "PRICE_MISSING"
    ABOVE_CEILING = "ABOVE_CEILING"
    """政府采购法实施条例 第36条."""


FAULT_TEXTS = {
    OfferFault.NOT_OPENED: gettext_noop("the sealed offer could not be opened"),
    OfferFault.UNREADABLE: gettext_noop("what was sealed is no offer of this platform's form"),
    OfferFault.PRICE_MISSING: gettext_noop("a final offer without a price"),
    OfferFault.ABOVE_CEILING: gettext_noop("the price is above the ceiling"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """An offer as it was sealed; with a fault it is shown, and not ranked."""

    price: Decimal | None
    words: str
    fault: OfferFault | None = None


def read(data: object, *, kind: RoundKind, ceiling: Decimal | None) -> Said:
    """What `offer.json` says; whatever a supplier sealed in, the answer is an offer or its fault."""
    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        return Said(None, "", OfferFault.UNREADABLE)
    text, words = data.get("price", ""), data.get("words", "")
    if not isinstance(text, str) or not isinstance(words, str) or len(words) > LONGEST_WORDS:
        return Said(None, "", OfferFault.UNREADABLE)
    try:
        price = parse_decimal(text, field="price", places=2) if text else None
    except Malformed:
        return Said(None, words.strip(), OfferFault.UNREADABLE)
    return Said(price, words.strip(), _fault(price, kind, ceiling))


def _fault(price: Decimal | None, kind: RoundKind, ceiling: Decimal | None) -> OfferFault | None:
    if kind is RoundKind.FINAL and not price:
        return OfferFault.PRICE_MISSING
    if price is not None and ceiling is not None and price > ceiling:
        return OfferFault.ABOVE_CEILING
    return None
