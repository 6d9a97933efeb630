"""Who may change the calendar."""

from commons.domain.actor import Actor, Assurance, Decision, Role, require_role


def can_edit_calendar(actor: Actor) -> Decision:
    """Operators and staff of the centre, known by name."""
    return require_role(actor, Role.OPERATOR, Role.STAFF, assurance=Assurance.REAL_NAME)
