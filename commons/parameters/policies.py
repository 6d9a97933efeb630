"""Who may change rule parameters."""

from commons.domain.actor import Actor, Assurance, Decision, Role, require_role


def can_edit_parameters(actor: Actor) -> Decision:
    """Operators and staff of the centre, known by name. Every change leaves evidence and takes effect by its day."""
    return require_role(actor, Role.OPERATOR, Role.STAFF, assurance=Assurance.REAL_NAME)
