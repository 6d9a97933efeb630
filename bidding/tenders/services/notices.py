"""Notices of tenders are written here, and nowhere changed; they leave for the designated media through the outbox."""

from collections.abc import Mapping
from datetime import datetime

from bidding.tenders.domain.kinds import TenderNoticeKind
from bidding.tenders.models import MediaRelease, Section, Tender, TenderNotice
from commons.domain.actor import Actor
from commons.evidence.domain import canonical
from commons.evidence.domain.canonical import JSON
from commons.evidence.services import append
from commons.outbox import services as outbox
from exchange.notices.services import NumberedDecision


def publish_notice(
    tender: Tender,
    kind: TenderNoticeKind,
    body: Mapping[str, JSON],
    *,
    actor: Actor,
    at: datetime,
    section: Section | None = None,
    decision: NumberedDecision | None = None,
) -> TenderNotice:
    """Publish inside the caller's transaction, with evidence, and hand it to every designated medium."""
    sha256 = canonical.digest(canonical.encode(body))
    payload: dict[str, JSON] = {
        "kind": kind.value,
        "sha256": sha256,
        "section": f"section:{section.pk}" if section else None,
        "decision_no": decision.number.strip() if decision else None,
    }
    entry = append(
        stream=f"tender:{tender.pk}", type="TenderNoticePublished", actor=actor, payload=payload, decided_at=at
    )
    notice = TenderNotice.objects.create(
        tender=tender,
        section=section,
        kind=kind.value,
        body=dict(body),
        sha256=sha256,
        evidence_hash=entry.hash.hex(),
        decision_body=decision.body.strip() if decision else "",
        decision_no=decision.number.strip() if decision else "",
        document_id=decision.document_id if decision else None,
        published_at=at,
    )
    if not tender.by_invitation:
        _release(notice, tender, at)
    return notice


def _release(notice: TenderNotice, tender: Tender, at: datetime) -> None:
    for medium in tender.designated_media:
        release = MediaRelease.objects.create(notice=notice, medium=medium, queued_at=at)
        outbox.enqueue(topic="bidding.release", key=str(release.pk), payload={"release": str(release.pk)}, at=at)
