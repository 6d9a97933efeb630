from exchange.ledger.models.ledger import LedgerAccount, LedgerLeg, LedgerTransfer

__all__ = ["LedgerAccount", "LedgerLeg", "LedgerTransfer"]
