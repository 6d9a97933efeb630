"""The public face of papers."""

from signatures.documents.services.archiving import archive, renew_due
from signatures.documents.services.drawing import PaperRef, draw
from signatures.documents.services.sealing import certify
from signatures.documents.services.turns import ask
from signatures.documents.services.verifying import verify_document
from signatures.documents.services.withdrawing import withdraw

__all__ = ["PaperRef", "archive", "ask", "certify", "draw", "renew_due", "verify_document", "withdraw"]
