"""The public face of the durable outbox."""

from commons.outbox.registry import handles
from commons.outbox.services.delivering import LeaseLost, deliver_due, revive
from commons.outbox.services.enqueueing import enqueue

__all__ = ["LeaseLost", "deliver_due", "enqueue", "handles", "revive"]
