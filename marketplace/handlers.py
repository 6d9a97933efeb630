"""Handlers of the outbox messages of the supermarket; the registry finds this module by its name."""

from django.utils import timezone

from commons.outbox.domain.delivery import Message
from commons.outbox.registry import handles
from marketplace.signups.services import tell_subscribers


@handles("marketplace.published")
def tell_of_publication(message: Message) -> None:
    """Tell the agencies whose subscriptions match."""
    number, version = int(str(message.payload["procurement"])), int(str(message.payload["version"]))
    tell_subscribers(number, version, at=timezone.now())
