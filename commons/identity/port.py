"""What Luochui asks an identity system, one method per question."""

from dataclasses import dataclass
from typing import Protocol

from commons import hooks
from commons.domain.actor import Assurance
from commons.domain.codes import CitizenId, Uscc


@dataclass(frozen=True, slots=True)
class IdentityAnswer:
    """Whether the system knows them by these particulars, how surely, and under which reference of its own."""

    matched: bool
    assurance: Assurance = Assurance.NONE
    reference: str = ""


class IdentityPort(Protocol):
    """Identity 统一身份认证."""

    def person(self, *, citizen_id: CitizenId, name: str) -> IdentityAnswer:
        """Is there a person of this number and name, and how surely is he known (L1 phone … L4 certificate)?"""
        ...

    def organisation(self, *, uscc: Uscc, name: str) -> IdentityAnswer:
        """Is there an organisation of this code and name, and how surely is it known?"""
        ...

    def represents(self, *, citizen_id: CitizenId, uscc: Uscc) -> bool:
        """May this person act for this organisation (legal representative or authorised agent)?"""
        ...


def identity() -> IdentityPort:
    """The identity system of this installation."""
    found: IdentityPort = hooks.adapter("identity", IdentityPort, embedded="commons.identity.embedded.EmbeddedIdentity")
    return found
