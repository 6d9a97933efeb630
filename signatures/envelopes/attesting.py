"""The bidder's signature over the commitment, checked at the opening; what it is worth is for the tender's rules."""

from datetime import datetime

from commons.domain.refusals import Refusal
from commons.evidence.domain.canonical import JSON
from signatures.crypto.mixing import SuitesMixed, require_same
from signatures.crypto.suites import Suite
from signatures.envelopes.domain.payload import Attestation
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
    if refusal is None and status.signer is not None:
        refusal = _of_another_suite(status.signer.suite, suite)
    return {
        "certificate": status.signer.fingerprint if status.signer else "",
        "of_the_bidder": bound is not None and bound.organisation_id == organisation_id,
        "refusal": refusal.code if refusal else "",
        "signed": True,
        "signer": status.signer.common_name if status.signer else "",
        "valid": refusal is None,
    }


def _of_another_suite(found: Suite | None, asked: Suite) -> Refusal | None:
    try:
        require_same(found, asked=asked)
    except SuitesMixed as mixed:
        return mixed
    return None
