"""Where rights may go (Foshan 2018; 国办发〔2014〕38号 on paid use and trading of emission rights, point 9).

- Water pollutants are traded within one basin 同一流域.
- Air pollutants stay within the city [Foshan 2018: Hubei].
- An area that misses its environmental quality target takes none in 环境质量未达到要求的地区.
- Thermal power plants trade air pollutants only among themselves 火电企业.

Every rule is a function of facts; `reasons` gives everything that speaks against a purchase, so that nobody learns of
the second obstacle only after removing the first.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from commons.domain.codes import normalise
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from exchange.permits.domain.permits import STATE_WORDS, Industry, PermitFacts
from exchange.permits.domain.rights import MEDIA, Medium
from exchange.projects.domain.trades import Instrument


class SellerIsBuyer(Refusal):
    code = "PERMIT_SELLER_IS_BUYER"
    message = gettext_noop("An organisation cannot buy what it sells itself.")


class NoPermit(Refusal):
    code = "PERMIT_MISSING"
    message = gettext_noop(
        "There is no emission permit of your enterprise in the registry. Ask the ecology bureau to record it."
    )


class PermitNotYours(Refusal):
    code = "PERMIT_NOT_YOURS"
    message = gettext_noop(
        "The registry knows no permit %(number)s of your enterprise. Write the number as it stands there."
    )


class PermitNotInForce(Refusal):
    code = "PERMIT_NOT_IN_FORCE"
    message = gettext_noop("Permit %(number)s is not in force on %(on)s (valid %(start)s to %(end)s; %(status)s).")


class PollutantNotPermitted(Refusal):
    code = "PERMIT_POLLUTANT_MISSING"
    message = gettext_noop("Permit %(number)s does not name %(instrument)s.")


class AboveApprovedNeed(Refusal):
    code = "PERMIT_ABOVE_APPROVED_NEED"
    message = gettext_noop(
        "Permit %(number)s allows buying %(need)s t/a of %(instrument)s; %(quantity)s is more. Of that, %(bought)s t/a "
        "are bought or being bought already."
    )


class OutsideBasin(Refusal):
    code = "PERMIT_OUTSIDE_BASIN"
    message = gettext_noop(
        "Water pollutants are traded within one basin: this lot is in “%(source)s”, the permit in “%(target)s”."
    )


class BasinUnknown(Refusal):
    code = "PERMIT_BASIN_UNKNOWN"
    message = gettext_noop(
        "The basin of region %(region)s is not entered. Ask the exchange to complete the table of areas."
    )


class OutsideCity(Refusal):
    code = "PERMIT_OUTSIDE_CITY"
    message = gettext_noop("Air pollutants stay within one city: this lot is in %(source)s, the permit in %(target)s.")


class AreaMissesTarget(Refusal):
    code = "PERMIT_AREA_MISSES_TARGET"
    message = gettext_noop(
        "Region %(region)s misses its quality target for %(instrument)s (%(decision)s); no rights may be moved into it."
    )


class ThermalPowerApart(Refusal):
    code = "PERMIT_THERMAL_POWER_APART"
    message = gettext_noop("Thermal power plants trade air pollutants only among themselves.")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a lot comes from. No industry for a government reserve, which belongs to none."""

    organisation_id: int
    region: str
    basin: str
    industries: frozenset[Industry] = frozenset()


@dataclass(frozen=True, slots=True)
class MissedTarget:
    """An area that misses its quality target for a pollutant, and the decision that says so."""

    region: str
    instrument: str
    decision: str


@dataclass(frozen=True, slots=True)
class Purchase:
    """What an organisation bought, or is buying, of the same instrument, since a day."""

    on: date
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Wish:
    """What an organisation wants to buy, under which permit (empty: any of its own), and what it has bought before."""

    organisation_id: int
    instrument: Instrument
    quantity: Decimal
    on: date
    permit_no: str = ""
    bought: tuple[Purchase, ...] = ()


