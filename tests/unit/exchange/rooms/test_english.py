"""The extension English of Foshan (indivisible) and Ningxia (divisible)."""

from decimal import Decimal

import pytest

from commons.domain.refusals import Malformed
from exchange.rooms.domain.commands import Confirm
from exchange.rooms.domain.events import BidRefused, FailReason, Participant
from exchange.rooms.domain.phases import Phase
from exchange.rooms.domain.rules import RoomRules, UnsoundRules
from tests.unit.exchange.rooms.story import Story, foshan, ningxia


def refused(verdict: object) -> BidRefused:
    assert isinstance(verdict, BidRefused)
    return verdict


def test_room_goes_from_free_over_waiting_to_timed_bidding_and_the_hammer() -> None:
    room = Story(foshan())

    room.bid("01", 20000, 10)
    room.bid("02", 20100, 1799)
    room.tick(1802)
    room.tick(2040)
    room.bid("01", 20200, 2100)
    room.finish()

    assert room.names() == [
        *("RoomScheduled", "PhaseBegan", "BidAccepted", "BidAccepted", "PhaseBegan", "PhaseBegan"),
        *("BidAccepted", "CloseExtended", "HammerFell"),
    ]
    assert room.awards() == [("01", "1.680", "20200.00")]
    assert room.closes() == 2100 + 240


def test_one_quoter_in_the_free_phase_gets_the_deal_at_his_price() -> None:
    room = Story(foshan())
    room.bid("03", 20500, 100)

    room.finish()

    assert room.state.phase is Phase.ENDED
    assert room.awards() == [("03", "1.680", "20500.00")]
    assert room.state.outcome is not None
    assert str(room.state.outcome.awards[0].amount) == "34440.00"


def test_one_quoter_is_no_deal_where_the_rules_ask_for_competition() -> None:
    room = Story(foshan(single_bidder="FAIL"))
    room.bid("03", 20500, 100)

    room.finish()

    assert room.state.outcome is not None
    assert room.state.outcome.failed is FailReason.SINGLE_BIDDER


def test_nobody_in_the_free_phase_fails_the_room() -> None:
    room = Story(foshan())

    room.finish()

    assert room.state.phase is Phase.FAILED
    assert room.names() == ["RoomScheduled", "PhaseBegan", "RoomFailed"]


def test_two_quoters_and_no_bid_in_the_timed_phase_leave_the_free_leader() -> None:
    room = Story(foshan())
    room.bid("01", 20000, 1)
    room.bid("02", 20100, 2)

    room.finish()

    assert room.awards() == [("02", "1.680", "20100.00")]


@pytest.mark.parametrize(
    ("price", "code", "least"),
    [
        ("19999.99", "ROOM_BELOW_START", "20000.00"),
        ("20000", "", None),
        ("20000.01", "", None),
    ],
)
def test_first_bid_reaches_the_start_price(price: str, code: str, least: str | None) -> None:
    room = Story(foshan())

    verdict = room.bid("01", price, 1)

    assert (verdict.code if isinstance(verdict, BidRefused) else "") == code
    if least:
        assert refused(verdict).fields["least_price"] == least


def test_next_bid_beats_the_top_price_by_the_step_and_is_told_the_least_price() -> None:
    room = Story(foshan())
    room.bid("01", 20500, 1)

    verdict = refused(room.bid("02", "20599.99", 2))

    assert verdict.code == "ROOM_BELOW_STEP"
    assert verdict.fields == {"step": "100.00", "least_price": "20600.00"}
    assert room.code("02", "20600.00", 3) == ""


def test_of_two_equal_bids_only_the_first_counts() -> None:
    room = Story(foshan())
    room.bid("01", 20500, 5)

    assert room.code("02", 20500, 5) == "ROOM_BELOW_STEP"
    assert room.state.book.best is not None
    assert room.state.book.best.alias == "01"


