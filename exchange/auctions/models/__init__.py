from exchange.auctions.models.numbers import NumberDraw
from exchange.auctions.models.registration import Offer, Registration

__all__ = ["NumberDraw", "Offer", "Registration"]
