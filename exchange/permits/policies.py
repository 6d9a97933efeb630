"""Who may see and change the registry of permits and the ledger of rights."""

from commons.domain.actor import ALLOWED, Actor, Assurance, Decision, Role, deny, require_role

READERS = (Role.STAFF, Role.HOST, Role.OPERATOR, Role.REGULATOR, Role.AUDITOR)
KEEPERS = (Role.REGULATOR, Role.OPERATOR)


def can_see_registry(actor: Actor) -> Decision:
    """Staff of the exchange, the regulator and auditors see every permit and every holding."""
    return require_role(actor, *READERS)


def can_see_holdings(actor: Actor, organisation_id: int) -> Decision:
    """An organisation sees what it holds itself."""
    own = actor.person_id is not None and actor.organisation_id == organisation_id
    return ALLOWED if own else can_see_registry(actor)


def can_record_permit(actor: Actor) -> Decision:
    """The ecology bureau, whose decisions permits are, and the operator who imports for it."""
    return ALLOWED if actor.system else require_role(actor, *KEEPERS, assurance=Assurance.REAL_NAME)


def can_move_rights(actor: Actor) -> Decision:
    """Allocation, transfer, cancelling and correction: the keepers of the registry, and the flow of the exchange."""
    return can_record_permit(actor)


def can_transfer(actor: Actor) -> Decision:
    """The registry's transfer after payment: its keepers, staff of the exchange, and the flow itself."""
    return ALLOWED if actor.system else require_role(actor, Role.STAFF, *KEEPERS, assurance=Assurance.REAL_NAME)


def can_reserve(actor: Actor, holder_id: int) -> Decision:
    """The holder for its own lot, the staff who publish it, and the flow of the exchange."""
    if actor.system:
        return ALLOWED
    if actor.has(Role.SELLER) and actor.organisation_id == holder_id:
        return require_role(actor, Role.SELLER, assurance=Assurance.REAL_NAME)
    return require_role(actor, Role.STAFF, *KEEPERS, assurance=Assurance.REAL_NAME)


def can_order(actor: Actor) -> Decision:
    """Whoever the calling procedure let act: a lot's rights go back to their holder with the lot's own decision.

    There is no page for this; `exchange.auctions` decides by the policy of its step.
    """
    return deny() if actor.is_anonymous else ALLOWED
