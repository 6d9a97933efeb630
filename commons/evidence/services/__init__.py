"""The public face of the evidence log."""

from commons.evidence.services.appending import Entry, append, hold
from commons.evidence.services.exporting import export
from commons.evidence.services.prepared import StreamMoved, append_prepared
from commons.evidence.services.secret import Hidden, append_secret, reveal
from commons.evidence.services.sequencing import checkpoint, checkpoint_due, gather

__all__ = [
    "Entry",
    "Hidden",
    "StreamMoved",
    "append",
    "append_prepared",
    "append_secret",
    "checkpoint",
    "checkpoint_due",
    "export",
    "gather",
    "hold",
    "reveal",
]
