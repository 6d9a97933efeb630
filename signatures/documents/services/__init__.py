"""The public face of papers."""

from signatures.documents.services.archiving import archive, renew_due, watch_archive
from signatures.documents.services.blindness import require_blind
from signatures.documents.services.drawing import Draft, PaperRef, draft, draw, issue
from signatures.documents.services.sealing import Beside, certify, install_seal, seal_record
from signatures.documents.services.turns import ask
from signatures.documents.services.verifying import verify_document
from signatures.documents.services.watching import warn_of_seal, watch_seal
from signatures.documents.services.withdrawing import withdraw

__all__ = [
    "Beside",
    "Draft",
    "PaperRef",
    "archive",
    "ask",
    "certify",
    "draft",
    "draw",
    "install_seal",
    "issue",
    "renew_due",
    "require_blind",
    "seal_record",
    "verify_document",
    "warn_of_seal",
    "watch_archive",
    "watch_seal",
    "withdraw",
]
