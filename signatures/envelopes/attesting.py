"""The bidder's signature over the commitment, checked at the opening; what it is worth is for the tender's rules."""

from datetime import datetime

from commons.evidence.domain.canonical import JSON
from signatures.envelopes.domain.payload import Attestation
from signatures.pki import queries as certificates
from signatures.pki import services as pki


def check(attestation: Attestation, *, commit: str, organisation_id: int, received_at: datetime) -> dict[str, JSON]:
    """What the signature says, as separate answers for the record. Speaks to the authority: not in a transaction.

    It is judged as of the instant when the platform received the envelope: a certificate that expired since is no flaw.
    """
    if not attestation.signature:
        return {"signed": False}
    status = pki.verify_signature(content=bytes.fromhex(commit), signature=attestation.signature, at=received_at)
    bound = certificates.binding_by_fingerprint(status.signer.fingerprint) if status.signer else None
    refusal = status.refusal
    return {
        "certificate": status.signer.fingerprint if status.signer else "",
        "of_the_bidder": bound is not None and bound.organisation_id == organisation_id,
        "refusal": refusal.code if refusal else "",
        "signed": True,
        "signer": status.signer.common_name if status.signer else "",
        "valid": status.valid,
    }
