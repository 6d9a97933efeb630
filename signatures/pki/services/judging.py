"""Whether a certificate may be used now, and whether a signature holds: by the trust list and the authorities."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from commons.domain.actor import Actor
from commons.hooks import adapter
from signatures.crypto.answers import CertificateStatus, Revocation
from signatures.crypto.authorities import Purpose
from signatures.crypto.certificates import facts_of, validate
from signatures.crypto.cms import SignatureStatus, verify_detached
from signatures.crypto.revocation import RevocationSource
from signatures.crypto.timestamps import Stamper
from signatures.pki import queries
from signatures.pki.domain.bindings import (
    MAIN_PURPOSE,
    PURPOSES,
    CertificateNotBound,
    CertificateNotForThis,
    Kind,
)
from signatures.pki.queries import BoundCertificate
from signatures.pki.services import revoking


@dataclass(frozen=True, slots=True)
class Usable:
    """A bound certificate that may be used now, with the proof that it was good."""

    bound: BoundCertificate
    status: CertificateStatus


def revocation_source() -> RevocationSource:
    """Who is asked about revocation: the allow-listed resolver, unless `HOOKS["revocation"]` names another."""
    return cast(
        "RevocationSource",
        adapter("revocation", RevocationSource, embedded="signatures.pki.resolver.AllowListedResolver"),
    )


def stamper() -> Stamper:
    """Who stamps time: the services of the trust list, unless `HOOKS["time_stamps"]` names another."""
    return cast("Stamper", adapter("time_stamps", Stamper, embedded="signatures.pki.stamping.ConfiguredStamper"))


def status_of(
    *, certificate: bytes, intermediates: Iterable[bytes] = (), purpose: Purpose, at: datetime
) -> CertificateStatus:
    """The answers about any certificate (DER), bound or not. Speaks to the authority: not inside a transaction."""
    return validate(
        leaf=certificate,
        intermediates=intermediates,
        at=at,
        purpose=purpose,
        trust=queries.trust_store(),
        revocation=revocation_source(),
    )


def verify_signature(
    *,
    content: bytes | None = None,
    digest: bytes | None = None,
    signature: bytes,
    at: datetime,
    purpose: Purpose = Purpose.SIGN,
) -> SignatureStatus:
    """The answers about a detached signature, by the trust list. Speaks to the authority: not inside a transaction."""
    return verify_detached(
        content=content,
        digest=digest,
        signature=signature,
        at=at,
        trust=queries.trust_store(),
        revocation=revocation_source(),
        purpose=purpose,
    )


def active_certificate(
    *, person_id: int | None = None, organisation_id: int, kind: Kind = Kind.PERSONAL, at: datetime
) -> BoundCertificate | None:
    """The newest active certificate that is not expired at `at`: of the person, or the organisation's seal."""
    if kind == Kind.SEAL:
        found = queries.seals_of(organisation_id)
    else:
        assert person_id is not None, "a personal certificate is a person's"
        found = queries.certificates_of(person_id, organisation_id=organisation_id, kind=Kind.PERSONAL)
    return next((one for one in found if one.not_before <= at <= one.not_after), None)


def require_usable(*, bound: BoundCertificate, at: datetime, purpose: Purpose | None = None) -> Usable:
    """The bound certificate, checked with its authority. Raises `CertificateNotForThis` and what its status says."""
    wanted = purpose or MAIN_PURPOSE[bound.kind]
    if wanted not in PURPOSES[bound.kind]:
        raise CertificateNotForThis()
    status = status_of(certificate=bound.certificate, intermediates=bound.chain, purpose=wanted, at=at)
    if status.revocation == Revocation.REVOKED:
        revoking.end_all_that_uses(bound, at=at)
    status.require()
    return Usable(bound, status)


def require_signer(*, actor: Actor, certificate: bytes, at: datetime, purpose: Purpose | None = None) -> Usable:
    """The certificate (DER), bound to this very actor and usable now.

    Raises `CertificateUnreadable`, `CertificateNotBound`, `CertificateNotForThis` and what the status says. A seal is
    used by anybody who acts for its organisation and holds its key.
    """
    bound = queries.binding_by_fingerprint(facts_of(certificate).fingerprint)
    if bound is None or bound.organisation_id != actor.organisation_id:
        raise CertificateNotBound()
    if bound.kind == Kind.PERSONAL and bound.person_id != actor.person_id:
        raise CertificateNotBound()
    return require_usable(bound=bound, at=at, purpose=purpose)


def watch_revocation(at: datetime) -> int:
    """The errand: whether a certificate that vouches for something now was revoked; how much of it ended."""
    return revoking.watch_revocation(at, source=revocation_source()) if revoking.is_due(at) else 0
