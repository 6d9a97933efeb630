"""What a lot must be before anybody may check it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from exchange.projects.domain.trades import INSTRUMENTS, Instrument, TradeType


class LotNumberInvalid(Refusal):
    code = "LOT_NUMBER_INVALID"
    message = gettext_noop("%(what)s must be greater than zero.")
    status = 400


class StepTooLarge(Refusal):
    code = "LOT_STEP_TOO_LARGE"
    message = gettext_noop(
        "The step of %(step)s yuan is larger than the start price of %(start_price)s yuan. Lower the step."
    )
    status = 400


class InstrumentOfAnotherTrade(Refusal):
    code = "LOT_INSTRUMENT_OF_ANOTHER_TRADE"
    message = gettext_noop("%(instrument)s cannot be offered in a project of this kind. Start a project of its own.")
    status = 400


class BiddingStartsInThePast(Refusal):
    code = "LOT_STARTS_IN_THE_PAST"
    message = gettext_noop("Bidding cannot start in the past. Choose a later time.")
    status = 400


@dataclass(frozen=True, slots=True)
class LotTerms:
    """What the seller offers in one lot, and how: one pollutant, its quantity, prices, format and start of bidding."""

    instrument: Instrument
    quantity: Decimal
    start_price: Decimal
    step: Decimal
    profile: str
    opens_at: datetime
    term_years: int = 5


def check_terms(terms: LotTerms, *, trade_type: TradeType, at: datetime) -> None:
    """Refuses terms that no lot may have: nothing offered, no price, a step above the price, a start in the past."""
    for what, value in (("quantity", terms.quantity), ("start price", terms.start_price), ("step", terms.step)):
        if value <= 0:
            raise LotNumberInvalid(what=what)
    if terms.step > terms.start_price:
        raise StepTooLarge(step=f"{terms.step:f}", start_price=f"{terms.start_price:f}")
    if INSTRUMENTS[terms.instrument].trade_type is not trade_type:
        raise InstrumentOfAnotherTrade(instrument=terms.instrument.value)
    if terms.opens_at <= at:
        raise BiddingStartsInThePast()
