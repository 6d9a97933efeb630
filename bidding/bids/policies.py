"""Who may prepare bids and keep a library. Default deny."""

from commons.domain.actor import Actor, Assurance, Decision, Role, deny, require_role


def can_prepare(actor: Actor) -> Decision:
    """Bidders, for the organisation that they act for; what each sees is its own alone."""
    if actor.organisation_id is None:
        return deny()
    return require_role(actor, Role.BIDDER, assurance=Assurance.REAL_NAME)
