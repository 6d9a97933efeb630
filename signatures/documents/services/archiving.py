"""The archive: a time stamp over the whole document, renewed before the one before it ends."""

import logging
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError, transaction

from signatures.crypto.timestamps import StampUnavailable, verify
from signatures.documents.domain.papers import Act, PaperCommand, PaperState
from signatures.documents.models import Paper
from signatures.documents.pades.finishing import Proof, last_stamp, with_archive_stamp, with_proof
from signatures.documents.services.common import PLATFORM_ACTOR, content_of, load, locked, register, step, store
from signatures.pki import queries as trust
from signatures.pki import services as pki

RENEW_AFTER = timedelta(days=3 * 365)
"""Certificates of time-stamp authorities last five years and more; the next stamp comes well before."""
EVERY = timedelta(hours=1)
_last: list[datetime] = []
log = logging.getLogger(__name__)
COMMANDS = {PaperState.SIGNED: PaperCommand.ARCHIVE, PaperState.ARCHIVED: PaperCommand.RENEW}


def archive(*, paper_id: int, at: datetime, renew: bool = False) -> bool:
    """Put a signed paper under an archive stamp, or under another one. True when this call did it.

    Speaks to the time-stamp authority, so it holds no transaction meanwhile. Raises `StampUnavailable`, and what
    speaks against the authority's certificate, `RevocationNotProven` above all: an archive without that proof proves
    nothing. Try later.
    """
    paper = load(paper_id)
    wanted = PaperState.ARCHIVED if renew else PaperState.SIGNED
    if paper.state != wanted:
        return False
    number = paper.revision + 1
    document = store(paper, _stamped(content_of(paper.document_id, at=at), f"archive-{number}", at=at), at=at)
    with transaction.atomic():
        paper = locked(paper_id)
        if (paper.state, paper.revision + 1) != (wanted, number):
            return False
        seq = step(
            paper,
            COMMANDS[wanted],
            actor=PLATFORM_ACTOR,
            at=at,
            payload={"sha256": document.sha256},
            revision=number,
            document_id=document.id,
        )
        register(paper, Act.ARCHIVED, document, number=number, seq=seq, at=at)
    return True


def watch_archive(at: datetime) -> int:
    """The errand: renews what is due, once an hour in each process."""
    if _last and at - _last[0] < EVERY:
        return 0
    _last[:] = [at]
    return renew_due(at)


def renew_due(at: datetime, limit: int = 20) -> int:
    """Give archived papers whose last stamp is old another one; the number renewed.

    One that cannot be renewed is logged and does not hold up the others; it is tried again.
    """
    young = at - RENEW_AFTER
    due = Paper.objects.filter(state=PaperState.ARCHIVED.value).exclude(revisions__made_at__gt=young).order_by("id")
    return sum(_renewed(pk, at) for pk in list(due.values_list("pk", flat=True)[:limit]))


def _renewed(paper_id: int, at: datetime) -> bool:
    try:
        return archive(paper_id=paper_id, at=at, renew=True)
    except (DatabaseError, InterfaceError):
        raise
    except Exception:
        log.exception("an archive stamp was not renewed", extra={"paper": paper_id})
        return False


def _stamped(content: bytes, field: str, *, at: datetime) -> bytes:
    """The PDF under a stamp, followed by the proof of the stamp's own certificate."""
    stamped = with_archive_stamp(content, pki.stamper(), field=field, at=at)
    token, digest = last_stamp(stamped)
    status = verify(token, digest=digest, at=at, trust=trust.trust_store(), revocation=pki.revocation_source())
    if status.certificate is None:
        raise StampUnavailable("the authority's token cannot be read")
    status.certificate.require()
    if not status.valid:
        raise StampUnavailable("the authority's token does not hold")
    return with_proof(stamped, Proof(status.certificate.path, status.certificate.proof))
