"""What can be done with certificates."""

from signatures.pki.services.binding import bind, unbind
from signatures.pki.services.judging import (
    Usable,
    active_certificate,
    require_signer,
    require_usable,
    revocation_source,
    stamper,
    status_of,
    verify_signature,
)
from signatures.pki.services.trusting import load_trust_list, resume_authority, suspend_authority

__all__ = [
    "Usable",
    "active_certificate",
    "bind",
    "load_trust_list",
    "require_signer",
    "require_usable",
    "resume_authority",
    "revocation_source",
    "stamper",
    "status_of",
    "suspend_authority",
    "unbind",
    "verify_signature",
]
