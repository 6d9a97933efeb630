"""Asking a person for a signature."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.urls import reverse

from commons.domain.actor import Actor
from commons.domain.suites import Suite
from commons.domain.time import to_text
from commons.evidence.domain import canonical
from commons.evidence.domain.canonical import JSON
from commons.people import queries as people
from signatures.crypto.authorities import Purpose
from signatures.signing.domain.sessions import LARGEST_CONTENT_BYTES, LIFETIME, ContentTooLarge, Fact, Signer
from signatures.signing.kinds import kind_of
from signatures.signing.models import SigningSession, subject_ref
from signatures.signing.services.steps import record


@dataclass(frozen=True, slots=True)
class SessionRef:
    """A session that waits for its signer: send the person to `url`."""

    number: str
    url: str


@transaction.atomic
def request_signature(
    *,
    actor: Actor,
    kind: str,
    subject: str,
    title: str,
    content: bytes,
    signer: Signer,
    role: str,
    return_url: str,
    at: datetime,
    amount: Decimal | None = None,
    facts: Sequence[Fact] = (),
    context: Mapping[str, JSON] | None = None,
    purpose: Purpose = Purpose.SIGN,
    valid_for: timedelta = LIFETIME,
    suite: Suite | None = None,
) -> SessionRef:
    """Open a session in which `signer` signs `content` as `role`; the kind's `done` is called with the signature.

    What the signer asks for itself stays with its browser; what others ask for, the signer may open in any, and finds
    in its list unless the kind is secret. `context` comes back to `done` unseen; it is no part of what is signed. Empty
    content: the kind's form brings it when it prepares. `suite`: that of the procedure, whose certificates alone can
    sign; None: any. Whether the actor may ask is the caller's question. Refuses
    `ContentTooLarge`.
    """
    secret = kind_of(kind).secret
    if len(content) > LARGEST_CONTENT_BYTES:
        raise ContentTooLarge(limit=LARGEST_CONTENT_BYTES)
    digest = canonical.digest(content) if content else ""
    session_ref = actor.session_ref if actor.person_id == signer.person_id else ""
    row = SigningSession.objects.create(
        number=secrets.token_urlsafe(18),
        kind=kind,
        subject=subject,
        subject_ref=subject_ref(kind, subject),
        title=title[:200],
        role=role,
        amount=amount,
        facts=[[fact.label, fact.value] for fact in facts],
        content=content,
        digest=digest,
        context=dict(context or {}),
        purpose=purpose.value,
        suite=suite or "",
        signer_id=signer.person_id,
        signer_name=people.name_on_record(signer.person_id),
        organisation_id=signer.organisation_id,
        waits_for_id=None if session_ref or secret else signer.person_id,
        session_ref=session_ref,
        requested_by=actor.ref,
        requested_at=at,
        expires_at=at + valid_for,
        return_url=return_url,
    )
    payload: dict[str, JSON] = {
        "kind": kind,
        "subject": subject,
        "signer": f"person:{signer.person_id}@{signer.organisation_id or '-'}",
        "sha256": digest,
        "expires_at": to_text(row.expires_at),
    }
    record(row, "SignatureRequested", actor=actor, payload=payload, at=at)
    return SessionRef(row.number, reverse("signing:sign", args=[row.number]))