def reasons(
    wish: Wish, source: Source, permits: Iterable[PermitFacts], missed: Iterable[MissedTarget]
) -> tuple[Refusal, ...]:
    """Everything that speaks against the purchase; empty when it is lawful.

    The permit that the enterprise names must fit, in one of its terms; where it names none, one of its permits. Told
    are the obstacles of the one with the fewest. Carbon allowances need no permit.
    """
    own = (SellerIsBuyer(),) if wish.organisation_id == source.organisation_id else ()
    if MEDIA[wish.instrument] is Medium.CARBON:
        return own
    candidates = sorted(permits, key=lambda permit: permit.number)
    if not candidates:
        return (*own, NoPermit())
    if wish.permit_no:
        candidates = [permit for permit in candidates if normalise(permit.number) == normalise(wish.permit_no)]
    if not candidates:
        return (*own, PermitNotYours(number=wish.permit_no))
    missed_targets = tuple(missed)
    return min(
        ((*own, *_against(permit, wish, source, missed_targets)) for permit in candidates), key=lambda found: len(found)
    )


def city_of(region: str) -> str:
    """The city of a region by GB/T 2260: 440604 → 440600."""
    return region[:4] + "00"


def lies_in(region: str, area: str) -> bool:
    """Whether a region is, or is part of, an area: 440604 lies in 440600 and in 440000."""
    digits = 2 if area.endswith("0000") else 4 if area.endswith("00") else 6
    return region[:digits] == area[:digits]


def _against(permit: PermitFacts, wish: Wish, source: Source, missed: tuple[MissedTarget, ...]) -> Iterator[Refusal]:
    yield from _permit_fits(permit, wish)
    if MEDIA[wish.instrument] is Medium.WATER:
        yield from _same_basin(permit, source)
    else:
        yield from _same_city(permit, source)
        yield from _same_power(permit, source)
    yield from _area_open(permit, wish, missed)


def _permit_fits(permit: PermitFacts, wish: Wish) -> Iterator[Refusal]:
    if not permit.is_valid_on(wish.on):
        yield PermitNotInForce(
            number=permit.number,
            on=wish.on.isoformat(),
            start=permit.valid_from.isoformat(),
            end=permit.valid_until.isoformat(),
            status=STATE_WORDS[permit.state],
        )
    limit = permit.limit_of(wish.instrument)
    if limit is None:
        yield PollutantNotPermitted(number=permit.number, instrument=wish.instrument.value)
    elif limit.approved_need is not None:
        # The need is approved once for the term of the permit, not once for every lot.
        bought = sum((one.quantity for one in wish.bought if one.on >= permit.valid_from), Decimal("0.000"))
        if wish.quantity + bought > limit.approved_need:
            yield AboveApprovedNeed(
                number=permit.number,
                instrument=wish.instrument.value,
                need=f"{limit.approved_need:f}",
                quantity=f"{wish.quantity + bought:f}",
                bought=f"{bought:f}",
            )


def _same_basin(permit: PermitFacts, source: Source) -> Iterator[Refusal]:
    if not source.basin:
        # Within one city the reserve counts as of the city's own waters until the table of areas says otherwise [D].
        if city_of(permit.region) != city_of(source.region):
            yield BasinUnknown(region=source.region)
    elif permit.basin != source.basin:
        yield OutsideBasin(source=source.basin, target=permit.basin)


def _same_city(permit: PermitFacts, source: Source) -> Iterator[Refusal]:
    if city_of(permit.region) != city_of(source.region):
        yield OutsideCity(source=city_of(source.region), target=city_of(permit.region))


def _same_power(permit: PermitFacts, source: Source) -> Iterator[Refusal]:
    powers = {industry is Industry.THERMAL_POWER for industry in source.industries}
    if powers and (permit.industry is Industry.THERMAL_POWER) not in powers:
        yield ThermalPowerApart()


def _area_open(permit: PermitFacts, wish: Wish, missed: tuple[MissedTarget, ...]) -> Iterator[Refusal]:
    for area in missed:
        if area.instrument == wish.instrument and lies_in(permit.region, area.region):
            yield AreaMissesTarget(region=permit.region, instrument=area.instrument, decision=area.decision)
            return
