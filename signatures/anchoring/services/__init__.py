"""Anchoring the log outside: time stamps for checkpoints, co-signatures and views of witnesses."""

from signatures.anchoring.services.stamping import stamp_checkpoints
from signatures.anchoring.services.witnessing import Finding, cosign, register_witness, show_view

__all__ = ["Finding", "cosign", "register_witness", "show_view", "stamp_checkpoints"]
