"""The formats of bidding that a seller may choose, and the room rules that each makes of a lot (Foshan 2018)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from commons.domain.refusals import Refusal
from commons.domain.suites import Suite
from commons.domain.text import gettext_noop
from exchange.auctions.domain.terms import decimal, flag, whole
from exchange.projects.domain.lots import LotTerms
from exchange.projects.domain.trades import TradeType
from exchange.rooms.domain.phases import Format
from exchange.rooms.domain.rules import PriceRule, RoomRules, SingleBidder

MINUTE_MS = 60_000
SECOND_MS = 1_000

Snapshot = Mapping[str, Any]
"""Rule parameters with their sources, as they were on the day of publication."""


class FormatUnknown(Refusal):
    code = "FORMAT_UNKNOWN"
    message = gettext_noop(
        "There is no format of bidding called “%(name)s” for this kind of trade. Choose one of the list."
    )
    status = 400


class QuantityTooFine(Refusal):
    code = "LOT_QUANTITY_TOO_FINE"
    message = gettext_noop("This instrument is traded in whole multiples of %(part)s. Round the quantity.")
    status = 400


@dataclass(frozen=True, slots=True)
class Profile:
    """A named format: what the reader is told, where it is lawful, and how lot and parameters make its rules."""

    label: str
    explanation: str
    trade_types: frozenset[TradeType]
    method: str
    """Its name in the table of lawful methods."""
    rules: Callable[[LotTerms, Snapshot], RoomRules]
    demonstration: bool = False
    """Whether it only shows how a room works: no notice of a real seller may use it."""


def _foshan(terms: LotTerms, snapshot: Snapshot) -> RoomRules:
    return _english(terms, snapshot, divisible=False, **_phases(snapshot))


def _foshan_demo(terms: LotTerms, snapshot: Snapshot) -> RoomRules:
    """The short times of the demo city, which no notice of a real seller may use."""
    return _english(
        terms,
        snapshot,
        divisible=False,
        free_ms=3 * MINUTE_MS,
        waiting_ms=20 * SECOND_MS,
        timed_ms=30 * SECOND_MS,
        extension_ms=30 * SECOND_MS,
    )


def _ningxia(terms: LotTerms, snapshot: Snapshot) -> RoomRules:
    return _english(terms, snapshot, divisible=True, **_phases(snapshot))


def _english(terms: LotTerms, snapshot: Snapshot, *, divisible: bool, **phases: Any) -> RoomRules:
    cap_hours = whole(snapshot, "room.total_cap_hours")
    return RoomRules(
        format=Format.ENGLISH,
        supply=terms.quantity,
        start_price=terms.start_price,
        step=terms.step,
        divisible=divisible,
        max_steps=whole(snapshot, "room.maximum_step_factor"),
        single_bidder=SingleBidder.DEAL,
        total_cap_ms=cap_hours * 60 * MINUTE_MS or None,
        **phases,
        **_guards(snapshot),
    )


def _limited_quotes(terms: LotTerms, snapshot: Snapshot) -> RoomRules:
    return RoomRules(
        format=Format.LIMITED_QUOTES,
        supply=terms.quantity,
        start_price=terms.start_price,
        step=terms.step,
        divisible=True,
        session_ms=whole(snapshot, "room.session_minutes") * MINUTE_MS,
        quotes_limit=whole(snapshot, "room.quotes_limit"),
        top_share=decimal(snapshot, "room.top_share"),
        price=PriceRule.TOP_SHARE,
        **_guards(snapshot),
    )


def _sealed_call(terms: LotTerms, snapshot: Snapshot) -> RoomRules:
    return RoomRules(
        format=Format.SEALED_CALL,
        supply=terms.quantity,
        start_price=terms.start_price,
        step=terms.step,
        divisible=True,
        session_ms=whole(snapshot, "room.session_minutes") * MINUTE_MS,
        order_minimum=decimal(snapshot, "order.minimum"),
        amendable=not flag(snapshot, "order.irrevocable"),
        cap_share=decimal(snapshot, "bidder.cap_share"),
        price=PriceRule.UNIFORM,
        **_guards(snapshot),
    )


def require_whole(quantity: Decimal, part: Decimal) -> None:
    """Refuses (`QuantityTooFine`) a quantity that is no whole multiple of the smallest that is traded."""
    if quantity % part:
        raise QuantityTooFine(part=f"{part:f}")


def _smallest_part(snapshot: Snapshot) -> Decimal:
    """What quantities are whole multiples of: tonnes to three places, allowances whole (宁夏 2025, 广东 2017)."""
    return Decimal(1).scaleb(-whole(snapshot, "quantity.places"))


def _phases(snapshot: Snapshot) -> dict[str, int]:
    return {
        "free_ms": whole(snapshot, "room.free_minutes") * MINUTE_MS,
        "waiting_ms": whole(snapshot, "room.waiting_seconds") * SECOND_MS,
        "timed_ms": whole(snapshot, "room.timed_seconds") * SECOND_MS,
        "extension_ms": whole(snapshot, "room.extension_seconds") * SECOND_MS,
    }


def _guards(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "lot_size": _smallest_part(snapshot),
        "bids_per_second": whole(snapshot, "room.rate_bids_per_second"),
        "bids_burst": whole(snapshot, "room.rate_burst"),
        "closing_grace_ms": whole(snapshot, "room.closing_grace_ms"),
        "allowed_outage_ms": whole(snapshot, "room.allowed_outage_seconds") * SECOND_MS,
        "guard_hold_steps": whole(snapshot, "room.guard_hold_steps"),
        "guard_hold_share": decimal(snapshot, "room.guard_hold_share"),
        "guard_retype_factor": whole(snapshot, "room.guard_retype_factor"),
        "entry_certificate": flag(snapshot, "room.entry_certificate"),
    }


_RIGHTS = frozenset({TradeType.EMISSION_RIGHTS})
_CARBON = frozenset({TradeType.CARBON_ALLOWANCES})

PROFILES = {
    "FOSHAN_2018": Profile(
        gettext_noop("Ascending, one winner (Foshan 2018)"),
        gettext_noop(
            "Free bidding, a pause, then timed bidding: every bid leaves time for an answer; the best price wins."
        ),
        _RIGHTS,
        "ENGLISH_AUCTION",
        _foshan,
    ),
    "NINGXIA_2025": Profile(
        gettext_noop("Ascending, filled in price order (Ningxia 2025)"),
        gettext_noop(
            "As the ascending format; every bid names price and quantity, and the supply goes to the best prices."
        ),
        _RIGHTS,
        "ENGLISH_AUCTION",
        _ningxia,
    ),
    "WUYI_2021": Profile(
        gettext_noop("Limited quotes, top share wins (Wuyi 2021)"),
        gettext_noop(
            "One session, a few quotes each, the last one counts; the best share wins, each at its own price."
        ),
        _RIGHTS,
        "LIMITED_QUOTES",
        _limited_quotes,
    ),
    "GUANGDONG_2017": Profile(
        gettext_noop("Sealed call at one price (Guangdong 2017)"),
        gettext_noop("One session of sealed orders, served by price and time, all at one price."),
        _CARBON,
        "SEALED_CALL",
        _sealed_call,
    ),
    "FOSHAN_DEMO": Profile(
        gettext_noop("Ascending, one winner, minutes only (demonstration)"),
        gettext_noop("The ascending format within a few minutes, to show how a room works."),
        _RIGHTS,
        "ENGLISH_AUCTION",
        _foshan_demo,
        demonstration=True,
    ),
}


def profile_of(name: str, trade_type: TradeType) -> Profile:
    """The format of that name. Refuses (`FormatUnknown`) one that does not exist or is not lawful for the trade."""
    profile = PROFILES.get(name)
    if profile is None or trade_type not in profile.trade_types:
        raise FormatUnknown(name=name)
    return profile


def room_rules(
    terms: LotTerms, trade_type: TradeType, snapshot: Snapshot, suite: Suite = Suite.INTERNATIONAL
) -> dict[str, Any]:
    """The snapshot of the room's rules for a lot. Refuses (`FormatUnknown`, `QuantityTooFine`, `UnsoundRules`)."""
    profile = profile_of(terms.profile, trade_type)
    require_whole(terms.quantity, _smallest_part(snapshot))
    return replace(profile.rules(terms, snapshot), suite=suite).to_json()


def choices(trade_type: TradeType, *, demonstrating: bool = False) -> list[tuple[str, Profile]]:
    """The formats that a seller of this kind of trade may choose from; those that demonstrate only where asked for."""
    found = [(name, profile) for name, profile in PROFILES.items() if trade_type in profile.trade_types]
    return [(name, profile) for name, profile in found if demonstrating or not profile.demonstration]
