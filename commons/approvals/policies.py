"""Who may ask for what, and who may approve it."""

from commons.approvals.domain.approval import ApprovalNeedsAnotherPerson
from commons.approvals.kinds import is_known, kind_of
from commons.domain.actor import ALLOWED, Actor, Decision, deny, require_role


def can_request(actor: Actor, kind: str) -> Decision:
    """A person with one of the kind's asking roles. The platform itself cannot ask: there must be a first person."""
    if actor.person_id is None:
        return deny()
    known = kind_of(kind)
    return require_role(actor, *known.request_roles, assurance=known.assurance)


def can_approve(actor: Actor, kind: str, *, requested_by: int, requested_for: int | None) -> Decision:
    """A person with one of the kind's approving roles who is not the one who asked. Nobody for a kind that is gone.

    Where a kind stays inside one house, a person of the organisation for which it was asked.
    """
    if actor.person_id is None or not is_known(kind):
        return deny()
    known = kind_of(kind)
    if known.same_house and actor.organisation_id != requested_for:
        return deny()
    decision = require_role(actor, *known.approve_roles, assurance=known.assurance)
    if decision and actor.person_id == requested_by:
        return deny(ApprovalNeedsAnotherPerson())
    return decision


def can_reject(actor: Actor, kind: str, *, requested_by: int, requested_for: int | None) -> Decision:
    """Whoever may approve, and the one who asked: withdrawing a request harms nobody."""
    if actor.person_id is not None and actor.person_id == requested_by:
        return ALLOWED
    return can_approve(actor, kind, requested_by=requested_by, requested_for=requested_for)
