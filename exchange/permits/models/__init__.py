from exchange.permits.models.movement import HoldingMovement
from exchange.permits.models.registry import AreaBasin, AreaTarget, Permit, PermitLimit

__all__ = ["AreaBasin", "AreaTarget", "HoldingMovement", "Permit", "PermitLimit"]
