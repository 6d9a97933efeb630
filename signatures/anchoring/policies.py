"""Who witnesses the log."""

from commons.domain.actor import Actor, Assurance, Decision, Role, require_role


def can_witness(actor: Actor) -> Decision:
    """Overseers, for their organisation."""
    return require_role(actor, Role.REGULATOR, Role.AUDITOR, assurance=Assurance.REAL_NAME)
