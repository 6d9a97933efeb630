"""Tables of bids: what an organisation keeps for its bids, and agreements. A bid is no row before it is opened."""

from bidding.bids.models.consortium import ConsortiumAgreement
from bidding.bids.models.library import LibraryItem

__all__ = ["ConsortiumAgreement", "LibraryItem"]
