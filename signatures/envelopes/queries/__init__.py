"""Questions about sealed envelopes, answered with values."""

from signatures.envelopes.queries.intakes import IntakeView, intake, intakes, terms_of, terms_published
from signatures.envelopes.queries.openings import EnvelopeView, OpeningView, envelope, opening, own_envelope
from signatures.envelopes.queries.receipts import ReceiptView, check_receipt, own_receipts, receipt
from signatures.envelopes.queries.rosters import RosterView, SeatView, active_rosters, my_seats, roster, rosters

__all__ = [
    "EnvelopeView",
    "IntakeView",
    "OpeningView",
    "ReceiptView",
    "RosterView",
    "SeatView",
    "active_rosters",
    "check_receipt",
    "envelope",
    "intake",
    "intakes",
    "my_seats",
    "opening",
    "own_envelope",
    "own_receipts",
    "receipt",
    "roster",
    "rosters",
    "terms_of",
    "terms_published",
]
