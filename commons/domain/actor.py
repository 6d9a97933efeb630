"""Who acts: made once at the edge from the session, handed down to services. No service reads a request."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from commons.domain.refusals import AssuranceTooLow, NotPermitted, Refusal


class Role(StrEnum):
    """What a person may be for an organisation (docs/people.md). Stored; labels are translated at the edge."""

    BIDDER = "BIDDER"
    SELLER = "SELLER"
    TENDEREE = "TENDEREE"
    AGENT = "AGENT"
    OWNER = "OWNER"
    AGENCY = "AGENCY"
    EXPERT = "EXPERT"
    STAFF = "STAFF"
    """Centre staff who draft, audit and publish notices."""
    HOST = "HOST"
    """Centre staff who conduct rooms and openings."""
    FINANCE = "FINANCE"
    """Centre staff who import statements and order refunds."""
    OPERATOR = "OPERATOR"
    """Centre staff who keep calendars, rule parameters and imports."""
    REGULATOR = "REGULATOR"
    AUDITOR = "AUDITOR"
    TREASURY = "TREASURY"
    ISSUER = "ISSUER"
    """An issuer's underwriters: they assess applications and claims."""
    ISSUER_MANAGER = "ISSUER_MANAGER"
    """An issuer's managers: they sign, grant credit lines and decide claims."""
    ADMINISTRATOR = "ADMINISTRATOR"
    """Grants and ends the roles of the organisation's people; trades nothing by that."""


CENTRE_ROLES = frozenset({Role.STAFF, Role.HOST, Role.FINANCE, Role.OPERATOR})


class Assurance(IntEnum):
    """How surely the person is known (docs/people.md)."""

    NONE = 0
    PHONE = 1
    REAL_NAME = 2
    FACE_OR_LICENCE = 3
    CERTIFICATE = 4


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, for which organisation, with which roles and assurance. No `person_id` but `system`: the platform."""

    person_id: int | None = None
    organisation_id: int | None = None
    roles: frozenset[Role] = field(default_factory=frozenset)
    assurance: Assurance = Assurance.NONE
    session_ref: str = ""
    system: str = ""

    @property
    def is_anonymous(self) -> bool:
        return self.person_id is None and not self.system

    @property
    def ref(self) -> str:
        """The reference that goes into evidence: no name, no number of a document."""
        if self.system:
            return f"system:{self.system}"
        return f"person:{self.person_id}@{self.organisation_id or '-'}" if self.person_id else "anonymous"

    def has(self, *roles: Role) -> bool:
        """Whether the actor holds any of `roles`."""
        return not self.roles.isdisjoint(roles)


ANONYMOUS = Actor()


def system_actor(name: str) -> Actor:
    """The platform itself, acting by a rule or a clock: `timekeeper`, `sequencer`, `import`, `demo`."""
    return Actor(system=name)


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of a policy: allowed, or the refusal that says why not."""

    refusal: Refusal | None = None

    @property
    def allowed(self) -> bool:
        return self.refusal is None

    def __bool__(self) -> bool:
        return self.allowed

    def require(self) -> None:
        """Raise the refusal unless allowed."""
        if self.refusal is not None:
            raise self.refusal


ALLOWED = Decision()


def deny(refusal: Refusal | None = None) -> Decision:
    return Decision(refusal or NotPermitted())


def require_role(actor: Actor, *roles: Role, assurance: Assurance = Assurance.PHONE) -> Decision:
    """Allowed when the actor holds one of `roles` and is known at least as surely as `assurance`."""
    if not actor.has(*roles):
        return deny()
    if actor.assurance < assurance:
        return deny(AssuranceTooLow(needed=int(assurance), actual=int(actor.assurance)))
    return ALLOWED
