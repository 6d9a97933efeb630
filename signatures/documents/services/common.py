"""What every step of a paper shares: its bytes, the conditional update, the registered revision."""

from datetime import datetime
from typing import Any

from commons.domain.actor import ALLOWED, Actor, system_actor
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.evidence.domain.canonical import JSON
from commons.evidence.services import append
from commons.vault import services as vault
from commons.vault.domain.documents import StoredDocument
from signatures.documents.domain.papers import OVER, PAPER, Act, PaperCommand, PaperState
from signatures.documents.models import Paper, PaperRevision

PLATFORM_ACTOR = system_actor("papers")
MEDIA_TYPE = "application/pdf"


def load(paper_id: int) -> Paper:
    """The paper as it is now. Refuses (`NotFound`)."""
    row = Paper.objects.filter(pk=paper_id).first()
    if row is None:
        raise NotFound()
    return row


def locked(paper_id: int) -> Paper:
    """The paper, for the caller's transaction. Refuses (`NotFound`)."""
    row = Paper.objects.select_for_update(of=("self",)).filter(pk=paper_id).first()
    if row is None:
        raise NotFound()
    return row


def content_of(document_id: int, *, at: datetime) -> bytes:
    """The bytes of a file of ours, checked against their hash."""
    opened = vault.open_document(actor=PLATFORM_ACTOR, document_id=document_id, at=at, decision=ALLOWED)
    return b"".join(opened.chunks)


def store(paper: Paper, content: bytes, *, at: datetime, name: str = "") -> StoredDocument:
    """Put a state of the file into the vault."""
    return vault.store(
        actor=PLATFORM_ACTOR,
        stream=[content],
        name=name or f"{paper.number}.pdf",
        media_type=MEDIA_TYPE,
        at=at,
        subject=paper.guard,
    )


def step(
    paper: Paper,
    command: PaperCommand,
    *,
    actor: Actor,
    at: datetime,
    payload: dict[str, JSON] | None = None,
    **values: Any,
) -> int:
    """Fire `command` and store `values` with it; the place of the entry in the paper's stream.

    Refuses (`NotAllowedNow`) what the table has no row for, also when somebody was faster.
    """
    before = PaperState(paper.state)
    fired = PAPER.fire(before, command)
    changes = {"state": fired.target.value, **values}
    if fired.target in OVER and paper.ended_at is None:
        changes["ended_at"] = at
    if Paper.objects.filter(pk=paper.pk, state=before.value, revision=paper.revision).update(**changes) != 1:
        raise NotAllowedNow(command=command.value, state=before.value)
    for name, value in changes.items():
        setattr(paper, name, value)
    facts: dict[str, JSON] = {"kind": paper.kind, "subject": paper.subject, **(payload or {})}
    return append(stream=paper.stream, type=fired.event, actor=actor, payload=facts, decided_at=at).seq


def register(paper: Paper, act: Act, document: StoredDocument, *, number: int, seq: int, at: datetime) -> None:
    """Note a state of the file; the entry `seq` of the paper's stream names its SHA-256."""
    PaperRevision.objects.create(
        paper=paper,
        number=number,
        act=act,
        document_id=document.id,
        sha256=document.sha256,
        stream=paper.stream,
        stream_seq=seq,
        made_at=at,
    )
