"""Who rates, appeals and decides about credit."""

from commons.domain.actor import Actor, Assurance, Decision, Role, deny, require_role
from marketplace.credit.domain.ratings import Side

ROLES = {Side.OWNER: Role.OWNER, Side.AGENCY: Role.AGENCY}


def can_rate(actor: Actor, side: Side, organisation_id: int) -> Decision:
    """The people of the side that rates."""
    if actor.organisation_id != organisation_id:
        return deny()
    return require_role(actor, ROLES[side], assurance=Assurance.REAL_NAME)


def can_appeal(actor: Actor, rated_id: int) -> Decision:
    """The people of whom was rated."""
    if actor.organisation_id != rated_id:
        return deny()
    return require_role(actor, Role.OWNER, Role.AGENCY, assurance=Assurance.REAL_NAME)


def can_decide(actor: Actor) -> Decision:
    """The authority 行业主管部门: appeals, false material, lists, repair. The centre decides none of it."""
    return require_role(actor, Role.REGULATOR, assurance=Assurance.REAL_NAME)


def can_speak(actor: Actor, agency_id: int) -> Decision:
    """The agency that is to be listed speaks in its hearing."""
    if actor.organisation_id != agency_id:
        return deny()
    return require_role(actor, Role.AGENCY, assurance=Assurance.REAL_NAME)
