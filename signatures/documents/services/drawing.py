"""From a template to a paper that waits for the platform's seal and its parties."""

import secrets
from base64 import b32encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.suites import Suite
from commons.evidence.domain.canonical import JSON
from commons.evidence.services import append
from commons.pdf import services as pdf
from commons.vault import services as vault
from commons.vault.domain.documents import StoredDocument
from signatures.documents.domain.papers import Act, GivenSignature, Mode, Party
from signatures.documents.kinds import paper_kind
from signatures.documents.models import Paper, PaperParty
from signatures.documents.services.common import register
from signatures.documents.services.following import ask_for_seal
from signatures.documents.services.keeping import keep_given

LANGUAGE = "zh-hans"
"""What is signed between parties is Chinese, whoever asked for it."""


@dataclass(frozen=True, slots=True)
class PaperRef:
    """A paper that was drawn."""

    id: int
    number: str
    document: StoredDocument

    @property
    def address(self) -> str:
        """Where anybody can check the document."""
        return check_address(self.number)


@dataclass(frozen=True, slots=True)
class Draft:
    """A paper whose PDF lies in the vault and that nobody has issued: it is nowhere registered."""

    number: str
    kind: str
    subject: str
    guard: str
    title: str
    document: StoredDocument
    parties: tuple[Party, ...]
    given: tuple[GivenSignature, ...]
    amount: Decimal | None
    public: bool
    suite: Suite | None


def draw(*, actor: Actor, at: datetime, **order: Any) -> PaperRef:
    """Draft a paper and issue it at once; takes what `draft` takes."""
    drafted = draft(actor=actor, at=at, **order)
    with transaction.atomic():
        return issue(drafted, actor=actor, at=at)


def draft(
    *,
    actor: Actor,
    kind: str,
    subject: str,
    guard: str,
    title: str,
    template: str,
    context: Mapping[str, Any],
    parties: Sequence[Party] = (),
    given: Sequence[GivenSignature] = (),
    at: datetime,
    amount: Decimal | None = None,
    public: bool = False,
    suite: Suite | None = None,
    file_name: Callable[[str], str] | None = None,
) -> Draft:
    """Draw the PDF of a paper, outside of transactions. Whether the actor may is the caller's question.

    The template gets `paper_number` and `check_address` besides `context`, and marks a place for the field `platform`
    and for each party that signs in turn: `<span class="sign-slot" id="sign-seller"></span>`. `guard` names whose
    guard in the vault decides on downloads. `given` holds signatures that parallel parties gave before the paper was
    drawn, each over a statement of its own; they travel in the record. `suite`: that of the procedure, whose
    certificates alone can sign for the parties; None: any.

    Raises `MissingGlyphs` where the text has characters that cannot be printed.
    """
    paper_kind(kind)
    number = b32encode(secrets.token_bytes(10)).decode()
    full = {**context, "paper_number": number, "check_address": check_address(number)}
    content = pdf.render(template, full, language=LANGUAGE)
    name = file_name(number) if file_name else f"{number}.pdf"
    stored = vault.store(actor=actor, stream=[content], name=name, media_type="application/pdf", at=at, subject=guard)
    return Draft(number, kind, subject, guard, title[:200], stored, tuple(parties), tuple(given), amount, public, suite)


def issue(drafted: Draft, *, actor: Actor, at: datetime) -> PaperRef:
    """Make the draft a paper, in the caller's transaction; the platform's seal and its parties follow."""
    paper = Paper.objects.create(
        number=drafted.number, kind=drafted.kind, subject=drafted.subject, guard=drafted.guard, title=drafted.title,
        amount=drafted.amount, public=drafted.public, suite=drafted.suite or "", document_id=drafted.document.id,
        drawn_at=at,
    )  # fmt: skip
    for place, party in enumerate(drafted.parties):
        _add(paper, place, party)
    _record(paper, drafted.document, drafted.parties, actor=actor, at=at)
    for signature in drafted.given:
        keep_given(paper, signature, actor=actor)
    if not paper.parties.filter(mode=Mode.PARALLEL, signed_at__isnull=True).exists():
        ask_for_seal(paper, at=at)
    return PaperRef(paper.pk, drafted.number, drafted.document)


def check_address(number: str) -> str:
    """Where anybody can check a paper."""
    return f"{settings.PUBLIC_URL}/verify/document/?number={number}"


def _add(paper: Paper, place: int, party: Party) -> None:
    PaperParty.objects.create(
        paper=paper,
        place=place,
        field=party.field,
        role=party.role,
        mode=party.mode,
        organisation_id=party.organisation_id,
        person_id=party.person_id,
    )


def _record(paper: Paper, stored: StoredDocument, parties: Sequence[Party], *, actor: Actor, at: datetime) -> None:
    payload: dict[str, JSON] = {
        "kind": paper.kind,
        "subject": paper.subject,
        "sha256": stored.sha256,
        "parties": [party.field for party in parties],
    }
    entry = append(stream=paper.stream, type="PaperDrawn", actor=actor, payload=payload, decided_at=at)
    register(paper, Act.DRAWN, stored, number=1, seq=entry.seq, at=at)
