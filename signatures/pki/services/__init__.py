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
    watch_revocation,
)
from signatures.pki.services.proving import (
    Challenge,
    Proof,
    bind_own,
    challenge,
    forget_challenges,
    prepare_proof,
    sign_in,
)
from signatures.pki.services.revoking import Use, register_use
from signatures.pki.services.stamping import Stamp, request_stamp, stamp_due, stamp_now, stamp_of, stamps_of
from signatures.pki.services.trusting import (
    ask_to_resume,
    load_trust_list,
    resume_authority,
    suspend_authority,
)
from signatures.pki.services.watching import tell_operators, warn_of_authorities, warn_of_expiry, watch_expiry

__all__ = [
    "Challenge",
    "Proof",
    "Stamp",
    "Usable",
    "Use",
    "active_certificate",
    "ask_to_resume",
    "bind",
    "bind_own",
    "challenge",
    "forget_challenges",
    "load_trust_list",
    "prepare_proof",
    "register_use",
    "request_stamp",
    "require_signer",
    "require_usable",
    "resume_authority",
    "revocation_source",
    "sign_in",
    "stamp_due",
    "stamp_now",
    "stamp_of",
    "stamper",
    "stamps_of",
    "status_of",
    "suspend_authority",
    "tell_operators",
    "unbind",
    "verify_signature",
    "warn_of_authorities",
    "warn_of_expiry",
    "watch_expiry",
    "watch_revocation",
]
