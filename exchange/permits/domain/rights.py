"""Instruments and the accounts in which rights stand (Foshan 2018)."""

from enum import StrEnum

from commons.domain.text import gettext_noop
from exchange.ledger.domain.postings import Account
from exchange.ledger.domain.units import Unit, rights
from exchange.projects.domain.trades import INSTRUMENTS, Instrument


class Medium(StrEnum):
    """What a pollutant goes into; carbon allowances go into nothing local."""

    WATER = "WATER"
    AIR = "AIR"
    CARBON = "CARBON"


MEDIA = {
    Instrument.COD: Medium.WATER,
    Instrument.NH3_N: Medium.WATER,
    Instrument.SO2: Medium.AIR,
    Instrument.NOX: Medium.AIR,
    Instrument.CARBON: Medium.CARBON,
}

POLLUTANTS = tuple(instrument for instrument, medium in MEDIA.items() if medium is not Medium.CARBON)


class Held(StrEnum):
    """How an organisation came to what it holds."""

    INITIAL = "INITIAL"
    PURCHASED = "PURCHASED"
    RESERVE = "RESERVE"


HELD_LABELS = {
    Held.INITIAL: gettext_noop("Initial allocation"),
    Held.PURCHASED: gettext_noop("Purchased"),
    Held.RESERVE: gettext_noop("Government reserve"),
}

SPENT_FIRST = (Held.RESERVE, Held.PURCHASED, Held.INITIAL)
"""The order in which holdings are frozen, sold and cancelled [D]: the reserve exists to be sold, the initial allocation
is what the plant runs on."""

CANCELLED = "CANCELLED"
ISSUED = "ISSUED"
FROZEN = "FROZEN_"


class MovementKind(StrEnum):
    ALLOCATED = "ALLOCATED"
    FROZEN = "FROZEN"
    UNFROZEN = "UNFROZEN"
    TRANSFERRED = "TRANSFERRED"
    CANCELLED = "CANCELLED"
    REVERSED = "REVERSED"


MOVEMENT_LABELS = {
    MovementKind.ALLOCATED: gettext_noop("Allocated"),
    MovementKind.FROZEN: gettext_noop("Frozen"),
    MovementKind.UNFROZEN: gettext_noop("Unfrozen"),
    MovementKind.TRANSFERRED: gettext_noop("Transferred"),
    MovementKind.CANCELLED: gettext_noop("Cancelled"),
    MovementKind.REVERSED: gettext_noop("Reversed"),
}


def unit_of(instrument: Instrument) -> Unit:
    """Pollutants are counted in tonnes a year, carbon allowances in tonnes."""
    return rights(f"{instrument.value} {INSTRUMENTS[instrument].unit}")


def owner(organisation_id: int) -> str:
    return f"organisation:{organisation_id}"


def organisation_of(account: Account) -> int | None:
    """The organisation whose account it is; none for a source."""
    kind, _, number = account.owner.partition(":")
    return int(number) if kind == "organisation" else None


def issued(region: str, instrument: Instrument) -> Account:
    """The source of a region: below zero by everything it ever issued."""
    return Account(f"region:{region}", ISSUED, unit_of(instrument), may_go_negative=True)


def held(organisation_id: int, kind: Held, instrument: Instrument) -> Account:
    return Account(owner(organisation_id), kind.value, unit_of(instrument))


def frozen(account: Account, subject: str) -> Account:
    """Where what is frozen out of `account` stands; it remembers where it came from."""
    return Account(account.owner, FROZEN + account.kind, account.unit, subject)


def thawed(account: Account) -> Account:
    """Where what is frozen in `account` goes back to."""
    assert account.kind.startswith(FROZEN), f"{account.kind} is not frozen"
    return Account(account.owner, account.kind.removeprefix(FROZEN), account.unit)


def cancelled(organisation_id: int, instrument: Instrument) -> Account:
    return Account(owner(organisation_id), CANCELLED, unit_of(instrument))
