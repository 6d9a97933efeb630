from exchange.auctions.models.registration import Offer, Registration

__all__ = ["Offer", "Registration"]
