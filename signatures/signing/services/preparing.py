"""From the chosen certificate to the bytes that its holder signs."""

import hashlib
import secrets
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.money import as_text, capital_yuan
from commons.domain.refusals import Malformed
from commons.domain.suites import Suite
from commons.evidence.keys import Purpose as KeyPurpose
from commons.evidence.keys import signing_key
from signatures.crypto import tickets
from signatures.crypto.authorities import Purpose
from signatures.crypto.certificates import facts_of
from signatures.crypto.cms import signed_digest
from signatures.crypto.mixing import require_same
from signatures.pki import services as pki
from signatures.signing.domain.sessions import (
    LARGEST_CERTIFICATE_BYTES,
    SigningCommand,
    require_time,
)
from signatures.signing.kinds import Prepared, kind_of
from signatures.signing.models import SigningSession
from signatures.signing.policies import can_sign
from signatures.signing.queries import order_of
from signatures.signing.services.forms import form_of
from signatures.signing.services.steps import found, locked, require_open, step


@dataclass(frozen=True, slots=True)
class ToSign:
    """For the browser: what is signed, and the order for the holder's agent."""

    attributes: bytes
    digest: str
    ranges: tuple[tuple[int, int], ...]
    ticket: str


def prepare(*, actor: Actor, number: str, certificate: bytes, origin: str, at: datetime) -> ToSign:
    """Bind the session to `certificate` (DER) and to the actor's browser; the attributes to be signed.

    May be repeated with another certificate while nothing is signed. Refuses what `can_sign` refuses, `SignedAlready`,
    `SigningOver`, `Malformed`, and whatever speaks against the certificate: of another suite than the procedure
    (`SuitesMixed`), not bound to the signer, expired, revoked, wrong usage, revocation not proven. `origin` is the
    page's, for the agent's ticket.
    """
    if len(certificate) > LARGEST_CERTIFICATE_BYTES:
        raise Malformed(field="certificate", reason="too large")
    row = found(number)
    _require(actor, row, at)
    if row.suite:
        require_same(facts_of(certificate).suite, asked=Suite(row.suite))
    usable = pki.require_signer(actor=actor, certificate=certificate, at=at, purpose=Purpose(row.purpose))
    chain = usable.status.path[1:-1]
    order = order_of(row, certificate=certificate, chain=chain)
    prepared = form_of(kind_of(row.kind)).prepare(order, at=at)
    with transaction.atomic():
        row = locked(number)
        _require(actor, row, at)
        fingerprint = hashlib.sha256(certificate).hexdigest()
        step(
            row,
            SigningCommand.PREPARE,
            actor=actor,
            at=at,
            payload={"certificate_sha256": fingerprint, "sha256": prepared.digest},
            certificate=certificate,
            chain=[b64encode(one).decode() for one in chain],
            attributes=prepared.attributes,
            digest=prepared.digest,
            ranges=[list(part) for part in prepared.ranges],
            prepared=dict(prepared.state),
            prepared_at=at,
            prepared_by=actor.session_ref,
        )
    ticket = _ticket(row, prepared, fingerprint, origin=origin, at=at)
    return ToSign(prepared.attributes, prepared.digest, prepared.ranges, ticket)


def _require(actor: Actor, row: SigningSession, at: datetime) -> None:
    can_sign(actor, row).require()
    require_open(row)
    require_time(row.expires_at, at)


def _ticket(row: SigningSession, prepared: Prepared, fingerprint: str, *, origin: str, at: datetime) -> str:
    """The platform's order to the holder's agent: good once, for this page, certificate and content."""
    ticket = tickets.Ticket(
        number=secrets.token_urlsafe(18),
        origin=origin,
        action=tickets.Action.SIGN,
        certificate=fingerprint,
        input_sha256=hashlib.sha256(prepared.attributes).hexdigest(),
        digest=signed_digest(prepared.attributes).hex(),
        title=row.title,
        role=row.role,
        amount="" if row.amount is None else as_text(row.amount),
        amount_in_capitals="" if row.amount is None else capital_yuan(row.amount),
        expires_at=min(row.expires_at, at + settings.SIGNING_TICKET_LIFETIME),
    )
    return tickets.issue(ticket, signing_key(KeyPurpose.TICKETS))