def test_raising_ones_own_bid_needs_the_step_too() -> None:
    room = Story(foshan())
    room.bid("01", 20500, 1)

    assert room.code("01", 20500, 2) == "ROOM_BELOW_STEP"
    assert room.code("01", 20600, 3) == ""


def test_step_multiples_and_the_largest_step_are_refused_with_what_would_do() -> None:
    room = Story(foshan(step_multiples=True, max_steps=10))
    room.bid("01", 20000, 1)

    off = refused(room.bid("02", 20150, 2))
    far = refused(room.bid("02", 21100, 3))

    assert (off.code, off.fields["lower"], off.fields["upper"]) == ("ROOM_STEP_MULTIPLE", "20100.00", "20200.00")
    assert (far.code, far.fields["greatest_price"]) == ("ROOM_ABOVE_MAX_STEP", "21000.00")
    assert room.code("02", 21000, 4) == ""


def test_ceiling_is_the_highest_price() -> None:
    room = Story(foshan(ceiling_price="20300"))

    assert room.code("01", "20300.01", 1) == "ROOM_ABOVE_CEILING"
    assert room.code("01", 20300, 2) == ""


@pytest.mark.parametrize(
    ("price", "needs"),
    [
        (20400, Confirm.NONE),  # 3 steps over the price to beat
        (20401, Confirm.HELD),
        (40000, Confirm.HELD),
        (201000, Confirm.RETYPED),  # ten times the price to beat
    ],
)
def test_guard_asks_for_the_gesture_that_fits(price: int, needs: Confirm) -> None:
    codes = {Confirm.NONE: "ROOM_GUARD_HOLD", Confirm.HELD: "ROOM_GUARD_RETYPE"}
    for confirm in Confirm:
        room = Story(foshan())
        room.bid("01", 20100, 1)

        code = room.code("02", price, 2, confirm=confirm)

        enough = list(Confirm).index(confirm) >= list(Confirm).index(needs)
        assert (code == "") == enough, (confirm, code)
        if not enough:
            expected = "ROOM_GUARD_RETYPE" if needs is Confirm.RETYPED else codes[confirm]
            assert code == expected


@pytest.mark.parametrize(
    "price", ["", "０", "1e5", "NaN", "-20000", "20000.001", "0", "1000000000000", "20,000", " 20000"]
)
def test_what_is_no_price_is_refused_and_recorded_as_it_came(price: str) -> None:
    room = Story(foshan())

    verdict = refused(room.bid("01", price, 1))

    assert verdict.code == Malformed.code
    assert verdict.payload()["price"] == price


def test_stranger_is_not_qualified() -> None:
    assert Story(foshan()).code("99", 20000, 1) == "ROOM_NOT_QUALIFIED"


def test_whole_lot_takes_no_other_quantity() -> None:
    room = Story(foshan())

    assert room.code("01", 20000, 1, quantity="1") == "ROOM_WHOLE_LOT_ONLY"
    assert room.code("01", 20000, 2, quantity="1.68") == ""


def test_only_quoters_enter_the_timed_phase_where_the_rules_say_so() -> None:
    room = Story(foshan(timed_entry="QUOTERS"))
    room.bid("01", 20000, 1)
    room.bid("02", 20100, 2)

    assert room.code("03", 20200, 2050) == "ROOM_QUOTERS_ONLY"
    assert room.code("02", 20200, 2051) == ""


def test_anyone_qualified_enters_the_timed_phase_by_default() -> None:
    room = Story(foshan())
    room.bid("01", 20000, 1)
    room.bid("02", 20100, 2)

    assert room.code("03", 20200, 2050) == ""


# --- divisible --------------------------------------------------------------------------------------------------------


def test_divisible_lot_is_filled_in_price_order_and_the_marginal_bidder_takes_the_remainder() -> None:
    room = Story(ningxia())
    room.bid("01", 21000, 1, quantity="6")
    room.bid("02", 22000, 2, quantity="3")
    room.bid("03", 21500, 3, quantity="4")

    room.finish()

    assert room.awards() == [("02", "3", "22000.00"), ("03", "4", "21500.00"), ("01", "3.000", "21000.00")]


