"""What Luochui tells an issuer's own system, one method per message; docs/guarantees.md has the HTTP contract."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from signatures.guarantees.domain.terms import GuaranteeKind, Party


@dataclass(frozen=True, slots=True)
class Application:
    """An application as the issuer sees it: no procedure, no beneficiary, no rival."""

    ref: str
    applicant: Party
    procedure_commitment: str
    trade_type: str
    region: str
    amount: Decimal
    kind: GuaranteeKind
    effective_on: date
    expires_on: date
    deadline: datetime
    note: str


class IssuerUnreachable(Exception):
    """The issuer's system did not answer as the contract says; the message is sent again later."""


class IssuerPort(Protocol):
    """An issuer's system. Every message is keyed by the reference and may come twice."""

    def application(self, application: Application) -> None:
        """An applicant asks for a guarantee."""

    def cancellation(self, ref: str) -> None:
        """The applicant took it back before the deadline."""

    def extension(self, ref: str, until: date) -> None:
        """The applicant asks for a later last day."""

    def opening(self, ref: str, procedure: dict[str, object], salt: str) -> None:
        """The procedure has opened: the commitment's content and its salt."""

    def claim(self, ref: str, number: int, ground: str, amount: Decimal, statement: str, due_on: date) -> None:
        """The beneficiary claims."""

    def release(self, ref: str) -> None:
        """The guarantee is no longer needed."""

    def expiry(self, ref: str) -> None:
        """The last day is over."""
