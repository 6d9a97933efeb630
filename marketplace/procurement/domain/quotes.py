"""What may be quoted: inside the notice's span, in its kind. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from commons.domain.money import as_text
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from marketplace.procurement.domain.methods import QUOTED, Method, QuoteKind

FEN = Decimal("0.01")
WHOLE = Decimal(100)


class QuoteNeeded(Refusal):
    code = "QUOTE_NEEDED"
    message = gettext_noop("This method asks for a quote with the sign-up. Enter one.")
    status = 400


class QuoteNotAsked(Refusal):
    code = "QUOTE_NOT_ASKED"
    message = gettext_noop("This method has a fixed price or its own bidding: no quote is taken at sign-up.")
    status = 400


class QuoteOutOfRange(Refusal):
    """Outside the span of the notice, or with more than two places."""

    code = "QUOTE_OUT_OF_RANGE"
    message = gettext_noop("The quote must lie between %(low)s and %(high)s with at most two decimal places.")
    status = 400


@dataclass(frozen=True, slots=True)
class QuoteRule:
    """What the notice says of quotes. `floor` and `ceiling` are yuan; a rate starts at 0."""

    method: Method
    kind: QuoteKind
    floor: Decimal | None
    ceiling: Decimal | None

    def span(self) -> tuple[Decimal, Decimal | None]:
        """The least and the greatest quote; of rates, in percent."""
        if self.kind is QuoteKind.DISCOUNT_RATE:
            if self.floor is None or not self.ceiling:
                return Decimal(0), Decimal("99.99")
            return Decimal(0), ((self.ceiling - self.floor) / self.ceiling * WHOLE).quantize(FEN)
        return self.floor if self.floor is not None else FEN, self.ceiling

    def check(self, quote: Decimal | None) -> Decimal | None:
        """The quote to two places. Refuses `QuoteNeeded`, `QuoteNotAsked`, `QuoteOutOfRange`."""
        if self.method not in QUOTED:
            if quote is not None:
                raise QuoteNotAsked()
            return None
        if quote is None:
            raise QuoteNeeded()
        low, high = self.span()
        if quote != quote.quantize(FEN) or quote < low or (high is not None and quote > high):
            raise QuoteOutOfRange(low=as_text(low), high=as_text(high) if high is not None else "…")
        return quote.quantize(FEN)


def price_of(quote: Decimal, kind: QuoteKind, ceiling: Decimal | None) -> Decimal | None:
    """The price in yuan that a quote stands for; None for a rate without a defined ceiling."""
    if kind is QuoteKind.AMOUNT:
        return quote
    return None if ceiling is None else (ceiling * (WHOLE - quote) / WHOLE).quantize(FEN)
