"""Django looks here for the tables of the package; each subject keeps its own."""

from signatures.anchoring.models import CoSignature, SeenView, Witness
from signatures.documents.models import Paper, PaperParty, PaperRevision
from signatures.draws.models import Draw, DrawHolder
from signatures.envelopes.models import (
    EnvelopeReceipt,
    EnvelopeUnlock,
    EnvelopeUpload,
    OfficerRoster,
    Rehearsal,
    RosterSeat,
    SealedEnvelope,
    SealedIntake,
    ShareHandover,
)
from signatures.guarantees.models import CreditLine, Guarantee, Issuer, StatusEntry, StatusPublication, UsedNonce
from signatures.pki.models import (
    CertificateAuthority,
    CertificateBinding,
    CertificateChallenge,
    PendingStamp,
    TimeStampService,
)
from signatures.signing.models import PhoneLink, SigningSession

__all__ = [
    "CertificateAuthority",
    "CertificateBinding",
    "CertificateChallenge",
    "CoSignature",
    "CreditLine",
    "Draw",
    "DrawHolder",
    "EnvelopeReceipt",
    "EnvelopeUnlock",
    "EnvelopeUpload",
    "Guarantee",
    "Issuer",
    "OfficerRoster",
    "Paper",
    "PaperParty",
    "PaperRevision",
    "PendingStamp",
    "PhoneLink",
    "Rehearsal",
    "RosterSeat",
    "SealedEnvelope",
    "SealedIntake",
    "SeenView",
    "ShareHandover",
    "SigningSession",
    "StatusEntry",
    "StatusPublication",
    "TimeStampService",
    "UsedNonce",
    "Witness",
]
