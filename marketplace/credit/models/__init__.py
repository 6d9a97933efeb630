from marketplace.credit.models.credit import CreditEvent, CreditScore, Listing, Rating

__all__ = ["CreditEvent", "CreditScore", "Listing", "Rating"]
