"""Who acts on which side of an engagement, who decides complaints, who looks."""

from commons.domain.actor import ALLOWED, Actor, Assurance, Decision, Role, deny, require_role
from commons.vault.domain.documents import StoredDocument
from commons.vault.policies import guards
from marketplace.fulfilment.models import Engagement, Grievance

OVERSEERS = (Role.STAFF, Role.HOST, Role.REGULATOR, Role.AUDITOR)


def can_act_as_owner(actor: Actor, engagement: Engagement) -> Decision:
    """The owner's people, known by name."""
    if actor.organisation_id != engagement.owner_id:
        return deny()
    return require_role(actor, Role.OWNER, assurance=Assurance.REAL_NAME)


def can_act_as_agency(actor: Actor, engagement: Engagement) -> Decision:
    """The selected agency's people, known by name."""
    if actor.organisation_id != engagement.agency_id:
        return deny()
    return require_role(actor, Role.AGENCY, assurance=Assurance.REAL_NAME)


def can_act_as_party(actor: Actor, engagement: Engagement) -> Decision:
    """Either side."""
    as_owner = can_act_as_owner(actor, engagement)
    return as_owner if as_owner else can_act_as_agency(actor, engagement)


def can_object(actor: Actor, entrant_organisations: frozenset[int]) -> Decision:
    """An agency that took part in the selection."""
    if actor.organisation_id is None or actor.organisation_id not in entrant_organisations:
        return deny()
    return require_role(actor, Role.AGENCY, assurance=Assurance.REAL_NAME)


def can_object_to_notice(actor: Actor, owner_organisation_id: int) -> Decision:
    """Any agency but the owner itself."""
    if actor.organisation_id is None or actor.organisation_id == owner_organisation_id:
        return deny()
    return require_role(actor, Role.AGENCY, assurance=Assurance.REAL_NAME)


def can_answer(actor: Actor, grievance: Grievance) -> Decision:
    """The people of the owner whose notice or result it is about."""
    if actor.organisation_id != grievance.procurement.owner.organisation_id:
        return deny()
    return require_role(actor, Role.OWNER, assurance=Assurance.REAL_NAME)


def can_complain(actor: Actor, grievance: Grievance) -> Decision:
    """Who objected."""
    if actor.organisation_id != grievance.organisation_id:
        return deny()
    return require_role(actor, Role.AGENCY, assurance=Assurance.REAL_NAME)


def can_decide(actor: Actor) -> Decision:
    """The regulator alone: the centre neither suspends nor sets aside."""
    return require_role(actor, Role.REGULATOR, assurance=Assurance.REAL_NAME)


def can_read(actor: Actor, engagement: Engagement) -> Decision:
    """Both sides and the overseers; the public sees the facts of its public page."""
    own = actor.organisation_id is not None and actor.organisation_id in (engagement.owner_id, engagement.agency_id)
    return ALLOWED if own or actor.system or actor.has(*OVERSEERS) else deny()


def can_read_grievance(actor: Actor, grievance: Grievance) -> Decision:
    """Who objected, the owner, the agency whose result it is about, and the overseers."""
    concerned = {grievance.organisation_id, grievance.procurement.owner.organisation_id}
    if grievance.engagement is not None:
        concerned.add(grievance.engagement.agency_id)
    return ALLOWED if actor.organisation_id in concerned or actor.system or actor.has(*OVERSEERS) else deny()


@guards("engagement")
def can_download(actor: Actor, document: StoredDocument) -> Decision:
    """Papers and deliverables: both sides and the overseers; everybody, once the contract may be disclosed."""
    row = Engagement.objects.filter(pk=int(document.subject.partition(":")[2] or 0)).first()
    return can_read(actor, row) if row else deny()
