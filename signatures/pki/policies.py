"""Who may do what with certificates and with the trust list."""

from commons.domain.actor import ALLOWED, CENTRE_ROLES, Actor, Assurance, Decision, Role, deny, require_role


def can_bind(actor: Actor, *, person_id: int, organisation_id: int) -> Decision:
    """One's own, for the organisation one acts for, known by real name; the platform itself when it moves data in."""
    if actor.system:
        return ALLOWED
    if actor.person_id != person_id or actor.organisation_id != organisation_id:
        return deny()
    return require_role(actor, *Role, assurance=Assurance.REAL_NAME)


def can_unbind(actor: Actor, *, person_id: int, organisation_id: int) -> Decision:
    """Whoever bound it, the organisation's administrator, the centre's operations desk."""
    if actor.person_id is not None and actor.person_id == person_id:
        return ALLOWED
    if actor.organisation_id == organisation_id and actor.has(Role.ADMINISTRATOR):
        return require_role(actor, Role.ADMINISTRATOR, assurance=Assurance.REAL_NAME)
    return require_role(actor, Role.OPERATOR, assurance=Assurance.REAL_NAME)


def can_see_bindings(actor: Actor) -> Decision:
    """All bindings: the centre and its overseers."""
    return require_role(actor, *CENTRE_ROLES, Role.REGULATOR, Role.AUDITOR)


def can_see_trust_list(actor: Actor) -> Decision:
    return require_role(actor, *CENTRE_ROLES, Role.REGULATOR, Role.AUDITOR)


def can_edit_trust_list(actor: Actor) -> Decision:
    """The centre's operations desk, known by real name; the platform itself when a file is loaded by command."""
    return ALLOWED if actor.system else require_role(actor, Role.OPERATOR, assurance=Assurance.REAL_NAME)
