from commons.inbox.models.messages import InboxMessage, InboxReading

__all__ = ["InboxMessage", "InboxReading"]
