"""Tables of bids: only what an organisation keeps for all its bids. A bid itself is no row before it is opened."""

from bidding.bids.models.library import LibraryItem

__all__ = ["LibraryItem"]
