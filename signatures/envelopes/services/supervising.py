"""A supervisor signs for each failure: that cause and evidence were seen."""

from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor
from commons.evidence.domain import canonical
from commons.evidence.domain.canonical import JSON
from signatures.envelopes import policies
from signatures.envelopes.domain.rules import SupervisionNotDue
from signatures.envelopes.domain.states import FAILED
from signatures.envelopes.models import SealedEnvelope
from signatures.envelopes.services.common import locked_envelope, record


def statement(row: SealedEnvelope) -> bytes:
    """What the supervisor signs: which envelope failed, from what cause, on what evidence. Canonical JSON."""
    return canonical.encode(
        {
            "cause": row.cause,
            "commit": row.commit,
            "ctx": "luochui/opening-failure/v1",
            "envelope": row.pk,
            "findings_sha256": canonical.digest(canonical.encode(row.findings)),
            "state": row.state,
        }
    )


@transaction.atomic
def supervise(
    *, actor: Actor, envelope_ref: str, at: datetime, remark: str = "", signature: str = "", certificate: str = ""
) -> None:
    """Sign for a failure. `signature` is a CMS over `statement` (base64) where the supervisor signs by certificate.

    Raises `NotFound`, `NotPermitted`, `SupervisionNotDue`.
    """
    policies.can_supervise(actor).require()
    row = locked_envelope(envelope_ref)
    assert row.intake is not None, "it was opened"
    if row.state not in FAILED or row.supervised_at is not None:
        raise SupervisionNotDue()
    digest = canonical.digest(statement(row))
    supervision = {
        "certificate": certificate,
        "remark": remark.strip(),
        "signature": signature,
        "statement_sha256": digest,
    }
    row.supervised_by_id, row.supervised_at, row.supervision = actor.person_id, at, supervision
    row.save(update_fields=["supervised_by", "supervised_at", "supervision"])
    facts: dict[str, JSON] = {
        "envelope": row.pk,
        "remark_sha256": canonical.digest(remark.strip().encode()),
        "session": actor.session_ref,
        "signed": bool(signature),
        "statement_sha256": digest,
    }
    record(row.intake, "envelope.failure-supervised", actor=actor, at=at, payload=facts)
