"""The public face of the evidence log."""

from commons.evidence.services.appending import Entry, append
from commons.evidence.services.prepared import StreamMoved, append_prepared

__all__ = ["Entry", "StreamMoved", "append", "append_prepared"]
