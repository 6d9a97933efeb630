"""What goes into a price scoring and what comes out: exact numbers, no clock, no chance.

Prices are yuan to the fen, shares are fractions (0.05 is 5 %), points are points of the price item. Everything in
between is an exact fraction; what is rounded, and how, stands in `rounding`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

ZERO = Decimal(0)


class Formula(StrEnum):
    """How prices become points, or an order."""

    TRIMMED_MEAN = "trimmed_mean"
    FLOATING = "floating"
    WEIGHTED = "weighted"
    SECOND_MEAN = "second_mean"
    LOW_PRICE_FIRST = "low_price_first"
    HIGHEST_PRICE = "highest_price"
    """Who pays most scores full: land and other rights."""
    LOWEST_EVALUATED = "lowest_evaluated"
    """最低评标价法: only correction and deduction by policy change the price."""
    REVIEWED_LOWEST = "reviewed_lowest"
    """经评审的最低投标价法: what the tender document converts into money is added."""
    QUALITY_WEIGHTED = "quality_weighted"
    LIFE_CYCLE_COST = "life_cycle_cost"
    ENERGY_PERFORMANCE = "energy_performance"


BEYOND_PRICE = frozenset(
    {Formula.REVIEWED_LOWEST, Formula.QUALITY_WEIGHTED, Formula.LIFE_CYCLE_COST, Formula.ENERGY_PERFORMANCE}
)
"""What these compare is not in the prices: features, conversions, costs and savings that a committee finds first."""


class Trim(StrEnum):
    """Which prices the mean leaves out."""

    NONE = "none"
    ONE_EACH = "one_each"
    """Up to three bids: none; more: one highest and one lowest."""
    GRADED = "graded"
    """Up to three bids: none; four to six: one highest; seven and more: one highest and one lowest."""


class Against(StrEnum):
    """What a price is held against to find it abnormally low."""

    MEAN = "mean"
    OTHERS_MEAN = "others_mean"
    NEXT = "next"
    """The next higher price; for the lowest bid, the second lowest."""
    CEILING = "ceiling"


@dataclass(frozen=True, slots=True)
class LowRule:
    """A price below `share` of the yardstick is abnormally low; `inclusive`: at it, too."""

    against: Against
    share: Decimal
    inclusive: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the details: unit price × quantity, and the total that stands beside it."""

    unit_price: Decimal
    quantity: Decimal
    total: Decimal
    name: str = ""


@dataclass(frozen=True, slots=True)
class Quoted:
    """The amount of a bid as it stands in its several places; `None` or empty: the place does not name it."""

    sheet_figures: Decimal
    """In figures on the opening sheet 开标一览表."""
    sheet_words: Decimal | None = None
    """In capital words 大写 on the opening sheet."""
    details_total: Decimal | None = None
    lines: tuple[Line, ...] = ()
    confirmed: bool | None = None
    """Whether the bidder confirmed the corrected amount; `None`: not asked yet."""


@dataclass(frozen=True, slots=True)
class Energy:
    """An energy-performance offer: savings a year, the contractor's share of them, and for how many years."""

    savings: tuple[Decimal, ...]
    share: Decimal
    contract_years: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    """One price to be scored, with what the formula asks beside it."""

    bidder: str
    price: Decimal | None = None
    rate: Decimal | None = None
    """A discount-rate bid 下浮率: the price is ceiling × (1 − rate)."""
    quoted: Quoted | None = None
    sme: bool = False
    domestic: bool = False
    discount: Decimal | None = None
    """A deduction of its own instead of that for small firms (a consortium, a share let to small firms)."""
    additions: tuple[tuple[str, Decimal], ...] = ()
    """Converted amounts with their reasons."""
    features: Mapping[str, str] = field(default_factory=dict)
    """The chosen option by feature."""
    non_price_cost: Decimal = ZERO
    energy: Energy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The numbers of the tender document."""

    full: Decimal = Decimal(100)
    above: Decimal = Decimal(1)
    below: Decimal = Decimal(1)
    delta: Decimal = ZERO
    ceiling: Decimal | None = None
    start_price: Decimal | None = None
    """起始价 of a right that is granted: a price below it takes no part."""
    reserve: Decimal | None = None
    """Its secret reserve 标底 once that is read out: neither does a price below that."""
    weight: Decimal | None = None
    factor: Decimal = Decimal(1)
    discount: Decimal = ZERO
    domestic_discount: Decimal = ZERO
    works_bonus: Decimal = ZERO
    """What small firms get on top of their price score, as a share of it."""
    trim: Trim | None = None
    features: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    """Weight of each option by feature."""
    denominator: Decimal = Decimal(1)
    addition: Decimal = ZERO
    discount_rate: Decimal | None = None
    """The interest rate by which an energy-performance saving of a later year is worth less."""
    cost_floor: Decimal | None = None
    """A price below it is flagged as possibly below cost."""
    abnormally_low: tuple[LowRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    formula: Formula
    parameters: Parameters
    bids: tuple[Bid, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the reckoning: an English message id with its fields, translated for the reader at the edge."""

    text: str
    fields: Mapping[str, str] = field(default_factory=dict)


class RefusedCode(StrEnum):
    """Why a bid takes no part in the scoring."""

    ABOVE_CEILING = "ABOVE_CEILING"
    BELOW_START = "BELOW_START"
    BELOW_RESERVE = "BELOW_RESERVE"
    CORRECTION_REFUSED = "CORRECTION_REFUSED"
    CORRECTION_UNCONFIRMED = "CORRECTION_UNCONFIRMED"


class FlagCode(StrEnum):
    """What the committee must look into; software rejects nobody for it."""

    ABNORMALLY_LOW = "ABNORMALLY_LOW"
    BELOW_COST_FLOOR = "BELOW_COST_FLOOR"
    CORRECTED = "CORRECTED"


@dataclass(frozen=True, slots=True)
class Flag:
    bidder: str
    code: FlagCode
    reason: Step


@dataclass(frozen=True, slots=True)
class Refused:
    bidder: str
    code: RefusedCode


@dataclass(frozen=True, slots=True)
class Priced:
    """A bid that takes part, with the price that counts (corrected, converted from a rate)."""

    bid: Bid
    price: Decimal


@dataclass(frozen=True, slots=True)
class Score:
    """`comparable`: the value by which bids are held against each other, exact (evaluated price, price ÷ coefficient,
    cost, net present value). `points` is None where the formula gives an order and no points."""

    bidder: str
    price: Decimal
    comparable: Fraction
    deviation: Decimal | None
    """(P − B) / B, to 4 places."""
    points: Decimal | None


@dataclass(frozen=True, slots=True)
class Place:
    """Equal bids share a rank; the tender document's rule for ties, or a draw, decides between them."""

    rank: int
    bidder: str
    tied: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """The answer: who gets how many points and why."""

    baseline: Decimal | None
    scores: tuple[Score, ...]
    order: tuple[Place, ...]
    refused: tuple[Refused, ...]
    flags: tuple[Flag, ...]
    steps: tuple[Step, ...]
