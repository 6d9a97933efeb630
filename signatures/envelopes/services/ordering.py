"""What the pages have a holder's certificate do: sign the commitment inside the seal, open a wrapped key.

Nothing of it is stored: before the opening no row tells who seals something. A ticket is the platform's order to the
agent on the holder's computer (docs/signing-agent.md), good once and for this page; other keys need none.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from commons.domain.actor import Actor
from commons.domain.refusals import Malformed
from commons.evidence.domain import canonical
from commons.evidence.keys import Purpose, signing_key
from signatures.crypto import cms, tickets
from signatures.crypto.certificates import facts_of
from signatures.crypto.mixing import require_same
from signatures.crypto.suites import Suite
from signatures.crypto.tickets import Action
from signatures.envelopes import policies
from signatures.envelopes.domain.slots import Slot
from signatures.pki import services as pki

_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ToAttest:
    """DER of the attributes that the bidder's key signs, and the order for its agent."""

    attributes: bytes
    ticket: str


def prepare_attestation(
    *, actor: Actor, commit: str, certificate: bytes, suite: Suite, title: str, origin: str, at: datetime
) -> ToAttest:
    """For the bidder's signature over the commitment (the 32 bytes that `commit` spells in hex).

    Refuses what seals for nobody, a certificate of another suite than the intake's (`SuitesMixed`), and whatever else
    speaks against the certificate (DER): not bound to the actor, expired, revoked. So a bidder learns it before the
    deadline, not at the opening. Speaks to the authority: not in a transaction.
    """
    policies.can_seal(actor).require()
    _require_hash(commit, "commit")
    require_same(facts_of(certificate).suite, asked=suite)
    pki.require_signer(actor=actor, certificate=certificate, at=at)
    digest = cms.digest_of(bytes.fromhex(commit), certificate)
    attributes = cms.signed_attributes(digest=digest, certificate=certificate, at=at)
    fingerprint = hashlib.sha256(certificate).hexdigest()
    ticket = _ticket(Action.SIGN, fingerprint, attributes, digest.hex(), title=title, origin=origin, at=at)
    return ToAttest(attributes, ticket)


def unwrap_ticket(*, slot: Slot, certificate: str, title: str, origin: str, at: datetime) -> str:
    """For opening the wrapped key of a slot by the certificate with that SHA-256."""
    _require_hash(certificate, "certificate")
    wrapped = canonical.encode(dict(slot.wrapped()))
    digest = hashlib.sha256(wrapped).hexdigest()
    return _ticket(Action.UNWRAP, certificate, wrapped, digest, title=title, origin=origin, at=at)


def _ticket(
    action: Action, certificate: str, data: bytes, digest: str, *, title: str, origin: str, at: datetime
) -> str:
    ticket = tickets.Ticket(
        number=secrets.token_urlsafe(18),
        origin=origin,
        action=action,
        certificate=certificate,
        input_sha256=hashlib.sha256(data).hexdigest(),
        digest=digest,
        title=title,
        role="",
        amount="",
        amount_in_capitals="",
        expires_at=at + settings.SIGNING_TICKET_LIFETIME,
    )
    return tickets.issue(ticket, signing_key(Purpose.TICKETS))


def _require_hash(text: str, field: str) -> None:
    if not _SHA256.fullmatch(text):
        raise Malformed(field=field, reason="64 hexadecimal digits are needed")
