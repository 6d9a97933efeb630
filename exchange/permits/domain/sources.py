"""Under which of its permits a seller offers: it decides the basin, or the kind of plant, that rights come from."""

from collections.abc import Iterable
from datetime import date

from commons.domain.codes import normalise
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from exchange.permits.domain.permits import STATE_WORDS, Industry, PermitFacts
from exchange.permits.domain.restrictions import PermitNotInForce
from exchange.permits.domain.rights import MEDIA, Medium
from exchange.projects.domain.trades import Instrument


class SellerPermitUnknown(Refusal):
    code = "SELLER_PERMIT_UNKNOWN"
    message = gettext_noop("The registry knows no permit %(number)s of the seller. Choose one of its own in the draft.")


class SellerPermitAmbiguous(Refusal):
    code = "SELLER_PERMIT_AMBIGUOUS"
    message = gettext_noop(
        "The seller holds permits under which %(instrument)s may go to different buyers (%(numbers)s). Choose in the "
        "draft the one that the rights come from."
    )


def source_permit(
    permits: Iterable[PermitFacts], *, instrument: Instrument, named: str, on: date
) -> PermitFacts | None:
    """The permit that the rights come from: the one that the seller named, else the only one that fits.

    None where the seller has none, as a government reserve. Refuses (`SellerPermitUnknown`, `PermitNotInForce`) a named
    one that is not its own or not in force, and (`SellerPermitAmbiguous`) where several would let in different buyers.
    """
    own = sorted(permits, key=lambda permit: permit.number)
    if MEDIA[instrument] is Medium.CARBON:
        return None
    if named.strip():
        return _named(own, named, on)
    valid = [permit for permit in own if permit.is_valid_on(on)]
    fitting = [permit for permit in valid if permit.limit_of(instrument) is not None] or valid
    if len({_lets_in(permit, instrument) for permit in fitting}) > 1:
        numbers = ", ".join(permit.number for permit in fitting)
        raise SellerPermitAmbiguous(instrument=instrument.value, numbers=numbers)
    return fitting[0] if fitting else None


def _named(own: list[PermitFacts], named: str, on: date) -> PermitFacts:
    found = [permit for permit in own if normalise(permit.number) == normalise(named)]
    if not found:
        raise SellerPermitUnknown(number=named.strip())
    permit = next((one for one in found if one.is_valid_on(on)), None)
    if permit is None:
        last = found[-1]
        raise PermitNotInForce(
            number=last.number,
            on=on.isoformat(),
            start=last.valid_from.isoformat(),
            end=last.valid_until.isoformat(),
            status=STATE_WORDS[last.state],
        )
    return permit


def _lets_in(permit: PermitFacts, instrument: Instrument) -> object:
    """By what a permit decides who may buy: the basin of waters, or whether it is a thermal power plant."""
    if MEDIA[instrument] is Medium.WATER:
        return permit.basin
    return permit.industry is Industry.THERMAL_POWER
