"""Who scores, picks and looks; who begins, the procurement says (`can_select`)."""

from commons.domain.actor import ALLOWED, Actor, Assurance, Decision, Role, deny, require_role
from marketplace.selection.models import PanelMember, Selection

OVERSEERS = (Role.STAFF, Role.HOST, Role.REGULATOR, Role.AUDITOR)


def can_choose(actor: Actor, owner_id: int) -> Decision:
    """The owner's people: they name the panel and pick from the small list."""
    if actor.organisation_id != owner_id:
        return deny()
    return require_role(actor, Role.OWNER, assurance=Assurance.REAL_NAME)


def can_score(actor: Actor, member: PanelMember | None) -> Decision:
    """A named member of the panel, known by name."""
    if member is None or actor.person_id != member.person_id or actor.assurance < Assurance.REAL_NAME:
        return deny()
    return ALLOWED


def can_see_running(actor: Actor, selection: Selection, owner_id: int) -> Decision:
    """Before the result: the owner and the overseers; everybody sees how far it is, nobody else the figures."""
    own = actor.organisation_id is not None and actor.organisation_id == owner_id
    return ALLOWED if own or actor.has(*OVERSEERS) else deny()
