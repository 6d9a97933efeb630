"""What can be done before a bid is sealed; sealing itself is `signatures.envelopes`."""

from bidding.bids.services import admitting
from bidding.bids.services.bonds import (
    ask_for_bond_guarantee,
    expect_bond,
    give_back,
    open_bonds,
    own_bond,
    security_terms,
    take_back_bond,
)
from bidding.bids.services.consortia import dissolve_consortium, propose_consortium, request_agreement
from bidding.bids.services.library import ItemFacts, keep_item, retire_item

__all__ = [
    "ItemFacts",
    "admitting",
    "ask_for_bond_guarantee",
    "dissolve_consortium",
    "expect_bond",
    "give_back",
    "keep_item",
    "open_bonds",
    "own_bond",
    "propose_consortium",
    "request_agreement",
    "retire_item",
    "security_terms",
    "take_back_bond",
]
