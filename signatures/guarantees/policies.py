"""Who may do what with guarantees. Before the opening only the applicant and its issuer know that one exists."""

from commons.domain.actor import ALLOWED, Actor, Assurance, Decision, Role, deny, require_role
from signatures.guarantees.domain.dossier import Dossier
from signatures.guarantees.domain.states import SECRET, GuaranteeState

BENEFICIARIES = (Role.SELLER, Role.TENDEREE, Role.OWNER)
OVERSEERS = (Role.REGULATOR, Role.AUDITOR)


def can_apply(actor: Actor) -> Decision:
    """A bidder (L3)."""
    return require_role(actor, Role.BIDDER, assurance=Assurance.FACE_OR_LICENCE)


def can_act_as_applicant(actor: Actor, applicant_id: int) -> Decision:
    """The bidder whose guarantee it is."""
    decision = can_apply(actor)
    return decision if not decision or actor.organisation_id == applicant_id else deny()


def can_underwrite(actor: Actor, organisation_id: int) -> Decision:
    """Underwriters and managers of that issuer."""
    decision = require_role(actor, Role.ISSUER, Role.ISSUER_MANAGER, assurance=Assurance.REAL_NAME)
    return decision if not decision or actor.organisation_id == organisation_id else deny()


def can_manage(actor: Actor, organisation_id: int) -> Decision:
    """Managers of that issuer: they sign, grant credit and decide claims."""
    decision = require_role(actor, Role.ISSUER_MANAGER, assurance=Assurance.REAL_NAME)
    return decision if not decision or actor.organisation_id == organisation_id else deny()


def can_work_at_issuer(actor: Actor) -> Decision:
    """Whoever works for an issuer, for its own desk."""
    return require_role(actor, Role.ISSUER, Role.ISSUER_MANAGER, assurance=Assurance.REAL_NAME)


def can_act_as_beneficiary(actor: Actor, beneficiary_id: int) -> Decision:
    """The seller, tenderee or owner in whose favour the guarantee stands."""
    decision = require_role(actor, *BENEFICIARIES, assurance=Assurance.FACE_OR_LICENCE)
    return decision if not decision or actor.organisation_id == beneficiary_id else deny()


def can_keep_issuers(actor: Actor) -> Decision:
    """The centre's operators enter whom the competent authority admitted, suspended or struck off."""
    return ALLOWED if actor.system else require_role(actor, Role.OPERATOR, assurance=Assurance.REAL_NAME)


def can_order_for_procedure(actor: Actor) -> Decision:
    """Whoever the calling procedure let act: opening and releasing follow the procedure's own steps.

    These verbs have no page of their own; the package of the procedure decides by the policy of each step.
    """
    return deny() if actor.is_anonymous else ALLOWED


def can_oversee(actor: Actor) -> Decision:
    """Regulator and auditor, over what was opened."""
    return require_role(actor, *OVERSEERS)


def can_see(actor: Actor, dossier: Dossier, state: GuaranteeState, *, opened: bool, issuer_org: int | None) -> Decision:
    """Applicant and issuer always; beneficiary and overseers once it was opened."""
    own = actor.organisation_id is not None and actor.organisation_id in (dossier.applicant_id, issuer_org)
    if own and actor.has(Role.BIDDER, Role.ISSUER, Role.ISSUER_MANAGER):
        return ALLOWED
    if not opened or state in SECRET:
        return deny()
    if actor.organisation_id == dossier.beneficiary_id and actor.has(*BENEFICIARIES):
        return ALLOWED
    return can_oversee(actor)
