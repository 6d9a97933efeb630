"""Handlers of the outbox messages that bidding sends; the registry finds this module by its name."""

from django.utils import timezone

from bidding.tenders import services as tenders
from commons.outbox.domain.delivery import Message
from commons.outbox.registry import handles


@handles("bidding.release", transactional=False)
def release_notice(message: Message) -> None:
    """Hand a notice to a designated medium."""
    tenders.release_notice(int(str(message.payload["release"])), at=timezone.now())
