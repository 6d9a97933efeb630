"""From a signature value to a signed PDF with time stamp and proof of its certificates; outside transactions."""

import logging
from collections.abc import Sequence
from datetime import datetime

from signatures.crypto import cms
from signatures.crypto.authorities import Purpose
from signatures.crypto.timestamps import StampUnavailable
from signatures.documents.pades.finishing import Proof, fill, with_proof
from signatures.documents.pades.preparing import PreparedPdf
from signatures.pki import services as pki

log = logging.getLogger(__name__)


def finished(
    prepared: PreparedPdf,
    *,
    attributes: bytes,
    signature: bytes,
    certificate: bytes,
    chain: Sequence[bytes],
    purpose: Purpose,
    at: datetime,
) -> bytes:
    """The signed PDF, validated: B-LT, or without a stamp of its own when no authority gave one that holds.

    Then the archive stamp, which is asked for until there is one, proves the time. Raises the first refusal of the
    signature or its certificate.
    """
    plain = cms.assemble(attributes=attributes, signature=signature, certificate=certificate, chain=chain)
    made = _stamped(plain, at=at)
    digest = cms.digest_of(prepared.covered, certificate)
    status = pki.verify_signature(digest=digest, signature=made, at=at, purpose=purpose)
    if status.stamp is not None and not status.stamp.valid:
        log.warning("a time stamp did not hold and was left out")
        made = plain
        status = pki.verify_signature(digest=digest, signature=made, at=at, purpose=purpose)
    status.require()
    return with_proof(fill(prepared, made), proof_of(status))


def proof_of(status: cms.SignatureStatus) -> Proof:
    """Certificates and revocation answers of a valid signature and its stamp."""
    assert status.certificate is not None, "a valid signature has a certificate"
    proof = Proof(status.certificate.path, status.certificate.proof)
    if status.stamp is not None and status.stamp.certificate is not None:
        proof += Proof(status.stamp.certificate.path, status.stamp.certificate.proof)
    return proof


def _stamped(made: bytes, *, at: datetime) -> bytes:
    try:
        return cms.with_stamp(made, pki.stamper().stamp(cms.stamp_digest(made), at=at))
    except StampUnavailable as error:
        # Nobody is kept from signing by it.
        log.warning("no time-stamp authority answered: %s", error)
        return made
