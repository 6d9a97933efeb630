"""Signing sessions, for the dialogue and for those who asked."""

import hashlib
from base64 import b64decode
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from commons.domain.actor import Actor
from commons.domain.refusals import NotFound
from commons.people import queries as people
from signatures.crypto.authorities import Purpose
from signatures.crypto.cms import with_stamp
from signatures.pki import services as pki
from signatures.pki.services import Stamp
from signatures.signing.domain.sessions import OPEN, Signer, SigningState
from signatures.signing.kinds import Order, kind_of, label_of
from signatures.signing.models import SigningSession
from signatures.signing.policies import can_sign


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session as its signer sees it."""

    number: str
    kind: str
    subject: str
    title: str
    role: str
    amount: Decimal | None
    facts: tuple[tuple[str, str], ...]
    digest: str
    ranges: tuple[tuple[int, int], ...]
    media_type: str
    signer_name: str
    organisation_name: str
    state: SigningState
    expires_at: datetime
    return_url: str
    phone: bool
    """Whether a phone has taken it over."""

    @property
    def label(self) -> str:
        """The kind in the reader's language."""
        return gettext(label_of(self.kind))

    @property
    def role_label(self) -> str:
        return gettext(self.role)

    @property
    def worded_facts(self) -> list[tuple[str, str]]:
        return [(gettext(label), value) for label, value in self.facts]

    def is_open(self, at: datetime) -> bool:
        """Whether it can still be signed."""
        return self.state in OPEN and at < self.expires_at


@dataclass(frozen=True, slots=True)
class SignatureView:
    """A signature that was given."""

    session: str
    subject: str
    kind: str
    signer_name: str
    organisation_id: int | None
    signed_at: datetime
    digest: str
    content: bytes
    cms: bytes
    certificate: bytes
    result: dict[str, str]
    stamp: Stamp | None
    """The time stamp over the signature, or that it is still to come; None for a signature inside a document."""

    @property
    def stamped(self) -> bytes:
        """The signature with its time stamp (CAdES-T) once there is one, else as it was given."""
        return self.cms if self.stamp is None or self.stamp.token is None else with_stamp(self.cms, self.stamp.token)


def one(viewer: Actor, number: str) -> SessionView:
    """The session for its signer, with what its content says.

    Refuses `NotFound`, `OtherOrganisation`, `SigningElsewhere`.
    """
    row = SigningSession.objects.filter(number=number).first()
    if row is None:
        raise NotFound()
    can_sign(viewer, row).require()
    found, kind = view(row), kind_of(row.kind)
    if kind.shown is None or found.state not in OPEN:
        return found
    shown = kind.shown(row.context)
    return replace(found, title=shown.title, amount=shown.amount, facts=shown.facts)


def waiting_for(viewer: Actor, *, at: datetime, limit: int = 50) -> list[SessionView]:
    """What others ask the viewer to sign now, oldest first; not what the viewer opened itself in a browser."""
    if viewer.person_id is None:
        return []
    rows = SigningSession.objects.filter(
        waits_for=viewer.person_id, state__in=[state.value for state in OPEN], expires_at__gt=at
    )
    return [view(row) for row in rows[:limit]]


def signatures_about(subject: str, kind: str) -> list[SignatureView]:
    """The signatures of that kind about `subject`, oldest first. Who may read them, the caller decides."""
    rows = list(SigningSession.about(kind=kind, subject=subject).filter(state=SigningState.SIGNED.value))
    stamps = pki.stamps_of([stamp_subject(bytes(row.signature)) for row in rows if row.signature])
    return [
        SignatureView(
            row.stream,
            row.subject,
            row.kind,
            row.signer_name,
            row.organisation_id,
            row.ended_at or row.requested_at,
            row.digest,
            bytes(row.content),
            bytes(row.signature or b""),
            bytes(row.certificate or b""),
            row.result,
            stamps.get(stamp_subject(bytes(row.signature))) if row.signature else None,
        )
        for row in rows
    ]


def stamp_subject(made: bytes) -> str:
    """The name under which the time stamp of a signature (CMS) is kept: it tells neither who signed nor what."""
    return f"signature:{hashlib.sha256(made).hexdigest()}"


def stamped(made: bytes) -> bytes:
    """A given signature (CMS) with its time stamp, where one came meanwhile."""
    stamp = pki.stamp_of(stamp_subject(made)) if made else None
    return made if stamp is None or stamp.token is None else with_stamp(made, stamp.token)


def view(row: SigningSession) -> SessionView:
    """The row as a value."""
    organisation = people.organisation(row.organisation_id) if row.organisation_id else None
    return SessionView(
        number=row.number,
        kind=row.kind,
        subject=row.subject,
        title=row.title,
        role=row.role,
        amount=row.amount,
        facts=tuple((label, value) for label, value in row.facts),
        digest=row.digest,
        ranges=tuple((offset, length) for offset, length in row.ranges),
        media_type=kind_of(row.kind).media_type,
        signer_name=row.signer_name,
        organisation_name=organisation.name if organisation else "",
        state=SigningState(row.state),
        expires_at=row.expires_at,
        return_url=row.return_url,
        phone=bool(row.phone_session_ref),
    )


def order_of(row: SigningSession, **changes: Any) -> Order:
    """The row as those see it who prepare and finish."""
    values: dict[str, Any] = {
        "id": row.pk,
        "kind": row.kind,
        "subject": row.subject,
        "title": row.title,
        "role": row.role,
        "amount": row.amount,
        "content": bytes(row.content),
        "digest": row.digest,
        "context": row.context,
        "purpose": Purpose(row.purpose),
        "signer": Signer(row.signer_id, row.organisation_id),
        "certificate": bytes(row.certificate or b""),
        "chain": tuple(b64decode(one) for one in row.chain),
        "attributes": bytes(row.attributes or b""),
        "prepared": row.prepared,
    }
    return Order(**{**values, **changes})
