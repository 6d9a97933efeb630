"""Notices are written here, and nowhere changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from commons.domain.actor import Actor
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from commons.evidence.domain import canonical
from commons.evidence.domain.canonical import JSON
from commons.evidence.services import append
from exchange.notices.domain.kinds import NEEDS_DECISION, NoticeKind
from exchange.notices.models import Notice


class DecisionMissing(Refusal):
    """The exchange ends and suspends nothing by itself (平台办法)."""

    code = "DECISION_MISSING"
    message = gettext_noop("Name the body whose decision this is, the number of the decision, and attach its document.")
    status = 400


@dataclass(frozen=True, slots=True)
class NumberedDecision:
    """Whose decision something is, its number, and its document in the vault."""

    body: str
    number: str
    document_id: int | None

    def require(self) -> "NumberedDecision":
        """Refuses (`DecisionMissing`) a decision without body, number or document."""
        if not (self.body.strip() and self.number.strip() and self.document_id):
            raise DecisionMissing()
        return self


def publish_notice(
    *,
    actor: Actor,
    project_id: int,
    kind: NoticeKind,
    body: Mapping[str, JSON],
    at: datetime,
    lot_id: int | None = None,
    version: int = 1,
    supersedes: Notice | None = None,
    reason: str = "",
    decision: NumberedDecision | None = None,
    document_id: int | None = None,
) -> Notice:
    """Publish inside the caller's transaction, with evidence in the project's and the lot's stream.

    Refuses (`DecisionMissing`) a suspension, resumption or termination without a numbered decision.
    """
    if kind in NEEDS_DECISION:
        (decision or NumberedDecision("", "", None)).require()
    sha256 = canonical.digest(canonical.encode(body))
    payload: dict[str, JSON] = {
        "project": f"project:{project_id}",
        "kind": kind.value,
        "version": str(version),
        "sha256": sha256,
        "supersedes": f"notice:{supersedes.pk}" if supersedes else None,
        "decision_no": decision.number.strip() if decision else None,
    }
    stream = f"lot:{lot_id}" if lot_id else f"project:{project_id}"
    entry = append(stream=stream, type="NoticePublished", actor=actor, payload=payload, decided_at=at)
    return Notice.objects.create(
        project_id=project_id,
        lot_id=lot_id,
        kind=kind.value,
        version=version,
        supersedes=supersedes,
        reason=reason,
        decision_body=decision.body.strip() if decision else "",
        decision_no=decision.number.strip() if decision else "",
        document_id=document_id or (decision.document_id if decision else None),
        body=dict(body),
        sha256=sha256,
        evidence_hash=entry.hash.hex(),
        published_at=at,
    )
