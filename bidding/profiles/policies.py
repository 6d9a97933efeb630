"""Who may edit procedure profiles."""

from commons.domain.actor import Actor, Assurance, Decision, Role, require_role


def can_edit_profiles(actor: Actor) -> Decision:
    """Operators of the centre, known by name. A version leaves evidence and takes effect by its day."""
    return require_role(actor, Role.OPERATOR, assurance=Assurance.REAL_NAME)
