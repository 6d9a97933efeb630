"""Time: what counts, when phases end, extensions, pauses. Late ticks change nothing."""

from datetime import timedelta

import pytest

from commons.domain.refusals import NotAllowedNow
from exchange.rooms.domain.commands import Pause, PlaceBid, Resume, Tick, Void
from exchange.rooms.domain.conducting import ClosedAlready, DecisionMissing, ResumesInThePast
from exchange.rooms.domain.events import BidRefused, CloseExtended, HammerFell, PhaseBegan, RoomPaused
from exchange.rooms.domain.phases import Phase
from exchange.rooms.domain.timing import due_at
from tests.unit.exchange.rooms.story import OPENS, Story, foshan, second, wuyi


def in_timed_phase(**changes: object) -> Story:
    """A room in its timed phase [2040, 2280), the top price 20100."""
    room = Story(foshan(**changes))
    room.bid("01", 20000, 1)
    room.bid("02", 20100, 2)
    room.tick(2040)
    assert room.state.phase is Phase.TIMED
    return room


def test_bid_before_the_opening_is_not_open_and_says_when() -> None:
    room = Story(foshan())

    verdict = room.bid("01", 20000, "-0.001")

    assert isinstance(verdict, BidRefused)
    assert (verdict.code, verdict.fields["opens_at"]) == ("ROOM_NOT_OPEN", "2026-01-05T02:00:00.000Z")


def test_bid_at_the_opening_counts_even_if_no_tick_came() -> None:
    room = Story(foshan())

    assert room.code("01", 20000, 0) == ""
    assert room.names() == ["RoomScheduled", "PhaseBegan", "BidAccepted"]


def test_bid_of_the_last_millisecond_counts_and_one_at_the_close_does_not() -> None:
    room = Story(foshan())

    assert room.code("01", 20000, "1799.999", decided="1801.9") == ""
    assert room.code("02", 20100, 1800) == "ROOM_CLOSED"


def test_instants_finer_than_a_millisecond_are_rounded_down() -> None:
    room = Story(foshan())
    bid = PlaceBid("b", "01", "20000", second("1799.999") + timedelta(microseconds=999))

    events = room.does(bid, "1799.9999")

    assert events[-1].type == "BidAccepted"


def test_bid_in_time_but_decided_after_the_hammer_is_the_platforms_fault() -> None:
    room = Story(foshan())
    room.bid("01", 20000, 1)

    verdict = room.bid("02", 20100, 1799, decided=1802)

    assert isinstance(verdict, BidRefused)
    assert (verdict.code, verdict.platform_fault) == ("ROOM_DECIDED_TOO_LATE", True)
    assert room.names()[-2:] == ["HammerFell", "BidRefused"]


def test_bid_of_the_free_phase_decided_while_waiting_is_the_platforms_fault_too() -> None:
    room = Story(foshan())
    room.bid("01", 20000, 1)
    room.bid("02", 20100, 2)

    assert room.code("03", 20200, 1799, decided=1900) == "ROOM_DECIDED_TOO_LATE"
    assert room.code("03", 20200, 1900) == "ROOM_NOT_OPEN"
    assert room.code("03", 20200, 1799, decided=2050) == "ROOM_DECIDED_TOO_LATE"
    assert room.code("03", 20200, 1900, decided=2050) == "ROOM_NOT_OPEN"


def test_late_bid_is_refused_as_late_not_as_a_fault() -> None:
    room = Story(foshan())
    room.bid("01", 20000, 1)
    room.finish()

    verdict = room.bid("02", 20100, 1801, decided=1900)

    assert isinstance(verdict, BidRefused)
    assert (verdict.code, verdict.platform_fault) == ("ROOM_CLOSED", False)


def test_each_bid_of_the_timed_phase_sets_the_remaining_time_back_to_its_length() -> None:
    room = in_timed_phase()

    room.bid("01", 20200, "2279.999")

    assert room.closes() == 2519.999
    assert room.state.clock.extensions == 1


