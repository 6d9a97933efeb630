"""Who enters, who checks, who publishes, who bans."""

from commons.domain.actor import ALLOWED, Actor, Assurance, Decision, Role, deny, require_role
from marketplace.entry.domain.entrants import CheckedByYourself, EntrantKind
from marketplace.entry.models import Entrant

ROLES = {EntrantKind.OWNER: Role.OWNER, EntrantKind.AGENCY: Role.AGENCY}


def can_enter(actor: Actor, kind: EntrantKind) -> Decision:
    """Who acts for an organisation in that role, known by face or business licence; the platform's own imports."""
    if actor.system:
        return ALLOWED
    if actor.organisation_id is None:
        return deny()
    return require_role(actor, ROLES[kind], assurance=Assurance.FACE_OR_LICENCE)


def can_keep(actor: Actor, entrant: Entrant) -> Decision:
    """The entrant's own people."""
    if actor.system:
        return ALLOWED
    return can_leave(actor, entrant.organisation_id, EntrantKind(entrant.kind))


def can_leave(actor: Actor, organisation_id: int, kind: EntrantKind) -> Decision:
    """The entrant's own people, as for everything else about the entry."""
    return can_enter(actor, kind) if actor.organisation_id == organisation_id else deny()


def can_check(actor: Actor) -> Decision:
    """Staff of the centre, who check completeness only."""
    return ALLOWED if actor.system else require_role(actor, Role.STAFF, assurance=Assurance.REAL_NAME)


def can_publish(actor: Actor, entrant: Entrant) -> Decision:
    """Another member of staff than the one who checked."""
    decision = can_check(actor)
    if decision and not actor.system and actor.ref == entrant.checked_by:
        return deny(CheckedByYourself())
    return decision


def can_ban(actor: Actor) -> Decision:
    """Suspension and restriction are decisions of the authority, never of the centre."""
    return require_role(actor, Role.REGULATOR, assurance=Assurance.REAL_NAME)


def can_read(actor: Actor, entrant: Entrant) -> Decision:
    """The entrant's own people, the centre's staff, regulators and auditors."""
    own = actor.organisation_id is not None and actor.organisation_id == entrant.organisation_id
    return ALLOWED if own or actor.system or actor.has(*READERS) else deny()


READERS = (Role.STAFF, Role.OPERATOR, Role.REGULATOR, Role.AUDITOR)
