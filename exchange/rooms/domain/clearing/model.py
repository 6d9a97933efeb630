"""What goes into a clearing and what comes out: exact numbers, no clock, no chance but a seed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from exchange.rooms.domain.rules import PriceRule, ShortfallRule, TieRule

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Order:
    """A price and a quantity of one bidder. `arrival` counts up: at equal prices the smaller came first."""

    id: str
    bidder: str
    quantity: Decimal
    price: Decimal
    arrival: int
    minimum: Decimal = ZERO
    """The smallest quantity that it takes."""
    group: str = ""
    """Related bidders share it; empty: the bidder stands alone."""

    @property
    def owner(self) -> tuple[str, str]:
        """Whose share of the supply it counts against."""
        return ("group", self.group) if self.group else ("bidder", self.bidder)


@dataclass(frozen=True, slots=True)
class Valve:
    """A quantity that enters (or leaves) the supply at a trigger price."""

    trigger: Decimal
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Limits:
    """What one bidder may take; `None`: no such limit."""

    purchase: Decimal | None = None
    """The most it may buy in this sale (California: purchase limit)."""
    holding: Decimal | None = None
    """How much room its holdings have left (California: holding limit)."""
    guarantee: Decimal | None = None
    """The most it can be made to pay (bid guarantee)."""


NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How a call is cleared (EU, UK, California, RGGI, Guangdong)."""

    price: PriceRule
    tie: TieRule = TieRule.TIME
    shortfall: ShortfallRule = ShortfallRule.PARTIAL
    reserve: Decimal | None = None
    secret_reserve: Decimal | None = None
    cap_share: Decimal | None = None
    top_share: Decimal | None = None
    seed: str | None = None
    extra_supply: tuple[Valve, ...] = ()
    withheld: tuple[Valve, ...] = ()
    """Emissions reserve: taken out of the supply while the price lies below the trigger (RGGI)."""
    maximum_size: Decimal | None = None
    """The largest single bid."""
    minimum_order: Decimal | None = None
    purchase_limit: Decimal | None = None
    """The most that any one bidder may buy."""
    remainder: TieRule | None = None
    """Who gets the lots left by rounding pro-rata shares: `RANDOM` or `TIME`; random by default if there is a seed."""


@dataclass(frozen=True, slots=True)
class Call:
    """Everything that is cleared at once."""

    supply: Decimal
    lot_size: Decimal
    rule: Rule
    orders: tuple[Order, ...]
    limits: Mapping[str, Limits] = field(default_factory=dict)
    """By bidder."""


class RefusalCode(StrEnum):
    """Why an order gets nothing."""

    BELOW_RESERVE = "BELOW_RESERVE"
    NOT_WHOLE_LOTS = "NOT_WHOLE_LOTS"
    ABOVE_MAXIMUM_SIZE = "ABOVE_MAXIMUM_SIZE"
    BELOW_MINIMUM_ORDER = "BELOW_MINIMUM_ORDER"
    CUT_BY_PURCHASE_LIMIT = "CUT_BY_PURCHASE_LIMIT"
    CUT_BY_HOLDING_LIMIT = "CUT_BY_HOLDING_LIMIT"
    CUT_BY_GUARANTEE = "CUT_BY_GUARANTEE"
    CUT_BY_CAP = "CUT_BY_CAP"
    BEYOND_TOP_SHARE = "BEYOND_TOP_SHARE"
    SUPPLY_USED_UP = "SUPPLY_USED_UP"
    BELOW_ITS_MINIMUM = "BELOW_ITS_MINIMUM"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Award:
    """What an order wins."""

    order: Order
    quantity: Decimal
    price: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class RefusedOrder:
    order: Order
    code: RefusalCode


@dataclass(frozen=True, slots=True)
class Clearing:
    """The result. `price`: what all pay; where each pays its own, the lowest of them; `None` if nothing is sold."""

    price: Decimal | None
    sold: Decimal
    unsold: Decimal
    cancelled: bool
    awards: tuple[Award, ...]
    refused: tuple[RefusedOrder, ...]
    explanation: tuple[str, ...]
