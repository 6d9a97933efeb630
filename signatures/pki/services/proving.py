"""Proving possession of a key: a nonce from the server, a statement by the page, a signature by the holder."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from commons.domain.actor import Actor, Assurance
from commons.domain.refusals import Malformed, NotPermitted
from commons.evidence import services as evidence
from commons.people import queries as people
from signatures.crypto import cms
from signatures.crypto.authorities import Purpose
from signatures.crypto.chains import parse
from signatures.pki import queries
from signatures.pki.domain import statements
from signatures.pki.domain.bindings import CertificateNotBound, CertificateNotForThis, Kind
from signatures.pki.domain.statements import Context, ProofForSomethingElse, ProofTooLate, Statement
from signatures.pki.models import CertificateChallenge
from signatures.pki.queries import BoundCertificate
from signatures.pki.services.binding import bind
from signatures.pki.services.judging import verify_signature

KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Challenge:
    """A nonce (base64url of 32 random bytes) for one session and purpose."""

    nonce: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """What the page hands in: statement, certificate with its chain (DER), signature value over the attributes."""

    statement: bytes
    certificate: bytes
    chain: tuple[bytes, ...]
    signature: bytes


def challenge(*, session_ref: str, context: Context, at: datetime) -> Challenge:
    """A fresh nonce for this browser session, good for two minutes and one use."""
    assert session_ref, "a nonce is bound to a session"
    nonce = urlsafe_b64encode(secrets.token_bytes(statements.NONCE_BYTES)).decode().rstrip("=")
    expires_at = at + statements.LIFETIME
    CertificateChallenge.objects.create(
        nonce_sha256=_hash(nonce), session_ref=session_ref, context=context.value, expires_at=expires_at
    )
    return Challenge(nonce, expires_at)


def prepare_proof(
    *, statement: bytes, certificate: bytes, context: Context, origin: str, session_ref: str, at: datetime
) -> bytes:
    """The attributes (DER) that the holder signs for a statement. Refuses what `statements` and `cms` refuse."""
    _read(statement, certificate, context=context, origin=origin, session_ref=session_ref, at=at)
    return cms.signed_attributes(digest=cms.digest_of(statement, certificate), certificate=certificate)


def sign_in(*, proof: Proof, origin: str, session_ref: str, at: datetime) -> BoundCertificate:
    """Whose certificate it is, proven now. Speaks to the authority: not inside a transaction.

    Raises `ProofForSomethingElse`, `ProofTooLate`, `CertificateNotBound`, and what the signature and the certificate
    are refused for.
    """
    statement = _redeem(proof, context=Context.LOGIN, origin=origin, session_ref=session_ref, at=at)
    bound = queries.binding_by_fingerprint(statement.cert_sha256)
    if bound is None:
        raise CertificateNotBound()
    if bound.kind != Kind.PERSONAL:
        raise CertificateNotForThis()
    _verify(proof, Purpose.LOGIN, at)
    if people.name_of(bound.person_id) is None:
        raise NotPermitted()
    with transaction.atomic():
        evidence.append(
            stream=f"person:{bound.person_id}",
            type="SignedInByCertificate",
            actor=Actor(
                person_id=bound.person_id,
                organisation_id=bound.organisation_id,
                assurance=Assurance.CERTIFICATE,
                session_ref=session_ref,
            ),
            payload={"fingerprint": bound.fingerprint, "statement_sha256": hashlib.sha256(proof.statement).hexdigest()},
            decided_at=at,
        )
    return bound


def bind_own(*, actor: Actor, proof: Proof, origin: str, at: datetime) -> BoundCertificate:
    """Bind one's own certificate, or the seal of the organisation one acts for, by proving that its key is in hand.

    Raises what `sign_in` and `bind` raise. Speaks to the authority: not inside a transaction.
    """
    if actor.person_id is None or actor.organisation_id is None:
        raise NotPermitted()
    statement = _redeem(proof, context=Context.BIND, origin=origin, session_ref=actor.session_ref, at=at)
    if statement.organisation != str(actor.organisation_id):
        raise ProofForSomethingElse()
    if statement.kind not in set(Kind):
        raise Malformed(field="kind", reason="it is neither personal nor a seal")
    kind = Kind(statement.kind)
    _verify(proof, Purpose.SEAL if kind == Kind.SEAL else Purpose.SIGN, at)
    return bind(
        actor=actor,
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
        certificate=proof.certificate,
        intermediates=proof.chain,
        kind=kind,
        at=at,
    )


def _read(
    statement: bytes, certificate: bytes, *, context: Context, origin: str, session_ref: str, at: datetime
) -> Statement:
    found = statements.read(statement)
    fingerprint = hashlib.sha256(certificate).hexdigest()
    statements.check(found, context=context, origin=origin, session=session_ref, cert_sha256=fingerprint, at=at)
    return found


def _redeem(proof: Proof, *, context: Context, origin: str, session_ref: str, at: datetime) -> Statement:
    """The statement, its nonce used up by this very try, whatever comes of it."""
    found = _read(proof.statement, proof.certificate, context=context, origin=origin, session_ref=session_ref, at=at)
    waiting = CertificateChallenge.objects.filter(
        nonce_sha256=_hash(found.nonce),
        session_ref=session_ref,
        context=context.value,
        expires_at__gt=at,
        used_at__isnull=True,
    )
    if waiting.update(used_at=at) != 1:
        raise ProofTooLate()
    return found


def _verify(proof: Proof, purpose: Purpose, at: datetime) -> None:
    attributes = cms.signed_attributes(
        digest=cms.digest_of(proof.statement, proof.certificate), certificate=proof.certificate
    )
    document = cms.assemble(
        attributes=attributes, signature=proof.signature, certificate=proof.certificate, chain=_readable(proof.chain)
    )
    verify_signature(content=proof.statement, signature=document, at=at, purpose=purpose).require()


def _readable(chain: Sequence[bytes]) -> list[bytes]:
    return [one for one in chain[:8] if parse(one) is not None]


def _hash(nonce: str) -> str:
    return hashlib.sha256(nonce.encode()).hexdigest()


def forget_challenges(at: datetime) -> int:
    """Delete nonces that are long over; how many. For the timekeeper's errands."""
    deleted, _ = CertificateChallenge.objects.filter(expires_at__lt=at - KEPT).delete()
    return deleted
