"""Who may bid in a room that exists: suspended while its deposit is gone, readmitted once it is back. By rule alone.

What a suspended bidder bid before stands: it was made with the deposit there and binds, and the others have answered
it. Should it win, it has to make the deposit good or defaults like any buyer.
"""

from datetime import datetime

from commons.domain.actor import Actor
from exchange.rooms import policies
from exchange.rooms.domain.commands import Command, Readmit, Suspend, Void
from exchange.rooms.domain.phases import Phase
from exchange.rooms.queries.loading import load
from exchange.rooms.services.conducting import conduct

TAKEN_BACK = "DEPOSIT_TAKEN_BACK"
WHOLE_AGAIN = "DEPOSIT_WHOLE_AGAIN"
DECIDED_AGAIN = "METHOD_DECIDED_AGAIN"


def suspended_bidders(room_id: int) -> frozenset[str]:
    """The numbers of those who may not bid for now."""
    loaded = load(room_id)
    return loaded.state.suspended if loaded is not None else frozenset()


def has_begun(room_id: int, at: datetime) -> bool:
    """Whether the room's first phase has begun, or is due, or the room is over."""
    loaded = load(room_id)
    if loaded is None:
        return False
    state = loaded.state
    if state.phase is Phase.PAUSED:
        return state.clock.interrupted is not Phase.SCHEDULED
    return state.phase is not Phase.SCHEDULED or (state.closes_at is not None and state.closes_at <= at)


def suspend_bidder(*, actor: Actor, room_id: int, alias: str, at: datetime) -> None:
    """Take the right to bid from a bidder whose deposit is gone; everybody in the room reads it. Harmless to repeat.

    Refuses `NotPermitted` to persons, `NotAllowedNow` once the room is over, `NotQualified` for an unknown number.
    """
    _command(actor, room_id, Suspend(alias, TAKEN_BACK), at)


def readmit_bidder(*, actor: Actor, room_id: int, alias: str, at: datetime) -> None:
    """Give the right to bid back. Harmless to repeat. Refuses as `suspend_bidder` does."""
    _command(actor, room_id, Readmit(alias, WHOLE_AGAIN), at)


def call_off(*, actor: Actor, room_id: int, decided_by: str, reference: str, at: datetime) -> None:
    """Set a room aside that has not begun, because the trade method is decided again.

    Refuses `NotPermitted` to persons, and `BegunAlready` once its first phase runs.
    """
    _command(actor, room_id, Void(DECIDED_AGAIN, decided_by, reference, only_unopened=True), at)


def _command(actor: Actor, room_id: int, command: Command, at: datetime) -> None:
    policies.can_admit(actor).require()
    conduct(actor, room_id, command, at)
