"""The bidder's signature over the commitment, checked at the opening; what it is worth is for the tender's rules."""

from datetime import datetime

from commons.evidence.domain.canonical import JSON
from signatures.crypto.suites import Suite
from signatures.envelopes.domain.payload import Attestation
from signatures.envelopes.domain.rules import suite_mixed
from signatures.pki import queries as certificates
from signatures.pki import services as pki


def check(
    attestation: Attestation, *, commit: str, suite: Suite, organisation_id: int, received_at: datetime
) -> dict[str, JSON]:
    """What the signature says, as separate answers for the record. Speaks to the authority: not in a transaction.

    A certificate of another suite than the envelope's is no signature of this procedure, however good it is by itself.
    It is judged as of the instant when the platform received the envelope: a certificate that expired since is no flaw.
    """
    if not attestation.signature:
        return {"signed": False}
    status = pki.verify_signature(content=bytes.fromhex(commit), signature=attestation.signature, at=received_at)
    bound = certificates.binding_by_fingerprint(status.signer.fingerprint) if status.signer else None
    refusal = status.refusal
    if refusal is None and status.signer is not None and status.signer.suite is not suite:
        refusal = suite_mixed(status.signer.suite or Suite.INTERNATIONAL, asked=suite)
    return {
        "certificate": status.signer.fingerprint if status.signer else "",
        "of_the_bidder": bound is not None and bound.organisation_id == organisation_id,
        "refusal": refusal.code if refusal else "",
        "signed": True,
        "signer": status.signer.common_name if status.signer else "",
        "valid": refusal is None,
    }
