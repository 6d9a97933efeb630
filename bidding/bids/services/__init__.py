"""What can be done before a bid is sealed; sealing itself is `signatures.envelopes`."""

from bidding.bids.services import admitting
from bidding.bids.services.bonds import ask_for_bond_guarantee, open_bond_guarantees
from bidding.bids.services.library import ItemFacts, keep_item, retire_item

__all__ = [
    "ItemFacts",
    "admitting",
    "ask_for_bond_guarantee",
    "keep_item",
    "open_bond_guarantees",
    "retire_item",
]
