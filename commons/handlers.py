"""Handlers of the outbox messages that commons itself sends; the registry finds this module by its name.

Each speaks to another system or takes its own transactions, so none is held meanwhile.
"""

from django.utils import timezone

from commons.evidence import services as evidence
from commons.inbox import mail
from commons.intake import services as intake
from commons.outbox.domain.delivery import Message
from commons.outbox.registry import handles
from commons.registration import services as registration


@handles("mail", transactional=False)
def send_mail(message: Message) -> None:
    """Mail an inbox message."""
    mail.send(message)


@handles("registration.code", transactional=False)
def send_code(message: Message) -> None:
    """Send the code that proves an address."""
    registration.tell(str(message.payload["token"]), at=timezone.now())


@handles("registration.invitation", transactional=False)
def send_invitation(message: Message) -> None:
    """Send the link of an invitation."""
    registration.tell_invited(int(str(message.payload["invitation"])), at=timezone.now())


@handles("intake.result", transactional=False)
def send_result(message: Message) -> None:
    """Hand a result back to the intake."""
    intake.hand_over_result(message)


@handles("intake.cancelled", transactional=False)
def confirm_cancellation(message: Message) -> None:
    """Tell the intake that the work on a cancelled case has stopped."""
    intake.hand_over_cancellation(message)


@handles("evidence.checkpoint", transactional=False)
def sign_checkpoint(message: Message) -> None:
    """A checkpoint at a deadline, without waiting for the minute. Twice is harmless."""
    evidence.checkpoint(timezone.now())
