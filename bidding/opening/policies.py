"""Who may sign in, conduct, speak and watch. Default deny."""

from bidding.opening.models import Hall
from bidding.tenders.queries import SectionTerms
from commons.domain.actor import ALLOWED, Actor, Assurance, Decision, Role, deny, require_role

CONDUCTORS = (Role.TENDEREE, Role.AGENT)


def can_sign_in(actor: Actor) -> Decision:
    """A bidder that came in with its certificate (电子招标投标办法 第40条: identity is checked by certificate)."""
    if actor.organisation_id is None:
        return deny()
    return require_role(actor, Role.BIDDER, assurance=Assurance.CERTIFICATE)


def can_act_as_bidder(actor: Actor) -> Decision:
    """Whoever acts for a bidder: that the bidder has a bid in the hall is asked beside it."""
    if actor.organisation_id is None:
        return deny()
    return require_role(actor, Role.BIDDER, assurance=Assurance.FACE_OR_LICENCE)


def can_conduct(actor: Actor, terms: SectionTerms) -> Decision:
    """The owner or its agent, who holds the opening (招标投标法 第35条), and the centre's hosts, who serve it."""
    if actor.system:
        return ALLOWED
    if actor.has(Role.HOST):
        return require_role(actor, Role.HOST, assurance=Assurance.REAL_NAME)
    decision = require_role(actor, *CONDUCTORS, assurance=Assurance.FACE_OR_LICENCE)
    own = actor.organisation_id is not None and actor.organisation_id in (terms.owner_id, terms.agent_id)
    return decision if not decision or own else deny()


def can_answer(actor: Actor, terms: SectionTerms) -> Decision:
    """The owner or its agent answers on the spot (招标投标法实施条例 第44条); the centre does not speak for it."""
    decision = require_role(actor, *CONDUCTORS, assurance=Assurance.FACE_OR_LICENCE)
    own = actor.organisation_id is not None and actor.organisation_id in (terms.owner_id, terms.agent_id)
    return decision if not decision or own else deny()


def can_oversee(actor: Actor) -> bool:
    """Whoever sees questions that are not admitted yet, and the checks before they are read out."""
    return actor.has(Role.HOST, Role.REGULATOR, Role.AUDITOR)


def can_watch(actor: Actor, hall: Hall) -> Decision:
    """An opening is public (招标投标法 第34条)."""
    return ALLOWED
