"""Who drafts, approves, audits, asks and answers."""

from commons.domain.actor import ALLOWED, Actor, Assurance, Decision, Role, deny, require_role
from commons.domain.refusals import NotPermitted
from commons.domain.text import gettext_noop
from marketplace.procurement.domain.states import UNPUBLISHED, ProcurementState
from marketplace.procurement.models import Procurement

READERS = (Role.STAFF, Role.HOST, Role.REGULATOR, Role.AUDITOR)


class AuditedByYourself(NotPermitted):
    """Publisher and selector are two duties (运营机构岗位分离)."""

    code = "AUDITED_BY_YOURSELF"
    message = gettext_noop("You audited this procurement. Another member of staff selects.")


def can_draft(actor: Actor) -> Decision:
    """The people of an owner, by real name."""
    if actor.organisation_id is None:
        return deny()
    return require_role(actor, Role.OWNER, assurance=Assurance.REAL_NAME)


def can_change(actor: Actor, procurement: Procurement) -> Decision:
    """The owner's own people."""
    return can_draft(actor) if owns(actor, procurement) else deny()


def can_audit(actor: Actor, procurement: Procurement) -> Decision:
    """Staff of the centre; the check is one of form (形式核对)."""
    if procurement.owner.organisation_id == actor.organisation_id:
        return deny()
    return require_role(actor, Role.STAFF, assurance=Assurance.REAL_NAME)


def can_select(actor: Actor, *, audited_by: str) -> Decision:
    """Staff or hosts of the centre, but not the one who audited; the platform itself, at the time of selection."""
    if actor.system:
        return ALLOWED
    if actor.ref == audited_by:
        return deny(AuditedByYourself())
    return require_role(actor, Role.STAFF, Role.HOST, assurance=Assurance.REAL_NAME)


def can_suspend(actor: Actor) -> Decision:
    """The regulator, under a number."""
    return require_role(actor, Role.REGULATOR, assurance=Assurance.REAL_NAME)


def can_ask(actor: Actor, procurement: Procurement) -> Decision:
    """An agency that is not the owner, about what is published."""
    if actor.organisation_id is None or owns(actor, procurement) or not is_public(procurement):
        return deny()
    return require_role(actor, Role.AGENCY, assurance=Assurance.REAL_NAME)


def can_read(actor: Actor, procurement: Procurement) -> Decision:
    """Everybody, once it was published; before, the owner's people and the centre with its overseers."""
    if is_public(procurement) or owns(actor, procurement) or actor.has(*READERS) or actor.system:
        return ALLOWED
    return deny()


def can_know_person(actor: Actor, owner_organisation_id: int) -> Decision:
    """Who an owner is that is a natural person: the person, the centre and its overseers; later, whom it selected.

    Everybody else reads the surname alone (个人信息保护法 第6条: no more than the purpose needs).
    """
    own = actor.organisation_id is not None and actor.organisation_id == owner_organisation_id
    return ALLOWED if own or actor.system or actor.has(*READERS) else deny()


def is_public(procurement: Procurement) -> bool:
    """Whether a notice of it was ever published."""
    unseen = ProcurementState(procurement.state) in UNPUBLISHED or procurement.state == ProcurementState.VOID
    return procurement.version > 0 or not unseen


def owns(actor: Actor, procurement: Procurement) -> bool:
    return actor.organisation_id is not None and actor.organisation_id == procurement.owner.organisation_id
