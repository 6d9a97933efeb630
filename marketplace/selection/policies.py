"""Who scores, picks and looks; who begins, the procurement says (`can_select`)."""

from commons.domain.actor import ALLOWED, Actor, Assurance, Decision, Role, deny, require_role
from marketplace.selection.models import PanelMember, Selection
from marketplace.signups.policies import register_reader

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


@register_reader
def is_member(actor: Actor, procurement_id: int) -> bool:
    """A named member of the panel reads the proposals that it scores."""
    if actor.person_id is None or actor.assurance < Assurance.REAL_NAME:
        return False
    return PanelMember.objects.filter(person_id=actor.person_id, selection__procurement_id=procurement_id).exists()


def can_see_running(actor: Actor, selection: Selection, owner_id: int) -> Decision:
    """Before the result: the owner and the overseers; everybody sees how far it is, nobody else the figures."""
    own = actor.organisation_id is not None and actor.organisation_id == owner_id
    return ALLOWED if own or actor.has(*OVERSEERS) else deny()
