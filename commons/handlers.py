"""Handlers of outbox messages that commons itself sends; the registry finds this module by its name."""

from commons.inbox import mail
from commons.outbox.domain.delivery import Message
from commons.outbox.registry import handles


@handles("mail", transactional=False)
def send_mail(message: Message) -> None:
    """Mail an inbox message; the mail server is another system, so no transaction is held meanwhile."""
    mail.send(message)
