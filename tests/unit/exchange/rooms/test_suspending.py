"""A bidder whose deposit is gone may not bid until it is back; what it bid before stands."""

import pytest

from commons.domain.refusals import NotAllowedNow
from exchange.rooms import records
from exchange.rooms.domain.amounts import NotQualified
from exchange.rooms.domain.commands import Readmit, Suspend, Void
from exchange.rooms.domain.conducting import BegunAlready
from exchange.rooms.domain.events import BidderReadmitted, BidderSuspended, HammerFell
from exchange.rooms.domain.phases import Phase
from exchange.verify import verify
from tests.unit.exchange.rooms.story import Story, foshan

GONE = Suspend("02", "DEPOSIT_TAKEN_BACK")
BACK = Readmit("02", "DEPOSIT_WHOLE_AGAIN")


def test_a_suspended_bidder_is_refused_and_the_others_go_on() -> None:
    room = Story(foshan())
    room.bid("02", 20000, 1)

    (event,) = room.does(GONE, 2)

    assert isinstance(event, BidderSuspended)
    assert room.code("02", 20100, 3) == "ROOM_BIDDER_SUSPENDED"
    assert room.code("01", 20100, 4) == ""
    assert room.code("02", 20200, 5) == "ROOM_BIDDER_SUSPENDED"


def test_what_a_suspended_bidder_bid_before_stands_and_can_win() -> None:
    room = Story(foshan())
    room.bid("01", 20000, 1)
    room.bid("02", 20100, 2)
    room.does(GONE, 3)

    room.finish()

    fell = room.events[-1]
    assert isinstance(fell, HammerFell)
    assert [award.alias for award in fell.awards] == ["02"]


def test_a_readmitted_bidder_bids_on() -> None:
    room = Story(foshan())
    room.does(GONE, 1)

    (event,) = room.does(BACK, 2)

    assert isinstance(event, BidderReadmitted)
    assert room.code("02", 20000, 3) == ""


def test_suspending_and_readmitting_twice_leaves_no_trace() -> None:
    room = Story(foshan())
    room.does(GONE, 1)

    assert room.does(GONE, 2) == ()
    room.does(BACK, 3)
    assert room.does(BACK, 4) == ()


def test_a_number_that_is_not_in_the_room_is_not_suspended() -> None:
    with pytest.raises(NotQualified):
        Story(foshan()).does(Suspend("99", "x"), 1)


def test_a_room_that_is_over_suspends_nobody() -> None:
    room = Story(foshan())
    room.finish()

    with pytest.raises(NotAllowedNow):
        room.does(GONE, 9000)


def test_a_recorded_room_with_a_suspension_is_decided_again_offline() -> None:
    room = Story(foshan())
    room.bid("02", 20000, 1)
    room.does(GONE, 2)
    room.bid("02", 20100, 3)
    room.does(BACK, 4)
    room.bid("02", 20100, 5)
    room.finish()

    found = verify(room.events)

    assert found.holds, found.difference
    forged = [event for event in room.events if not isinstance(event, BidderSuspended)]
    assert len(forged) < len(room.events)


def test_a_snapshot_remembers_who_is_suspended() -> None:
    room = Story(foshan())
    room.does(GONE, 1)
    room.bid("01", 20000, 2)

    again = records.decode_state(records.encode_state(room.state), room.state.seq)

    assert again.suspended == frozenset({"02"})


def test_a_room_is_called_off_only_before_its_first_phase() -> None:
    early, late = Story(foshan()), Story(foshan())
    command = Void("METHOD_DECIDED_AGAIN", "RULES", "lot:1", only_unopened=True)

    early.does(command, -1)
    assert early.state.phase is Phase.VOIDED
    with pytest.raises(BegunAlready):
        late.does(command, 0)
