"""Handlers of the outbox messages that signatures sends; the registry finds this module by its name."""

from django.utils import timezone

from commons.outbox.domain.delivery import Message
from commons.outbox.registry import handles
from signatures.documents import services as documents
from signatures.envelopes.services import decrypting, receipts
from signatures.guarantees.services import sealing, telling


@handles("envelopes.receipt", transactional=False)
def sign_receipt(message: Message) -> None:
    """Sign a receipt whose request could not."""
    receipts.sign_receipt(str(message.payload["receipt"]), at=timezone.now())


@handles("envelopes.decrypt", transactional=False)
def decrypt(message: Message) -> None:
    """Open what is unlocked. Twice is harmless."""
    intake_id = decrypting.intake_of(str(message.payload["envelope"]))
    if intake_id is not None:
        decrypting.decrypt_ready(intake_id, at=timezone.now())


@handles("signatures.certify", transactional=False)
def certify(message: Message) -> None:
    """The platform's seal on a drawn paper. Twice is harmless."""
    documents.certify(paper_id=int(str(message.payload["paper"])), at=timezone.now())


@handles("signatures.archive", transactional=False)
def archive(message: Message) -> None:
    """The archive stamp on a signed paper. Twice is harmless."""
    documents.archive(paper_id=int(str(message.payload["paper"])), at=timezone.now())


@handles("guarantee.paper", transactional=False)
def seal_guarantee(message: Message) -> None:
    """The platform's seal on a guarantee's PDF. Twice is harmless."""
    sealing.seal_paper(str(message.payload["ref"]), at=timezone.now())


GUARANTEE_TOPICS = ("application", "cancellation", "extension", "opening", "claim", "release", "expiry")


def _tell_issuer(message: Message) -> None:
    """One message to an issuer's own system."""
    telling.send(message.topic.removeprefix("guarantee."), str(message.payload["ref"]))


for _topic in GUARANTEE_TOPICS:
    handles(f"guarantee.{_topic}", transactional=False)(_tell_issuer)
