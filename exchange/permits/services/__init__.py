"""The public face of permits and holdings."""

from exchange.permits.services.areas import TargetAlreadyMissed, meet_target, miss_target, set_basin
from exchange.permits.services.deciding import freeze_by_decision, unfreeze_by_decision
from exchange.permits.services.movements import (
    LotDecides,
    NothingFrozen,
    Paper,
    ReversalIsFinal,
    allocate,
    cancel,
    freeze,
    release_supply,
    reserve_supply,
    reverse,
    transfer,
    unfreeze,
)
from exchange.permits.services.registry import add_limit, correct_permit, decide_permit, record_permit, renew_permit

__all__ = [
    "LotDecides",
    "NothingFrozen",
    "Paper",
    "ReversalIsFinal",
    "TargetAlreadyMissed",
    "add_limit",
    "allocate",
    "cancel",
    "correct_permit",
    "decide_permit",
    "freeze",
    "freeze_by_decision",
    "meet_target",
    "miss_target",
    "record_permit",
    "release_supply",
    "renew_permit",
    "reserve_supply",
    "reverse",
    "set_basin",
    "transfer",
    "unfreeze",
    "unfreeze_by_decision",
]
