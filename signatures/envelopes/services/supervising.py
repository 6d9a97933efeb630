"""A supervisor signs for each failure, by certificate: that cause and evidence were seen."""

from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.text import gettext_noop
from commons.evidence.domain import canonical
from commons.evidence.domain.canonical import JSON
from signatures.crypto.certificates import facts_of
from signatures.envelopes import policies
from signatures.envelopes.domain.encoding import to_base64
from signatures.envelopes.domain.rules import SupervisionNotDue, SupervisionOfSomethingElse
from signatures.envelopes.domain.states import FAILED
from signatures.envelopes.models import SealedEnvelope
from signatures.envelopes.services.common import locked_envelope, record
from signatures.pki import queries as certificates
from signatures.pki import services as pki
from signatures.pki.domain.bindings import CertificateNotBound
from signatures.signing.domain.sessions import Fact, Signer
from signatures.signing.kinds import Signed, register_kind
from signatures.signing.services.requesting import SessionRef, request_signature

SUPERVISION = "opening-failure"


def statement(row: SealedEnvelope, remark: str) -> bytes:
    """What the supervisor signs: which envelope failed, from what cause, on what evidence, what was seen. JSON."""
    return canonical.encode(
        {
            "cause": row.cause,
            "commit": row.commit,
            "ctx": "luochui/opening-failure/v1",
            "envelope": row.pk,
            "findings_sha256": canonical.digest(canonical.encode(row.findings)),
            "remark": remark.strip(),
            "state": row.state,
        }
    )


@transaction.atomic
def request_supervision(
    *, actor: Actor, envelope_ref: str, remark: str, return_url: str, cause: str, at: datetime
) -> SessionRef:
    """Have the supervisor sign for a failure in the signing dialogue, which shows `cause`, its words.

    Raises `NotFound`, `NotPermitted`, `SupervisionNotDue`.
    """
    row = _due(actor, envelope_ref)
    assert row.intake is not None, "it was opened"
    assert actor.person_id is not None, "supervisors are persons"
    return request_signature(
        actor=actor,
        kind=SUPERVISION,
        subject=f"envelope:{row.pk}",
        title=row.intake.title,
        content=statement(row, remark),
        signer=Signer(actor.person_id, actor.organisation_id),
        role=gettext_noop("Supervisor"),
        facts=[
            Fact(gettext_noop("Cause"), cause),
            Fact(gettext_noop("Commitment"), row.commit),
            Fact(gettext_noop("What you saw"), remark.strip()),
        ],
        context={"envelope": row.pk, "remark": remark.strip()},
        return_url=return_url,
        at=at,
    )


def supervise(*, actor: Actor, envelope_ref: str, remark: str, signature: bytes, at: datetime) -> None:
    """Take a supervisor's CMS over `statement`, made elsewhere; it is verified before anything is stored.

    Raises `NotFound`, `NotPermitted`, `SupervisionNotDue`, `CertificateNotBound` when the certificate is not the
    supervisor's, and whatever speaks against signature and certificate. Speaks to the authority: not in a transaction.
    """
    with transaction.atomic():
        content = statement(_due(actor, envelope_ref), remark)
    status = pki.verify_signature(content=content, signature=signature, at=at)
    status.require()
    assert status.signer is not None, "a valid signature has a signer"
    bound = certificates.binding_by_fingerprint(status.signer.fingerprint)
    if bound is None or (bound.person_id, bound.organisation_id) != (actor.person_id, actor.organisation_id):
        raise CertificateNotBound()
    _store(
        actor,
        envelope_ref,
        content=content,
        remark=remark,
        signature=signature,
        certificate=status.signer.fingerprint,
        at=at,
    )


def _supervised(signed: Signed) -> None:
    """The dialogue found the signature valid. Called in the transaction that stores it."""
    context = signed.order.context
    _store(
        signed.actor,
        str(context["envelope"]),
        content=signed.order.content,
        remark=str(context["remark"]),
        signature=signed.finished.cms,
        certificate=facts_of(signed.order.certificate).fingerprint,
        at=signed.at,
    )


@transaction.atomic
def _store(
    actor: Actor, ref: str, *, content: bytes, remark: str, signature: bytes, certificate: str, at: datetime
) -> None:
    row = _due(actor, ref)
    assert row.intake is not None, "it was opened"
    if statement(row, remark) != content:
        raise SupervisionOfSomethingElse()
    digest = canonical.digest(content)
    row.supervision = {
        "certificate": certificate,
        "remark": remark.strip(),
        "signature": to_base64(signature),
        "statement_sha256": digest,
    }
    row.supervised_by_id, row.supervised_at = actor.person_id, at
    row.save(update_fields=["supervised_by", "supervised_at", "supervision"])
    facts: dict[str, JSON] = {
        "certificate_sha256": certificate,
        "envelope": row.pk,
        "remark_sha256": canonical.digest(remark.strip().encode()),
        "session": actor.session_ref,
        "signature_sha256": canonical.digest(signature),
        "statement_sha256": digest,
    }
    record(row.intake, "envelope.failure-supervised", actor=actor, at=at, payload=facts)


def _due(actor: Actor, ref: str) -> SealedEnvelope:
    policies.can_supervise(actor).require()
    row = locked_envelope(ref)
    if row.state not in FAILED or row.supervised_at is not None:
        raise SupervisionNotDue()
    return row


register_kind(SUPERVISION, label=gettext_noop("Failure of an opening"), done=_supervised)
