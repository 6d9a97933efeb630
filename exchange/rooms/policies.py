"""Who may do what in a room. Default deny."""

from commons.domain.actor import CENTRE_ROLES, Actor, Assurance, Decision, Role, deny, require_role
from commons.secrecy.fields import Party
from exchange.rooms.models import Room, RoomParticipant
from exchange.rooms.protocol import NotAParticipant

BIDDERS = (Role.BIDDER, Role.AGENCY)
"""Buyers, and the agencies of a live price selection."""
OVERSEERS = (Role.HOST, Role.STAFF, Role.REGULATOR, Role.AUDITOR)


def participant_of(actor: Actor, room_id: int) -> RoomParticipant | None:
    """The actor's organisation among the qualified bidders of the room."""
    if actor.organisation_id is None or not actor.has(*BIDDERS):
        return None
    return RoomParticipant.objects.filter(party=Party(room_id, actor.organisation_id)).first()


def can_bid(actor: Actor, participant: RoomParticipant | None) -> Decision:
    """A signed-in bidder of a qualified organisation (see `participant_of`), known by real name or better."""
    if participant is None:
        return deny(NotAParticipant())
    return require_role(actor, *BIDDERS, assurance=Assurance.REAL_NAME)


def can_oversee(actor: Actor) -> Decision:
    """Centre staff, regulators and auditors see a room as staff do."""
    return require_role(actor, *OVERSEERS)


def can_create(actor: Actor) -> Decision:
    """The platform itself (after the method decision), or the centre."""
    return Decision() if actor.system else require_role(actor, *CENTRE_ROLES)


def can_conduct(actor: Actor, room: Room) -> Decision:
    """Hosts and staff of the centre, with the approval of a second person; the platform by its rules."""
    return Decision() if actor.system else require_role(actor, Role.HOST, Role.STAFF)


def can_admit(actor: Actor) -> Decision:
    """Only the platform, by the rules of the lot: nobody of the centre chooses who bids."""
    return Decision() if actor.system else deny()


def can_suspend(actor: Actor, room: Room) -> Decision:
    """The regulator, by a numbered decision of its own (招标投标法实施条例 第62条)."""
    return require_role(actor, Role.REGULATOR, assurance=Assurance.REAL_NAME)


def can_void(actor: Actor, room: Room) -> Decision:
    """Staff record the numbered decision of the seller or the regulator; the centre itself ends nothing (平台办法)."""
    return require_role(actor, Role.STAFF, Role.HOST)
