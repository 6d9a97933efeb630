"""Who keeps the catalogue."""

from commons.domain.actor import ALLOWED, Actor, Assurance, Decision, Role, require_role


def can_keep_catalogue(actor: Actor) -> Decision:
    """The centre's operations desk, by real name, after the authorities' list; the platform's own imports."""
    return ALLOWED if actor.system else require_role(actor, Role.OPERATOR, assurance=Assurance.REAL_NAME)