def test_while_supply_is_left_the_start_price_is_enough() -> None:
    room = Story(ningxia())
    room.bid("01", 30000, 1, quantity="6")

    assert room.code("02", 21000, 2, quantity="4") == ""


def test_when_the_others_use_up_the_supply_the_marginal_price_must_be_beaten_by_a_step() -> None:
    room = Story(ningxia())
    room.bid("01", 30000, 1, quantity="6")
    room.bid("02", 22000, 2, quantity="4")

    verdict = refused(room.bid("03", 22499, 3, quantity="1"))

    assert (verdict.code, verdict.fields["least_price"]) == ("ROOM_BELOW_STEP", "22500.00")
    assert room.code("03", 22500, 4, quantity="1") == ""


def test_own_last_price_must_be_beaten_too_and_the_quantity_may_not_shrink() -> None:
    room = Story(ningxia())
    room.bid("01", 30000, 1, quantity="6")

    assert room.code("01", 30000, 2, quantity="6") == "ROOM_BELOW_STEP"
    assert room.code("01", 30500, 3, quantity="5") == "ROOM_QUANTITY_SHRINKS"
    assert room.code("01", 30500, 4, quantity="7") == ""


def test_quantity_is_bounded_by_the_qualified_need_and_the_lots() -> None:
    room = Story(ningxia(lot_size="0.5"), (Participant("01", Decimal("4.0")), Participant("02")))

    assert room.code("01", 21000, 1) == "ROOM_QUANTITY_MISSING"
    assert room.code("01", 21000, 2, quantity="4.5") == "ROOM_ABOVE_NEED"
    off = refused(room.bid("01", 21000, 3, quantity="1.2"))
    assert (off.code, off.fields["lower"], off.fields["upper"]) == ("ROOM_NOT_WHOLE_LOTS", "1", "1.5")
    assert room.code("02", 21000, 4, quantity="10.5") == "ROOM_ABOVE_NEED"


def test_marginal_bidder_declines_the_remainder_where_the_profile_lets_him() -> None:
    room = Story(ningxia(may_decline_remainder=True))
    room.bid("01", 21000, 1, quantity="6", minimum="6")
    room.bid("02", 22000, 2, quantity="7")

    room.finish()

    assert room.awards() == [("02", "7", "22000.00")]
    assert room.state.outcome is not None
    assert str(room.state.outcome.unsold) == "3.000"


def test_marginal_bidder_may_not_decline_by_default() -> None:
    assert Story(ningxia()).code("01", 21000, 1, quantity="6", minimum="6") == "ROOM_TAKES_ANY_PART"


@pytest.mark.parametrize(
    "changes",
    [
        {"step": "0"},
        {"free_ms": 0},
        {"session_ms": 1000},
        {"timed_ms": 0},
        {"total_cap_ms": 1000},
        {"ceiling_price": "1"},
        {"tie": "random"},
        {"cap_share": "1.5"},
        {"lot_size": "0.5"},
        {"price_places": 9},
        {"free_ms": 10**15},
    ],
)
def test_rules_that_contradict_each_other_make_no_room(changes: dict[str, object]) -> None:
    with pytest.raises((UnsoundRules, Malformed)):
        foshan(**changes)


def test_rules_survive_their_json() -> None:
    assert RoomRules.from_json(ningxia(cap_share="0.5").to_json()) == ningxia(cap_share="0.5")


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"format": "ENGLISH", "supply": "1"},
        {**foshan().to_json(), "surprise": "1"},
        {**foshan().to_json(), "supply": 1.68},
        {**foshan().to_json(), "divisible": "no"},
        {**foshan().to_json(), "format": "CANDLE"},
        {**foshan().to_json(), "step": None},
        {**foshan().to_json(), "quotes_limit": True},
    ],
)
def test_unreadable_rules_are_malformed(data: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        RoomRules.from_json(data)
