"""Tables of opening halls."""

from bidding.opening.models.bids import HallBid
from bidding.opening.models.halls import Hall, HallEntry
from bidding.opening.models.signing_in import HallPicture, HallSignIn
from bidding.opening.models.words import HallWord

__all__ = ["Hall", "HallBid", "HallEntry", "HallPicture", "HallSignIn", "HallWord"]
