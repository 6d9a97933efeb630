"""Who may object, answer, and read objections."""

from commons.domain.actor import ALLOWED, Actor, Assurance, Decision, Role, deny, require_role
from exchange.projects.models import Project

READERS = (Role.STAFF, Role.REGULATOR, Role.AUDITOR)


def can_object(actor: Actor, project: Project) -> Decision:
    """An organisation that is not the seller, known by real name, about a published project."""
    if actor.organisation_id is None or actor.organisation_id == project.seller_id or project.published_at is None:
        return deny()
    return require_role(actor, Role.BIDDER, assurance=Assurance.REAL_NAME)


def can_answer(actor: Actor, project: Project) -> Decision:
    """The seller answers (招标投标法实施条例 第22条, by analogy)."""
    own = actor.organisation_id == project.seller_id
    return require_role(actor, Role.SELLER, assurance=Assurance.REAL_NAME) if own else deny()


def can_read_all(actor: Actor) -> Decision:
    """The exchange and the overseers."""
    return ALLOWED if actor.has(*READERS) else deny()
