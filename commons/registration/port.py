"""How codes and invitations reach a telephone or a mailbox: a port, with an embedded version (docs/hooks.md)."""

from typing import Protocol

import structlog
from django.conf import settings
from django.core.mail import EmailMessage

from commons import hooks
from commons.registration.domain.codes import Address, AddressKind

logger = structlog.get_logger(__name__)


class MessengerPort(Protocol):
    """Text messages 短信 and mail to people who have no inbox yet."""

    def reaches(self, address: Address) -> bool:
        """Whether messages to this kind of address can be sent at all."""
        ...

    def send(self, address: Address, *, subject: str, text: str) -> None:
        """Send it, or raise: the outbox tries again later."""
        ...


class EmbeddedMessenger:
    """Mail where a mail server is set. Without one the embedded city writes messages to its log and shows codes."""

    def reaches(self, address: Address) -> bool:
        return settings.CODES_SHOWN or (address.kind is AddressKind.MAIL and settings.INBOX_BY_MAIL)

    def send(self, address: Address, *, subject: str, text: str) -> None:
        if address.kind is AddressKind.MAIL and settings.INBOX_BY_MAIL:
            EmailMessage(subject, text, to=[address.text]).send()
        elif settings.CODES_SHOWN:
            logger.info("message that the embedded city sends to nobody", to=address.masked, text=text)
        else:
            raise ConnectionError("no text messages are set up: name a MESSENGER_ADAPTER")


def messenger() -> MessengerPort:
    """The messenger of this installation."""
    embedded = "commons.registration.port.EmbeddedMessenger"
    found: MessengerPort = hooks.adapter("messenger", MessengerPort, embedded=embedded)
    return found
