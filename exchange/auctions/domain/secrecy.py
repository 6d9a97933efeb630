"""What is hidden from whom until when: the one matrix of an auction of rights.

A cell holds what a role may see of *other* buyers while a lot is at a stage. A buyer always sees its own. The deposit
clerk must know who paid (an unmatched payment cannot be claimed otherwise), and a seller who qualifies buyers must
know whom; nobody else learns names before the hammer, and nobody but the buyer can tie a name to a bidder number.
"""

from enum import Flag, StrEnum, auto

from exchange.projects.domain.states import LotState
from exchange.projects.domain.trades import TradeType


class Stage(StrEnum):
    REGISTERING = "REGISTERING"
    QUALIFYING = "QUALIFYING"
    BIDDING = "BIDDING"
    RESULT = "RESULT"
    """The result is public."""


class Viewer(StrEnum):
    PUBLIC = "PUBLIC"
    BUYER = "BUYER"
    SELLER = "SELLER"
    STAFF = "STAFF"
    FINANCE = "FINANCE"
    REGULATOR = "REGULATOR"
    AUDITOR = "AUDITOR"


class Sight(Flag):
    """What may be seen of the buyers."""

    NOTHING = 0
    COUNT = auto()
    NAMES = auto()
    NEEDS = auto()
    DEPOSITS = auto()
    ALIASES = auto()
    LINK = auto()
    """Which name bids under which number."""
    WINNERS = auto()


_NOTHING = Sight.NOTHING
_CLERK = Sight.NAMES | Sight.DEPOSITS
_JUDGE = Sight.COUNT | Sight.NAMES | Sight.NEEDS | Sight.DEPOSITS
_ALL = _JUDGE | Sight.ALIASES | Sight.LINK | Sight.WINNERS
_OUTSIDE = Sight.ALIASES | Sight.WINNERS

_V, _T = Viewer, TradeType

_COMMON: dict[Stage, dict[Viewer, Sight]] = {
    Stage.REGISTERING: {_V.FINANCE: _CLERK},
    Stage.QUALIFYING: {_V.FINANCE: _CLERK, _V.STAFF: Sight.COUNT},
    Stage.BIDDING: {
        _V.PUBLIC: Sight.ALIASES,
        _V.BUYER: Sight.ALIASES,
        _V.SELLER: Sight.ALIASES | Sight.COUNT,
        _V.STAFF: Sight.ALIASES | Sight.COUNT,
        _V.FINANCE: _CLERK,
        _V.REGULATOR: Sight.ALIASES | Sight.COUNT,
        _V.AUDITOR: Sight.ALIASES | Sight.COUNT,
    },
    Stage.RESULT: {
        _V.PUBLIC: _OUTSIDE,
        _V.BUYER: _OUTSIDE,
        _V.SELLER: _ALL,
        _V.STAFF: _ALL,
        _V.FINANCE: _ALL,
        _V.REGULATOR: _ALL,
        _V.AUDITOR: _ALL,
    },
}

_OF_TRADE: dict[tuple[TradeType, Stage, Viewer], Sight] = {
    # The seller of emission rights judges whether a buyer needs what it asks for; carbon buyers qualify by rule alone.
    (_T.EMISSION_RIGHTS, Stage.QUALIFYING, _V.SELLER): _JUDGE,
    (_T.EMISSION_RIGHTS, Stage.BIDDING, _V.SELLER): _JUDGE | Sight.ALIASES,
    (_T.CARBON_ALLOWANCES, Stage.QUALIFYING, _V.SELLER): Sight.COUNT,
}

_STAGES = {
    LotState.QUALIFYING: Stage.QUALIFYING,
    LotState.METHOD_DECIDED: Stage.BIDDING,
    LotState.HAMMERED: Stage.BIDDING,
    LotState.NOTICED: Stage.RESULT,
    LotState.CONTRACTED: Stage.RESULT,
    LotState.PAID: Stage.RESULT,
    LotState.REGISTERED: Stage.RESULT,
    LotState.CLOSED: Stage.RESULT,
}


def stage_of(state: LotState, *, suspended_in: LotState | None = None) -> Stage:
    """The stage of a lot in that state. A lot that failed or was ended keeps its buyers' names for good."""
    if state is LotState.SUSPENDED and suspended_in is not None:
        return stage_of(suspended_in)
    return _STAGES.get(state, Stage.REGISTERING)


def sight(trade_type: TradeType, stage: Stage, viewer: Viewer) -> Sight:
    """What `viewer` may see of other buyers; nothing where the matrix is silent."""
    special = _OF_TRADE.get((trade_type, stage, viewer))
    return special if special is not None else _COMMON[stage].get(viewer, _NOTHING)
