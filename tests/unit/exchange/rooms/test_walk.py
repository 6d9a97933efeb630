"""Every phase × every command: what the table allows happens, everything else is refused; the log can be checked."""

from collections.abc import Callable

import pytest

from commons.domain.refusals import NotAllowedNow
from exchange.rooms.domain.commands import Command, Pause, PlaceBid, Readmit, Resume, Suspend, Tick, Void, WithdrawBid
from exchange.rooms.domain.decide import decide
from exchange.rooms.domain.events import BidAccepted, BidRefused, BidWithdrawn, WithdrawalRefused
from exchange.rooms.domain.evolve import evolve, replay
from exchange.rooms.domain.phases import BIDDABLE, OVER, ROOM, Phase, Step
from tests.unit.exchange.rooms.story import Story, foshan, guangdong, second


def in_phase(phase: Phase) -> tuple[Story, float]:
    """A room in a phase, and an instant inside it."""
    room = Story(guangdong(amendable=True) if phase is Phase.OPEN else foshan())
    if phase is Phase.SCHEDULED:
        return room, -10
    if phase is Phase.OPEN:
        room.bid("01", "17.00", 1, quantity="1000")
        return room, 10
    if phase is Phase.FAILED:
        room.finish()
        return room, 9000
    room.bid("01", 20000, 1)
    room.bid("02", 20100, 2)
    at = {Phase.FREE: 10, Phase.WAITING: 1900, Phase.TIMED: 2100, Phase.PAUSED: 2150}.get(phase, 9000)
    room.tick(at)
    if phase is Phase.PAUSED:
        room.does(Pause("x"), at)
    if phase is Phase.VOIDED:
        room.does(Void("x", "seller", "1"), at)
    return room, at + 1


def bid_of(room: Story, at: float) -> PlaceBid:
    sealed = room.state.rules.sealed
    return PlaceBid("bid-walk", "03", "16.50" if sealed else "20200", second(at), "1000" if sealed else None)


COMMANDS: dict[str, Callable[[Story, float], Command]] = {
    "bid": bid_of,
    "withdraw": lambda room, at: WithdrawBid("bid-00001", "01", second(at)),
    "tick": lambda room, at: Tick(),
    "pause": lambda room, at: Pause("x"),
    "resume": lambda room, at: Resume("x"),
    "void": lambda room, at: Void("x", "seller", "2"),
    "suspend": lambda room, at: Suspend("01", "x"),
    "readmit": lambda room, at: Readmit("01", "x"),
}

ALLOWED = {
    "withdraw": {Phase.OPEN},
    "tick": set(Phase),
    "pause": {Phase.SCHEDULED, Phase.FREE, Phase.WAITING, Phase.TIMED, Phase.OPEN},
    "resume": {Phase.PAUSED},
    "void": set(Phase) - {Phase.VOIDED},
    "suspend": set(Phase) - OVER,
    "readmit": set(Phase) - OVER,
}


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_phase_and_command(phase: Phase, name: str) -> None:
    room, at = in_phase(phase)
    assert room.state.phase is phase
    command: Command = COMMANDS[name](room, at)

    if name == "withdraw":
        (*_, answer) = decide(room.state, command, second(at))
        assert isinstance(answer, BidWithdrawn if phase in ALLOWED[name] else WithdrawalRefused)
    elif name == "bid":
        (verdict, *_) = decide(room.state, command, second(at))
        assert isinstance(verdict, BidAccepted if phase in BIDDABLE else BidRefused)
    elif phase in ALLOWED[name]:
        state = room.state
        for event in decide(room.state, command, second(at)):
            state = evolve(state, event)
        assert replay(room.events) == room.state
    else:
        with pytest.raises(NotAllowedNow):
            decide(room.state, command, second(at))


def test_final_phases_lead_nowhere_but_to_voiding() -> None:
    assert ROOM.final_states() == {Phase.VOIDED}
    assert {row.command for row in ROOM.rows if row.source in (Phase.ENDED, Phase.FAILED)} == {Step.VOID}


def test_every_phase_can_be_reached() -> None:
    assert {row.target for row in ROOM.rows} | {ROOM.initial} == set(Phase)