def test_close_never_moves_back() -> None:
    room = in_timed_phase(extension_ms=10_000)

    room.bid("01", 20200, 2100)

    assert room.closes() == 2280
    assert room.state.clock.extensions == 0


def test_free_phase_has_a_fixed_end() -> None:
    room = Story(foshan())

    room.bid("01", 20000, 1799)

    assert room.closes() == 1800


def test_total_cap_ends_extensions() -> None:
    room = in_timed_phase(total_cap_ms=300_000)

    room.bid("01", 20200, 2270)
    room.bid("02", 20300, 2339)

    assert room.closes() == 2340
    assert room.code("01", 20400, 2340) == "ROOM_CLOSED"


def test_bid_that_leaves_the_close_where_it_is_is_no_extension() -> None:
    room = in_timed_phase(total_cap_ms=300_000)
    room.bid("01", 20200, 2270)

    room.bid("02", 20300, 2300)

    assert room.names()[-1] == "BidAccepted"
    assert room.state.clock.extensions == 1


def test_bid_decided_inside_the_grace_still_extends_the_close() -> None:
    room = in_timed_phase()

    verdict = room.bid("01", 20200, "2279.5", decided="2281.9")

    assert verdict.type == "BidAccepted"
    assert room.closes() == 2519.5


def test_hammer_falls_at_close_plus_grace() -> None:
    room = in_timed_phase()

    assert room.tick("2281.999") == ()
    (hammer,) = room.tick(2282)

    assert isinstance(hammer, HammerFell)
    assert (hammer.closed_at, hammer.fell_at) == (second(2280), second(2282))


def test_one_very_late_tick_gives_every_phase_its_own_instants() -> None:
    room = Story(foshan())
    room.bid("01", 20000, 1)
    room.bid("02", 20100, 2)

    events = room.tick(9_000)

    assert [event.type for event in events] == ["PhaseBegan", "PhaseBegan", "HammerFell"]
    waiting, timed, hammer = events
    assert isinstance(waiting, PhaseBegan)
    assert isinstance(timed, PhaseBegan)
    assert isinstance(hammer, HammerFell)
    assert (waiting.begins_at, waiting.closes_at) == (second(1800), second(2040))
    assert (timed.begins_at, timed.closes_at) == (second(2040), second(2280))
    assert hammer.fell_at == second(2282)
    assert hammer.at == second(9_000)


def test_without_waiting_the_timed_phase_still_begins_after_the_grace() -> None:
    room = Story(foshan(waiting_ms=0))
    room.bid("01", 20000, 1)
    room.bid("02", 20100, 2)
    room.tick(1802)

    assert room.state.phase is Phase.TIMED
    assert room.state.clock.begins_at == second(1802)


def test_pause_and_resume_give_the_remaining_time_back() -> None:
    room = in_timed_phase()

    room.does(Pause("bandwidth", "A-7"), 2100)
    assert room.code("01", 20200, 2150) == "ROOM_PAUSED"
    assert due_at(room.state) is None
    room.does(Resume("repaired", "A-8"), 5000)

    assert room.state.phase is Phase.TIMED
    assert room.closes() == 5000 + 180
    assert room.code("01", 20200, 5001) == ""


def test_resumption_may_be_announced_ahead() -> None:
    room = in_timed_phase()
    room.does(Pause("bandwidth"), 2100)

    room.does(Resume("repaired", resumes_at=second(7000)), 5000)

    assert room.code("01", 20200, 6999) == "ROOM_NOT_OPEN"
    assert room.code("01", 20200, 7000) == ""
    with pytest.raises(NotAllowedNow):
        room.does(Resume("again"), 7001)


