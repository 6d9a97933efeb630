"""Storing and opening documents."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

from django.db import transaction

from commons.domain import sealing
from commons.domain.actor import Actor, Decision
from commons.domain.refusals import NotFound, NotPermitted
from commons.evidence import services as evidence
from commons.secrecy.keys import key_for
from commons.vault import content, policies
from commons.vault.domain import media
from commons.vault.models import Document, VaultContent
from commons.vault.queries import StoredDocument, view

LIMIT = 50_000_000
"""Bytes of an ordinary upload; services that take more say so."""
SEALED_BLOCK = 4096
"""Bytes to which a sealed file is padded: its size tells little of how much it says."""


@dataclass(frozen=True, slots=True)
class OpenedDocument:
    """A document and its bytes, to be read once, piece by piece."""

    document: StoredDocument
    chunks: Iterator[bytes]


def store(
    *,
    actor: Actor,
    stream: BinaryIO | Iterable[bytes],
    name: str,
    media_type: str,
    at: datetime,
    sensitive: bool = False,
    subject: str = "",
    limit: int = LIMIT,
) -> StoredDocument:
    """Take a file into the vault and give it a document; equal bytes are kept once.

    Raises `FileTooLarge`, `FileEmpty`, `WrongMediaType`, and `NotPermitted` for the anonymous.
    """
    if actor.is_anonymous:
        raise NotPermitted()
    received = content.receive(stream, limit=limit)
    with received.file:
        found = media.check_content(cast(BinaryIO, received.file), media_type)
        if policies.lies_sealed(subject):
            received = _sealed(received, subject)
        with received.file:
            content.keep(received)
    with transaction.atomic():
        kept = VaultContent(sha256=received.sha256, size=received.size, stored_at=at)
        _remember(kept)
        row = Document.objects.create(
            content=kept,
            name=_safe_name(name),
            media_type=found,
            subject=subject,
            sensitive=sensitive,
            stored_by_id=actor.person_id,
            organisation_id=actor.organisation_id,
            stored_at=at,
        )
        _record(row.pk, "document.stored", actor=actor, at=at, sha256=received.sha256)
    return view(row)


@transaction.atomic
def adopt(
    *,
    actor: Actor,
    file: Path,
    sha256: str,
    size: int,
    name: str,
    at: datetime,
    subject: str,
    organisation_id: int | None,
    sensitive: bool = True,
) -> StoredDocument:
    """Give a document to a file that the platform itself wrote and hashed, of whatever kind; it is moved, not copied.

    Its media type is the one that name and content agree on; other content is only ever handed out as bytes.
    """
    assert not policies.lies_sealed(subject), "what the platform writes by itself is not sealed here"
    with file.open("rb") as opened:
        found = media.found_type(opened, name)
    content.adopt(file, sha256=sha256, size=size)
    kept = VaultContent(sha256=sha256, size=size, stored_at=at)
    _remember(kept)
    row = Document.objects.create(
        content=kept,
        name=_safe_name(name),
        media_type=found,
        subject=subject,
        sensitive=sensitive,
        stored_by_id=actor.person_id,
        organisation_id=organisation_id,
        stored_at=at,
    )
    _record(row.pk, "document.stored", actor=actor, at=at, sha256=sha256)
    return view(row)


def open_document(*, actor: Actor, document_id: int, at: datetime, decision: Decision | None = None) -> OpenedDocument:
    """The document's bytes for `actor`; sensitive ones are logged. The caller may hand in its own policy's decision.

    Raises `NotFound`, `NotPermitted`; reading may raise `ContentDamaged`.
    """
    row = Document.objects.select_related("content").filter(id=document_id).first()
    if row is None:
        raise NotFound()
    document = view(row)
    (policies.can_download(actor, document) if decision is None else decision).require()
    if document.sensitive:
        with transaction.atomic():
            _record(document.id, "document.downloaded", actor=actor, at=at, sha256=document.sha256)
    chunks = content.read(document.sha256, document.size)
    return _unsealed(document, chunks) if policies.lies_sealed(document.subject) else OpenedDocument(document, chunks)


def _sealed(received: content.Received, subject: str) -> content.Received:
    """The same bytes as the storage gets to see them; hash and size, rounded up, are those of the sealed text."""
    received.file.seek(0)
    nonce = secrets.token_bytes(sealing.NONCE_BYTES)
    text = sealing.seal(key_for("vault"), received.file.read(), place=_place(subject), nonce=nonce, block=SEALED_BLOCK)
    return content.receive([text], limit=len(text))


def _unsealed(document: StoredDocument, chunks: Iterable[bytes]) -> OpenedDocument:
    plain = sealing.open_sealed(key_for("vault"), b"".join(chunks), place=_place(document.subject))
    told = replace(document, sha256=hashlib.sha256(plain).hexdigest(), size=len(plain))
    return OpenedDocument(told, iter([plain]))


def _place(subject: str) -> str:
    return f"document:{subject}"


def _remember(kept: VaultContent) -> None:
    if not VaultContent.objects.filter(sha256=kept.sha256).exists():
        VaultContent.objects.bulk_create([kept], ignore_conflicts=True)


def _safe_name(name: str) -> str:
    """The last part of the name, without control characters: what a download may be called."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in last if character.isprintable())[-200:] or "document"


def _record(document_id: int, event: str, *, actor: Actor, at: datetime, sha256: str) -> None:
    # The name of a file may name a person; its hash does not.
    evidence.append(
        stream=f"document:{document_id}", type=event, actor=actor, payload={"sha256": sha256}, decided_at=at
    )
