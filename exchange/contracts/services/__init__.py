"""The public face of contracts."""

from exchange.contracts.services.transitions import move_deal

__all__ = ["move_deal"]
