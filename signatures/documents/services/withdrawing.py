"""Taking a paper back before everybody has signed it."""

from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor
from commons.evidence.domain import canonical
from commons.evidence.domain.canonical import JSON
from signatures.documents.domain.papers import PaperCommand
from signatures.documents.services.common import locked, step
from signatures.documents.services.statements import STATEMENT_KIND
from signatures.documents.services.turns import SIGNING_KIND, subject_of
from signatures.signing import services as signing


@transaction.atomic
def withdraw(*, actor: Actor, paper_id: int, reason: str, at: datetime) -> None:
    """Withdraw a paper and whatever waits to be signed about it. Whether the actor may is the caller's question.

    Refuses (`NotAllowedNow`) a paper that everybody has signed.
    """
    paper = locked(paper_id)
    payload: dict[str, JSON] = {"reason_sha256": canonical.digest(reason.strip().encode())}
    step(paper, PaperCommand.WITHDRAW, actor=actor, at=at, payload=payload, lease_party=None, lease_until=None)
    for kind in (SIGNING_KIND, STATEMENT_KIND):
        signing.withdraw(actor=actor, subject=subject_of(paper.pk), kind=kind, at=at)
