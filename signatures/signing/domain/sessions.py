"""Signing sessions: one thing, one signer, one signature, within its time; and the link that moves one to a phone."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from commons.domain.machines import Machine, Row
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop

LIFETIME = timedelta(minutes=15)
"""From the request to the signature, where the caller says nothing else."""
LINK_LIFETIME = timedelta(minutes=3)
LARGEST_CONTENT_BYTES = 256_000
LARGEST_CERTIFICATE_BYTES = 16_000
LARGEST_SIGNATURE_BYTES = 2_048
"""RSA of 16,384 bits; nothing that signs is larger."""


class SigningState(StrEnum):
    REQUESTED = "REQUESTED"
    PREPARED = "PREPARED"
    """The attributes for one certificate were handed to one browser."""
    SIGNED = "SIGNED"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"
    """Whoever asked took the request back."""
    EXPIRED = "EXPIRED"


class SigningCommand(StrEnum):
    PREPARE = "PREPARE"
    COMPLETE = "COMPLETE"
    DECLINE = "DECLINE"
    WITHDRAW = "WITHDRAW"
    EXPIRE = "EXPIRE"


_S, _C = SigningState, SigningCommand

SIGNING = Machine(
    "signing",
    states=SigningState,
    commands=SigningCommand,
    initial=SigningState.REQUESTED,
    rows=[
        Row(_C.PREPARE, _S.REQUESTED, _S.PREPARED, "SignaturePrepared", "the signer, a usable certificate bound to it"),
        Row(_C.PREPARE, _S.PREPARED, _S.PREPARED, "SignaturePrepared", "the signer, a usable certificate bound to it"),
        Row(_C.COMPLETE, _S.PREPARED, _S.SIGNED, "SignatureGiven", "a valid signature from the browser that prepared"),
        Row(_C.DECLINE, _S.REQUESTED, _S.DECLINED, "SignatureDeclined", "the signer"),
        Row(_C.DECLINE, _S.PREPARED, _S.DECLINED, "SignatureDeclined", "the signer"),
        Row(_C.WITHDRAW, _S.REQUESTED, _S.WITHDRAWN, "SignatureWithdrawn", "whoever asked"),
        Row(_C.WITHDRAW, _S.PREPARED, _S.WITHDRAWN, "SignatureWithdrawn", "whoever asked"),
        Row(_C.EXPIRE, _S.REQUESTED, _S.EXPIRED, "SigningExpired", "after its time"),
        Row(_C.EXPIRE, _S.PREPARED, _S.EXPIRED, "SigningExpired", "after its time"),
    ],
)
OPEN = frozenset({_S.REQUESTED, _S.PREPARED})


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose signature is asked for."""

    person_id: int
    organisation_id: int | None
    """For which organisation; None: for nobody but itself."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of what the dialogue shows: an English message id and a value in the words of the content."""

    label: str
    value: str


class SigningOver(Refusal):
    code = "SIGNING_OVER"
    message = gettext_noop("The time for this signature is over. Go back and start again.")
    status = 410


class SignedAlready(Refusal):
    code = "SIGNING_DONE"
    message = gettext_noop("This is signed, declined or withdrawn already; it cannot be signed again.")


class SigningElsewhere(Refusal):
    """Another browser of the same person: the session stays with the one that opened it."""

    code = "SIGNING_ELSEWHERE"
    message = gettext_noop(
        "This signature was opened in another browser. Sign there, or have that browser show the code for this phone."
    )
    status = 403


class OtherOrganisation(Refusal):
    code = "SIGNING_OTHER_ORGANISATION"
    message = gettext_noop(
        "You act for another organisation now. Switch to the one that is to sign, then open this again."
    )
    status = 403


class ContentTooLarge(Refusal):
    code = "SIGNING_CONTENT_TOO_LARGE"
    message = gettext_noop("What is to be signed is larger than %(limit)s bytes.")
    status = 400


class LinkUsed(Refusal):
    code = "SIGNING_LINK_USED"
    message = gettext_noop("This code was used already or replaced by a newer one. Show a new one on the computer.")
    status = 410


class LinkOver(Refusal):
    code = "SIGNING_LINK_OVER"
    message = gettext_noop("This code is over: it holds for three minutes. Show a new one on the computer.")
    status = 410


class LinkOfAnother(Refusal):
    code = "SIGNING_LINK_OF_ANOTHER"
    message = gettext_noop("This code belongs to another person's signature. Sign in as that person on this phone.")
    status = 403


def require_time(expires_at: datetime, at: datetime) -> None:
    """Refuses (`SigningOver`) what is not in its time any more."""
    if at >= expires_at:
        raise SigningOver()


def token_digest(token: str) -> str:
    """How a link's token is kept: nobody who reads the table can use it."""
    return hashlib.sha256(b"luochui/phone-link/v1\n" + token.encode()).hexdigest()
