"""The public face of signing: ask for a signature, and what the dialogue does with the answer."""

from signatures.signing.services.completing import complete
from signatures.signing.services.ending import decline, expire_due, reveal, withdraw
from signatures.signing.services.phones import issue_link, take_link
from signatures.signing.services.preparing import ToSign, prepare
from signatures.signing.services.requesting import SessionRef, request_signature

__all__ = [
    "SessionRef",
    "ToSign",
    "complete",
    "decline",
    "expire_due",
    "issue_link",
    "prepare",
    "request_signature",
    "reveal",
    "take_link",
    "withdraw",
]
