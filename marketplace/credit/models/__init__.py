from marketplace.credit.models.credit import CreditEvent, CreditScore, Listing, Rating, SupervisionLetter

__all__ = ["CreditEvent", "CreditScore", "Listing", "Rating", "SupervisionLetter"]
