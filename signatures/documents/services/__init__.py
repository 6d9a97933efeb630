"""The public face of papers."""

from signatures.documents.services.archiving import archive, renew_due, watch_archive
from signatures.documents.services.drawing import Draft, PaperRef, draft, draw, issue
from signatures.documents.services.sealing import certify, install_seal
from signatures.documents.services.turns import ask
from signatures.documents.services.verifying import verify_document
from signatures.documents.services.withdrawing import withdraw

__all__ = [
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
    "verify_document",
    "watch_archive",
    "withdraw",
]
