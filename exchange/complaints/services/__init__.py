from exchange.complaints.services.complaining import (
    issue_document,
    open_complaint,
    raise_complaint,
    take_step,
    withdraw_complaint,
)
from exchange.complaints.services.objecting import TooShort, answer_objection, raise_objection

__all__ = [
    "TooShort",
    "answer_objection",
    "issue_document",
    "open_complaint",
    "raise_complaint",
    "raise_objection",
    "take_step",
    "withdraw_complaint",
]
