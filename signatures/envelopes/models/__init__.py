"""Tables of sealed envelopes."""

from signatures.envelopes.models.envelopes import EnvelopeReceipt, EnvelopeUnlock, EnvelopeUpload, SealedEnvelope
from signatures.envelopes.models.intakes import Rehearsal, SealedIntake
from signatures.envelopes.models.rosters import OfficerRoster, RosterSeat, ShareHandover

__all__ = [
    "EnvelopeReceipt",
    "EnvelopeUnlock",
    "EnvelopeUpload",
    "OfficerRoster",
    "Rehearsal",
    "RosterSeat",
    "SealedEnvelope",
    "SealedIntake",
    "ShareHandover",
]
