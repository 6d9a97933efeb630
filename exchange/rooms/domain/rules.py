"""The rules of one room: a snapshot of rule parameters, taken when the notice is published."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any, get_args, get_type_hints

from commons.domain.money import parse_decimal
from commons.domain.refusals import Malformed, Refusal
from commons.domain.suites import Suite
from commons.domain.text import gettext_noop
from exchange.rooms.domain.phases import Format, Phase

LONGEST_MS = 400 * 86_400_000
"""More than a year is a slip."""


class TimedEntry(StrEnum):
    """Who may bid in the timed phase."""

    ANYONE = "ANYONE"
    QUOTERS = "QUOTERS"
    """Only those who quoted in the free phase (Suzhou Industrial Park)."""


class SingleBidder(StrEnum):
    """What becomes of a room with one bidder."""

    DEAL = "DEAL"
    """Deal at his price."""
    FAIL = "FAIL"


class PriceRule(StrEnum):
    """What winners pay (EU, UK, California, RGGI, Guangdong)."""

    UNIFORM = "uniform"
    """All pay the price of the last bid that is served."""
    PAY_AS_BID = "pay_as_bid"
    LOWEST_BID = "lowest_bid"
    """All pay the lowest winning bid: always a price that somebody bid."""
    TOP_SHARE = "top_share"
    """A share of the bidders wins; each pays its own price."""


class TieRule(StrEnum):
    """Who comes first among equal prices."""

    TIME = "time"
    RANDOM = "random"
    PRO_RATA = "pro_rata"


class ShortfallRule(StrEnum):
    """What happens when less is bid for than offered."""

    CANCEL = "cancel"
    PARTIAL = "partial"
    """Sell what is bid for, under the price rule."""
    LOWEST_BID = "lowest_bid"
    """Sell what is bid for, all at the lowest valid bid (Guangdong 2014)."""


class UnsoundRules(Refusal):
    """The rules of a room contradict each other."""

    code = "ROOM_RULES_UNSOUND"
    message = gettext_noop("A room cannot be run under these rules: %(reason)s. Change the lot's rule profile.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomRules:
    """All numbers that decide a room. Durations in milliseconds; `None`: no such limit. Refuses `UnsoundRules`."""

    format: Format
    supply: Decimal
    start_price: Decimal
    step: Decimal = Decimal(0)
    step_multiples: bool = False
    """Prices lie whole steps from the start price."""
    max_steps: int | None = None
    """The most steps at once, from the price to beat."""
    ceiling_price: Decimal | None = None
    price_places: int = 2
    divisible: bool = False
    lot_size: Decimal = Decimal("0.001")
    """Quantities are whole multiples of it."""
    may_decline_remainder: bool = False
    """Whether a bid may name the smallest quantity it takes (else the marginal bidder takes what is left)."""
    order_minimum: Decimal = Decimal(0)

    free_ms: int = 0
    waiting_ms: int = 0
    timed_ms: int = 0
    session_ms: int = 0
    extension_ms: int = 0
    """An accepted bid leaves at least this much time in the timed phase or session; 0: fixed end."""
    total_cap_ms: int | None = None
    """The longest that a timed phase or session may last by extensions."""
    closing_grace_ms: int = 2_000
    allowed_outage_ms: int = 30_000
    """Longer inability to take bids pauses the room."""
    timed_entry: TimedEntry = TimedEntry.ANYONE
    single_bidder: SingleBidder = SingleBidder.DEAL

    quotes_limit: int | None = None
    top_share: Decimal | None = None
    orders_limit: int | None = 1
    """How many orders a bidder may have in a sealed call."""
    amendable: bool = False
    """Whether orders of a sealed call may be replaced and withdrawn inside the window."""
    cap_share: Decimal | None = None
    """The largest share of the supply that one bidder, or one group of related bidders, may win."""

    price: PriceRule = PriceRule.PAY_AS_BID
    tie: TieRule = TieRule.TIME
    shortfall: ShortfallRule = ShortfallRule.PARTIAL
    seed: str | None = None

    bids_per_second: int = 10
    bids_burst: int = 20
    """How many bids a bidder may send in a second, and how many at once after a pause."""

    guard_hold_steps: int | None = 3
    guard_hold_share: Decimal | None = Decimal("0.05")
    guard_retype_factor: int | None = 10
    rank_visible: bool = True
    entry_certificate: bool = False
    """Whether a room key counts only when the bidder's certificate vouches for it; else the signed-in session does."""
    suite: Suite = Suite.INTERNATIONAL
    """The algorithms of room keys, and of the certificates that vouch for them."""

    def __post_init__(self) -> None:
        reason = _contradiction(self)
        if reason:
            raise UnsoundRules(reason=reason)

    @property
    def descending(self) -> bool:
        return self.format is Format.DESCENDING

    @property
    def sealed(self) -> bool:
        """Whether prices stay hidden until the hammer."""
        return self.format is Format.SEALED_CALL

    @property
    def first_phase(self) -> Phase:
        return Phase.FREE if self.free_ms else Phase.OPEN

    def to_json(self) -> dict[str, Any]:
        """The snapshot: numbers as strings, every parameter named."""
        return {field.name: _json_of(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "RoomRules":
        """The rules that a snapshot spells. Refuses `Malformed` and `UnsoundRules`."""
        kinds = get_type_hints(cls)
        for name in data:
            if name not in kinds:
                raise Malformed(field=name, reason="no such rule")
        missing = [name for name in ("format", "supply", "start_price") if name not in data]
        if missing:
            raise Malformed(field=missing[0], reason="missing")
        values: dict[str, Any] = {name: _value(name, kinds[name], given) for name, given in data.items()}
        return cls(**values)


def _json_of(value: object) -> str | bool | None:
    if value is None or isinstance(value, bool):
        return value
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _value(name: str, kind: Any, given: object) -> object:
    optional = type(None) in get_args(kind)
    if given is None:
        if not optional:
            raise Malformed(field=name, reason="missing")
        return None
    kind = get_args(kind)[0] if optional else kind
    if kind is bool:
        if not isinstance(given, bool):
            raise Malformed(field=name, reason="neither true nor false")
        return given
    if kind is Decimal:
        return parse_decimal(given, field=name, places=9) if isinstance(given, str) else _refuse(name, "not a string")
    if kind is int:
        return _whole(name, given)
    if issubclass(kind, StrEnum):
        return kind(given) if given in list(kind) else _refuse(name, f"none of {', '.join(kind)}")
    return given if isinstance(given, str) else _refuse(name, "not a string")


def _whole(name: str, given: object) -> int:
    if isinstance(given, bool) or not isinstance(given, int | str):
        raise Malformed(field=name, reason="not a whole number")
    return int(parse_decimal(str(given), field=name, places=0))


def _refuse(name: str, reason: str) -> object:
    raise Malformed(field=name, reason=reason)


def _contradiction(rules: RoomRules) -> str:
    """What cannot be in these rules, in words; empty when they are sound."""
    phased = rules.free_ms > 0
    checks = (
        (rules.supply <= 0, "the supply is not positive"),
        (rules.start_price <= 0, "the start price is not positive"),
        (rules.lot_size <= 0 or rules.supply % rules.lot_size != 0, "the supply is no multiple of the lot size"),
        (rules.step < 0, "the step is negative"),
        (rules.step_multiples and not rules.step, "multiples of a step need a step"),
        (rules.format in (Format.ENGLISH, Format.DESCENDING) and not rules.step, "this format needs a step"),
        (phased == (rules.session_ms > 0), "either a free and a timed phase or one session"),
        (phased and rules.timed_ms <= 0, "a free phase is followed by a timed phase"),
        (phased and rules.format in (Format.LIMITED_QUOTES, Format.SEALED_CALL), "this format has one session"),
        (rules.format is Format.SEALED_CALL and rules.extension_ms > 0, "a sealed call has a fixed end"),
        (rules.format is Format.SEALED_CALL and not rules.divisible, "a sealed call sells a divisible supply"),
        (_too_long(rules), f"a duration is longer than {LONGEST_MS} ms"),
        (rules.price_places > 4, "prices have at most 4 places"),
        (
            rules.total_cap_ms is not None and rules.total_cap_ms < max(rules.timed_ms, rules.session_ms),
            "the cap is shorter than the phase",
        ),
        (rules.descending and rules.price is not PriceRule.PAY_AS_BID, "descending, each is paid its own price"),
        (rules.format is Format.LIMITED_QUOTES and rules.top_share is None, "this format needs a top share"),
        (_not_a_share(rules.top_share), "the top share lies above 0 and is at most 1"),
        (_not_a_share(rules.cap_share), "the cap lies above 0 and is at most 1"),
        (rules.cap_share is not None and not rules.divisible, "an indivisible lot cannot be capped"),
        (rules.divisible and rules.order_minimum > rules.supply, "the smallest order is more than there is"),
        (rules.bids_per_second <= 0 or rules.bids_burst <= 0, "nobody could send a bid"),
        (rules.max_steps == 0, "a raise of no step at all"),
        (rules.quotes_limit == 0 or rules.orders_limit == 0, "a limit of nothing"),
        (rules.tie is TieRule.RANDOM and not rules.seed, "random order needs a seed"),
        (_ceiling_below_start(rules), "the ceiling lies below the start price"),
    )
    return next((reason for broken, reason in checks if broken), "")


def _too_long(rules: RoomRules) -> bool:
    durations = (rules.free_ms, rules.waiting_ms, rules.timed_ms, rules.session_ms, rules.extension_ms)
    return max(*durations, rules.closing_grace_ms, rules.total_cap_ms or 0) > LONGEST_MS


def _not_a_share(share: Decimal | None) -> bool:
    return share is not None and not 0 < share <= 1


def _ceiling_below_start(rules: RoomRules) -> bool:
    return rules.ceiling_price is not None and not rules.descending and rules.ceiling_price < rules.start_price