def test_resumption_lies_not_in_the_past() -> None:
    room = in_timed_phase()
    room.does(Pause("bandwidth"), 2100)

    with pytest.raises(ResumesInThePast):
        room.does(Resume("repaired", resumes_at=second(2200)), 2201)


def test_outage_over_the_close_pauses_since_it_began() -> None:
    room = in_timed_phase()

    (paused,) = room.does(Pause("outage", since=second(2270)), 2400)

    assert isinstance(paused, RoomPaused)
    assert (paused.paused_at, paused.remaining_ms) == (second(2270), 10_000)


def test_nothing_is_left_to_pause_between_the_close_and_the_hammer() -> None:
    room = in_timed_phase()

    with pytest.raises(ClosedAlready):
        room.does(Pause("too late"), "2280.5")


def test_voided_room_is_closed_since_it_was_voided() -> None:
    room = in_timed_phase()
    room.does(Void("complaint", decided_by="regulator", decision_no="3"), 2100)

    verdict = room.bid("01", 20200, 2150)

    assert isinstance(verdict, BidRefused)
    assert (verdict.code, verdict.fields["closed_at"]) == ("ROOM_CLOSED", "2026-01-05T02:35:00.000Z")


def test_outage_cannot_begin_before_a_bid_that_was_accepted() -> None:
    room = in_timed_phase()
    room.bid("01", 20200, 2200)

    (paused,) = room.does(Pause("outage", since=second(2100)), 2300)

    assert isinstance(paused, RoomPaused)
    assert paused.paused_at == second("2200.001")


def test_pause_shifts_the_total_cap() -> None:
    room = in_timed_phase(total_cap_ms=300_000)
    room.does(Pause("x"), 2100)
    room.does(Resume("y"), 2200)

    assert room.state.clock.latest_close_at == second(2440)


def test_pause_before_the_opening_opens_as_announced_or_when_resumed() -> None:
    early, late = Story(foshan()), Story(foshan())

    early.does(Pause("x"), -100)
    early.does(Resume("y"), -50)
    late.does(Pause("x"), -100)
    late.does(Resume("y"), 70)

    assert early.closes() == 0
    assert late.closes() == 70


def test_pause_while_waiting_gives_the_waiting_time_back() -> None:
    room = Story(foshan())
    room.bid("01", 20000, 1)
    room.bid("02", 20100, 2)
    room.tick(1802)

    room.does(Pause("x"), 1900)
    room.does(Resume("y"), 3000)

    assert (room.state.phase, room.closes()) == (Phase.WAITING, 3140)


def test_voiding_needs_a_numbered_decision() -> None:
    room = in_timed_phase()

    with pytest.raises(DecisionMissing):
        room.does(Void("complaint", decided_by="", decision_no=""), 2100)
    room.does(Void("complaint", decided_by="regulator", decision_no="佛环〔2026〕3号"), 2100)

    assert room.state.phase is Phase.VOIDED
    assert room.code("01", 20200, 2101) == "ROOM_CLOSED"


def test_result_of_an_ended_room_can_be_voided_and_stays_on_record() -> None:
    room = in_timed_phase()
    room.finish()

    room.does(Void("complaint", decided_by="seller", decision_no="7"), 9000)

    assert room.state.phase is Phase.VOIDED
    assert room.state.outcome is not None


def test_clocks_of_two_processes_never_turn_the_log_back() -> None:
    room = in_timed_phase()
    room.bid("01", 20200, 2100)

    verdict = room.bid("02", 20300, "2099.9")

    assert verdict.at == second(2100)


def test_single_session_may_extend_its_close() -> None:
    room = Story(wuyi(extension_ms=60_000))

    room.bid("01", 4000, 3590, quantity="1")

    assert any(isinstance(event, CloseExtended) for event in room.events)
    assert room.closes() == 3650


def test_tick_before_anything_is_due_does_nothing() -> None:
    assert Story(foshan()).does(Tick(), -1) == ()
    assert due_at(Story(foshan()).state) == OPENS
