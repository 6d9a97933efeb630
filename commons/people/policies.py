"""Who may do what with people and roles. Default deny."""

from commons.domain.actor import ALLOWED, Actor, Assurance, Decision, Role, deny, require_role
from commons.people.domain.roles import OwnAccount, OwnRole


def can_see_members(actor: Actor, organisation_id: int) -> Decision:
    """An organisation's administrator, and the centre's operations desk."""
    if actor.organisation_id == organisation_id and actor.has(Role.ADMINISTRATOR):
        return ALLOWED
    return require_role(actor, Role.OPERATOR)


def can_administer_members(actor: Actor, organisation_id: int) -> Decision:
    """As `can_see_members`, known by real name (网络安全法 第24条)."""
    own = actor.organisation_id == organisation_id
    roles = (Role.ADMINISTRATOR, Role.OPERATOR) if own else (Role.OPERATOR,)
    return require_role(actor, *roles, assurance=Assurance.REAL_NAME)


def can_keep_people(actor: Actor) -> Decision:
    """The centre's operations desk: it enters organisations, and helps people of any of them."""
    return require_role(actor, Role.OPERATOR, assurance=Assurance.REAL_NAME)


def can_change_account_of(actor: Actor, person_id: int) -> Decision:
    """The operations desk, but nobody their own account; the platform itself, on a register's word."""
    if actor.system:
        return ALLOWED
    return can_keep_people(actor) if actor.person_id != person_id else deny(OwnAccount())


def can_change_role_of(actor: Actor, organisation_id: int, person_id: int) -> Decision:
    """Nobody changes their own roles, not even an administrator; the platform itself (import, demo) may."""
    if actor.system:
        return ALLOWED
    if actor.person_id == person_id:
        return deny(OwnRole())
    return can_administer_members(actor, organisation_id)


def can_reset_sign_in(actor: Actor, person_id: int, *, organisations: frozenset[int]) -> Decision:
    """The administrator of the only organisation that the person acts for, or the centre's operations desk."""
    if actor.person_id == person_id:
        return deny(OwnRole())
    if actor.organisation_id is not None and organisations == {actor.organisation_id}:
        return can_administer_members(actor, actor.organisation_id)
    return require_role(actor, Role.OPERATOR, assurance=Assurance.REAL_NAME)


def can_end_sessions_of(actor: Actor, person_id: int) -> Decision:
    """One's own, and as the centre's operations desk anybody's."""
    if actor.system or (actor.person_id is not None and actor.person_id == person_id):
        return ALLOWED
    return require_role(actor, Role.OPERATOR)
