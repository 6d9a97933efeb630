"""Sign-ups 报名: one per agency and version of a notice, with what was quoted committed to and sealed. Pure."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from commons.domain.machines import Machine, Row
from commons.domain.money import as_text
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from commons.evidence.domain import canonical


class SignUpState(StrEnum):
    ACTIVE = "ACTIVE"
    WITHDRAWN = "WITHDRAWN"
    OUTDATED = "OUTDATED"
    """The notice was amended or announced again afterwards."""
    DISQUALIFIED = "DISQUALIFIED"
    """No longer eligible at the moment of selection."""


class SignUpCommand(StrEnum):
    WITHDRAW = "WITHDRAW"
    OUTDATE = "OUTDATE"
    DISQUALIFY = "DISQUALIFY"


_S, _C = SignUpState, SignUpCommand

SIGN_UP = Machine(
    "SignUp",
    states=SignUpState,
    commands=SignUpCommand,
    initial=SignUpState.ACTIVE,
    rows=[
        Row(_C.WITHDRAW, _S.ACTIVE, _S.WITHDRAWN, "SignUpWithdrawn", "before the deadline"),
        Row(_C.OUTDATE, _S.ACTIVE, _S.OUTDATED, "SignUpOutdated", "another version of the notice"),
        Row(_C.DISQUALIFY, _S.ACTIVE, _S.DISQUALIFIED, "SignUpDisqualified", "checked at the selection"),
    ],
)


class SignUpClosed(Refusal):
    code = "SIGN_UP_CLOSED"
    message = gettext_noop("The procurement takes no sign-ups now: its deadline has passed, or it is not open.")


class AlreadySignedUp(Refusal):
    code = "ALREADY_SIGNED_UP"
    message = gettext_noop("Your organisation has signed up already. Withdraw the sign-up to change it.")


class ProposalNeeded(Refusal):
    code = "PROPOSAL_NEEDED"
    message = gettext_noop("This method asks for a proposal with the sign-up. Attach it as PDF.")
    status = 400


class ProposalNotAsked(Refusal):
    code = "PROPOSAL_NOT_ASKED"
    message = gettext_noop("This method takes no proposal.")
    status = 400


class StillSealed(Refusal):
    code = "QUOTES_STILL_SEALED"
    message = gettext_noop("Quotes stay sealed until the selection has begun.")


class StillOpen(Refusal):
    code = "SIGN_UP_STILL_OPEN"
    message = gettext_noop("Sign-ups are taken until %(until)s; they cannot be closed earlier.")


@dataclass(frozen=True, slots=True)
class Commitment:
    """What a sign-up binds itself to. Its digest goes into the log at once, what it says when the selection begins."""

    procurement: str
    """The code of the procurement."""
    version: int
    agency: str
    """The agency's unified social credit code."""
    signed_up_at: str
    quote: Decimal | None
    proposal_sha256: str
    salt: str
    """32 hex digits, so that nobody finds the quote by trying."""

    def digest(self) -> str:
        """SHA-256 of the canonical JSON (RFC 8785), hex."""
        return canonical.digest(
            canonical.encode(
                {
                    "procurement": self.procurement,
                    "version": str(self.version),
                    "agency": self.agency,
                    "signed_up_at": self.signed_up_at,
                    "quote": as_text(self.quote) if self.quote is not None else None,
                    "proposal": self.proposal_sha256 or None,
                    "salt": self.salt,
                }
            )
        )


@dataclass(frozen=True, slots=True)
class Window:
    """When sign-ups of a version count: what arrives before `until`."""

    open: bool
    until: datetime | None

    def takes(self, at: datetime) -> bool:
        """Whether what arrives at that instant counts."""
        return self.open and self.until is not None and at < self.until

    def require(self, at: datetime) -> None:
        """Refuses `SignUpClosed`."""
        if not self.takes(at):
            raise SignUpClosed()


@dataclass(frozen=True, slots=True)
class SubscriptionFacts:
    """Which notices an agency wants to hear of; empty means all."""

    item_id: int | None = None
    region: str = ""
    least_price: Decimal | None = None

    def wants(self, *, item_id: int, region: str, ceiling: Decimal | None) -> bool:
        """Whether a notice is one of them. A region stands for everything below it (440600: 440604 too)."""
        reach = self.region.rstrip("0") if self.region else ""
        if self.item_id not in (None, item_id) or not region.startswith(reach):
            return False
        return self.least_price is None or (ceiling is not None and ceiling >= self.least_price)
