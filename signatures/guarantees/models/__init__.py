from signatures.guarantees.models.guarantee import Guarantee, StatusEntry, StatusPublication
from signatures.guarantees.models.issuer import CreditLine, Issuer, UsedNonce

__all__ = ["CreditLine", "Guarantee", "Issuer", "StatusEntry", "StatusPublication", "UsedNonce"]
