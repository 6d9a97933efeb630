"""A paper: drawn from a template, certified by the platform, signed by its parties in turn, kept for the archive."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from commons.domain.machines import Machine, Row
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop

LEASE = timedelta(minutes=15)
"""How long one signer may hold a paper: as long as a signing session lasts. Then the next one may."""
PLATFORM = "platform"
"""The field of the platform's own signature, which every paper has."""


class PaperState(StrEnum):
    DRAWN = "DRAWN"
    """The PDF stands; parallel signatures are collected, the platform has not certified it yet."""
    PREPARED = "PREPARED"
    """Certified by the platform; nobody has signed."""
    SIGNING = "SIGNING"
    SIGNED = "SIGNED"
    ARCHIVED = "ARCHIVED"
    """Under an archive stamp: proves itself when its certificates are long gone."""
    WITHDRAWN = "WITHDRAWN"


class PaperCommand(StrEnum):
    CERTIFY = "CERTIFY"
    SIGN = "SIGN"
    COMPLETE = "COMPLETE"
    ARCHIVE = "ARCHIVE"
    RENEW = "RENEW"
    WITHDRAW = "WITHDRAW"


_S, _C = PaperState, PaperCommand

PAPER = Machine(
    "paper",
    states=PaperState,
    commands=PaperCommand,
    initial=PaperState.DRAWN,
    rows=[
        Row(_C.CERTIFY, _S.DRAWN, _S.PREPARED, "PaperCertified", "every parallel signature is there"),
        Row(_C.SIGN, _S.PREPARED, _S.SIGNING, "PaperSigned", "by the party that holds the lease; others still sign"),
        Row(_C.SIGN, _S.SIGNING, _S.SIGNING, "PaperSigned", "by the party that holds the lease; others still sign"),
        Row(_C.COMPLETE, _S.PREPARED, _S.SIGNED, "PaperCompleted", "nobody is left to sign"),
        Row(_C.COMPLETE, _S.SIGNING, _S.SIGNED, "PaperCompleted", "the last party, which holds the lease"),
        Row(_C.ARCHIVE, _S.SIGNED, _S.ARCHIVED, "PaperArchived", "an archive stamp"),
        Row(
            _C.RENEW, _S.ARCHIVED, _S.ARCHIVED, "PaperArchiveRenewed", "another archive stamp, before the last one ends"
        ),
        Row(_C.WITHDRAW, _S.DRAWN, _S.WITHDRAWN, "PaperWithdrawn", "whoever drew it"),
        Row(_C.WITHDRAW, _S.PREPARED, _S.WITHDRAWN, "PaperWithdrawn", "whoever drew it"),
        Row(_C.WITHDRAW, _S.SIGNING, _S.WITHDRAWN, "PaperWithdrawn", "whoever drew it"),
    ],
)
SIGNABLE = frozenset({_S.PREPARED, _S.SIGNING})
OVER = frozenset({_S.SIGNED, _S.ARCHIVED, _S.WITHDRAWN})


class Mode(StrEnum):
    """How a party signs."""

    IN_TURN = "IN_TURN"
    """In a field of the PDF, one party after the other."""
    PARALLEL = "PARALLEL"
    """Beside the PDF, over a statement about it, at any time before it is certified; collected with the record."""


class Act(StrEnum):
    """What made a revision of the file."""

    DRAWN = "DRAWN"
    CERTIFIED = "CERTIFIED"
    SIGNED = "SIGNED"
    STAMPED = "STAMPED"
    ARCHIVED = "ARCHIVED"


@dataclass(frozen=True, slots=True)
class Party:
    """Who is to sign a paper: anybody who may sign for the organisation, or one person."""

    field: str
    """Name of the place in the template and of the field in the PDF."""
    role: str
    """As what the party signs: an English message id."""
    organisation_id: int | None
    person_id: int | None = None
    mode: Mode = Mode.IN_TURN


@dataclass(frozen=True, slots=True)
class GivenSignature:
    """A parallel party's signature that was given, and found valid, before the paper was drawn."""

    field: str
    statement: bytes
    """What was signed: canonical JSON."""
    cms: bytes
    """The detached signature over the statement, DER."""
    certificate: bytes
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Lease:
    """Which party holds a paper until when."""

    party_id: int | None
    until: datetime | None

    def is_free_for(self, party_id: int, at: datetime) -> bool:
        """Nobody holds it, or its time is over, or the party itself holds it."""
        return self.until is None or self.until <= at or self.party_id == party_id


class PaperBusy(Refusal):
    """Signatures of one PDF are serial; somebody else is signing at this moment."""

    code = "PAPER_BUSY"
    message = gettext_noop(
        "Another party is signing this document now. Try again in a few minutes, at %(until)s at the latest."
    )
    retryable = True


class PaperMoved(Refusal):
    """The lease ended and another party signed meanwhile: what was prepared is no longer the newest file."""

    code = "PAPER_MOVED"
    message = gettext_noop("Another party signed meanwhile. Open the document and sign it again.")


class PaperSignedAlready(Refusal):
    code = "PAPER_SIGNED_ALREADY"
    message = gettext_noop("Your side has signed this document already.")


class SealMissing(Refusal):
    """The platform has no seal: its key or its certificate is not installed."""

    code = "PLATFORM_SEAL_MISSING"
    message = gettext_noop("The platform's seal is not installed; the operator does it with “manage.py platform_seal”.")
    status = 503
    retryable = True
