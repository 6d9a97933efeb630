"""What can be done with the inbox."""

from commons.inbox.services.delivering import deliver
from commons.inbox.services.reading import mark_all_read, mark_read

__all__ = ["deliver", "mark_all_read", "mark_read"]
