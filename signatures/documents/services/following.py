"""What follows after the commit: the platform's seal, and the archive stamp when the last party has signed."""

from datetime import datetime

from commons.evidence.domain.canonical import JSON
from commons.outbox import services as outbox
from signatures.documents.models import Paper


def told_complete(paper: Paper, *, at: datetime) -> None:
    """Have the paper archived."""
    payload: dict[str, JSON] = {"paper": str(paper.pk)}
    outbox.enqueue(topic="signatures.archive", key=f"paper:{paper.pk}", payload=payload, at=at)


def ask_for_seal(paper: Paper, *, at: datetime) -> None:
    """Have the platform certify the paper."""
    payload: dict[str, JSON] = {"paper": str(paper.pk)}
    outbox.enqueue(topic="signatures.certify", key=f"paper:{paper.pk}", payload=payload, at=at)
