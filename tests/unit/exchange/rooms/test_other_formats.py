"""Limited quotes (Wuyi), the sealed call (Guangdong) and descending bidding."""

from decimal import Decimal

import pytest

from exchange.rooms.domain import views
from exchange.rooms.domain.commands import WithdrawBid
from exchange.rooms.domain.decide import decide
from exchange.rooms.domain.events import BidRefused, FailReason, Participant, WithdrawalRefused
from exchange.rooms.domain.formats.table import PLAYS
from exchange.rooms.domain.phases import Format, Phase
from exchange.rooms.domain.rules import RoomRules
from tests.unit.exchange.rooms.story import Story, foshan, guangdong, wuyi


def refusal_of(room: Story, withdrawal: WithdrawBid, at: float) -> str:
    """The code with which a withdrawal was refused; empty if it was not."""
    room.does(withdrawal, at)
    last = room.events[-1]
    return last.code if isinstance(last, WithdrawalRefused) else ""


TEN = tuple(Participant(f"{number:02d}") for number in range(1, 11))


# --- limited quotes ---------------------------------------------------------------------------------------------------


def test_last_quote_counts_even_if_it_is_lower() -> None:
    room = Story(wuyi())
    room.bid("01", 5000, 1, quantity="10")
    room.bid("01", 4200, 2, quantity="10")

    room.finish()

    assert room.awards() == [("01", "10", "4200.00")]


def test_eleventh_quote_is_refused_and_the_tenth_stands() -> None:
    room = Story(wuyi())
    for number in range(10):
        room.bid("01", 4000 + number, number, quantity="1")

    verdict = room.bid("01", 5000, 11, quantity="1")

    assert isinstance(verdict, BidRefused)
    assert (verdict.code, verdict.fields) == ("ROOM_QUOTA_USED", {"limit": 10, "last_price": "4009.00"})


def test_refused_quotes_use_up_nothing() -> None:
    room = Story(wuyi(quotes_limit=1))

    assert room.code("01", 3999, 1, quantity="1") == "ROOM_BELOW_START"
    assert room.code("01", 4000, 2, quantity="1") == ""
    assert room.code("01", 4000, 3, quantity="1") == "ROOM_QUOTA_USED"


def test_without_a_limit_one_may_quote_without_end() -> None:
    room = Story(wuyi(quotes_limit=None))

    assert [room.code("01", 4000, 1, quantity="1") for _ in range(50)] == [""] * 50


@pytest.mark.parametrize(
    ("quoters", "winners"), [(1, 1), (2, 1), (3, 2), (4, 3), (5, 4), (6, 4), (7, 5), (8, 6), (9, 6), (10, 7)]
)
def test_best_70_percent_of_those_who_quoted_win_rounded_half_up(quoters: int, winners: int) -> None:
    room = Story(wuyi(), TEN)
    for number, participant in enumerate(TEN[:quoters]):
        room.bid(participant.alias, 4000 + number, number, quantity="1")

    room.finish()

    won = [alias for alias, _, _ in room.awards()]
    assert won == [participant.alias for participant in reversed(TEN[:quoters])][:winners]


def test_tie_at_the_cut_off_goes_to_the_earlier_last_quote_and_each_pays_its_own_price() -> None:
    room = Story(wuyi())
    room.bid("01", 4100, 1, quantity="1")
    room.bid("02", 4500, 2, quantity="2")
    room.bid("03", 4100, 3, quantity="1")
    room.bid("01", 4100, 4, quantity="1")

    room.finish()

    assert room.awards() == [("02", "2", "4500.00"), ("03", "1", "4100.00")]


def test_standing_shown_during_the_session_is_what_the_hammer_makes_of_it() -> None:
    room = Story(wuyi())
    for number, alias in enumerate(("01", "02", "03", "04")):
        room.bid(alias, 4000 + 7 * number % 5, number, quantity="40")

    shown = {entry["alias"]: entry["wins"] for entry in views.standing(room.state)}
    settled = {award.alias: award.quantity for award in PLAYS[Format.LIMITED_QUOTES].settle(room.state).awards}

    assert {alias: Decimal(wins) for alias, wins in shown.items() if wins != "0"} == settled


# --- sealed call ------------------------------------------------------------------------------------------------------


def test_orders_are_cleared_at_one_price_by_price_then_time() -> None:
    room = Story(guangdong())
    room.bid("01", "20.00", 1, quantity="200000")
    room.bid("02", "18.00", 2, quantity="250000")
    room.bid("03", "18.00", 3, quantity="100000")
    room.bid("04", "17.00", 4, quantity="1000")

    room.finish()

    assert room.awards() == [("01", "200000", "18.00"), ("02", "250000", "18.00"), ("03", "50000", "18.00")]


def test_bidder_gets_at_most_half_of_the_offer() -> None:
    room = Story(guangdong())
    room.bid("01", "20.00", 1, quantity="200000")
    room.bid("01", "19.00", 2, quantity="200000")
    room.bid("02", "18.00", 3, quantity="100000")

    room.finish()

    assert room.awards() == [("01", "200000", "18.00"), ("01", "50000", "18.00"), ("02", "100000", "18.00")]


def test_orders_below_a_thousand_tonnes_or_the_policy_reserve_are_refused() -> None:
    room = Story(guangdong())

    assert room.code("01", "16.09", 1, quantity="999") == "ROOM_BELOW_ORDER_MINIMUM"
    assert room.code("01", "16.08", 2, quantity="1000") == "ROOM_BELOW_START"
    assert room.code("01", "16.09", 3, quantity="1000") == ""


def test_guangdong_orders_bind_at_once() -> None:
    room = Story(guangdong())
    first = room.bid("01", "17.00", 1, quantity="1000")

    assert room.code("01", "18.00", 2, quantity="1000", replaces=first.bid_id) == "ROOM_IRREVOCABLE"
    assert refusal_of(room, WithdrawBid(first.bid_id, "01", room.state.at), 3) == "ROOM_IRREVOCABLE"
    assert room.code("01", "18.00", 4, quantity="1000") == ""


def test_elsewhere_orders_are_replaced_and_withdrawn_inside_the_window() -> None:
    room = Story(guangdong(amendable=True))
    first = room.bid("01", "17.00", 1, quantity="1000")
    second = room.bid("01", "18.00", 2, quantity="1000", replaces=first.bid_id)
    other = room.bid("01", "19.00", 3, quantity="2000")

    room.does(WithdrawBid(other.bid_id, "01", other.at), 4)
    assert refusal_of(room, WithdrawBid(first.bid_id, "01", other.at), 5) == "ROOM_NO_SUCH_ORDER"

    assert [offer.bid_id for offer in room.state.book.standing("01").offers] == [second.bid_id]
    assert room.code("01", "18.00", 6, quantity="1000", replaces=first.bid_id) == "ROOM_NO_SUCH_ORDER"


def test_nobody_withdraws_somebody_elses_order() -> None:
    room = Story(guangdong(amendable=True))
    first = room.bid("01", "17.00", 1, quantity="1000")

    assert refusal_of(room, WithdrawBid(first.bid_id, "02", first.at), 2) == "ROOM_NO_SUCH_ORDER"


def test_withdrawal_after_the_close_is_refused_and_recorded() -> None:
    room = Story(guangdong(amendable=True))
    first = room.bid("01", "17.00", 1, quantity="1000")
    room.finish()

    late = WithdrawBid(first.bid_id, "01", room.state.at)
    (refused,) = decide(room.state, late, room.state.at)

    assert isinstance(refused, WithdrawalRefused)
    assert (refused.code, refused.bid_id) == ("ROOM_CLOSED", first.bid_id)


def test_single_amendable_order_is_replaced_by_the_next() -> None:
    room = Story(guangdong(amendable=True, orders_limit=1))
    room.bid("01", "17.00", 1, quantity="1000")
    room.bid("01", "16.50", 2, quantity="3000")

    room.finish()

    assert room.awards() == [("01", "3000", "16.50")]


def test_number_of_orders_is_limited() -> None:
    room = Story(guangdong(orders_limit=2))

    codes = [room.code("01", "17.00", second, quantity="1000") for second in range(3)]

    assert codes == ["", "", "ROOM_ORDERS_USED"]


def test_sealed_call_that_sells_nothing_because_its_rule_cancels_it_fails() -> None:
    room = Story(guangdong(shortfall="cancel"))
    room.bid("01", "17.00", 1, quantity="1000")

    room.finish()

    assert room.state.phase is Phase.FAILED
    assert room.state.outcome is not None
    assert room.state.outcome.failed is FailReason.NOT_CLEARED


# --- descending -------------------------------------------------------------------------------------------------------


def procurement(**changes: object) -> RoomRules:
    return RoomRules.from_json({**foshan().to_json(), "format": "DESCENDING", **changes})


def test_descending_bids_must_undercut_by_the_step_and_the_lowest_wins() -> None:
    room = Story(procurement())

    assert room.code("01", "20000.01", 1) == "ROOM_BELOW_START"
    assert room.code("01", 20000, 2) == ""
    assert room.code("02", 19950, 3) == "ROOM_BELOW_STEP"
    assert room.code("02", 19900, 4) == ""
    assert room.code("03", 19900, 5) == "ROOM_BELOW_STEP"
    assert room.code("01", 19700, 2050) == ""
    room.finish()

    assert room.awards() == [("01", "1.680", "19700.00")]
    assert room.closes() == 2050 + 240


def test_descending_runs_as_one_session_with_extension() -> None:
    room = Story(procurement(free_ms=0, timed_ms=0, waiting_ms=0, session_ms=600_000, extension_ms=120_000))
    room.bid("01", 19000, 599)

    room.finish()

    assert room.closes() == 719
    assert room.awards() == [("01", "1.680", "19000.00")]


def test_descending_need_is_filled_from_the_lowest_price() -> None:
    room = Story(procurement(divisible=True, supply="10"))
    room.bid("01", 20000, 1, quantity="6")
    room.bid("02", 18000, 2, quantity="5")

    room.finish()

    assert room.awards() == [("02", "5", "18000.00"), ("01", "5", "20000.00")]


def test_descending_tenth_of_the_price_must_be_retyped() -> None:
    from exchange.rooms.domain.commands import Confirm

    room = Story(procurement())

    assert room.code("01", 2000, 1, confirm=Confirm.HELD) == "ROOM_GUARD_RETYPE"
    assert room.code("01", 2001, 2, confirm=Confirm.HELD) == ""


def test_largest_step_counts_downwards() -> None:
    room = Story(procurement(max_steps=5))

    verdict = room.bid("01", 19499, 1)

    assert isinstance(verdict, BidRefused)
    assert verdict.fields["greatest_price"] == "19500.00"


@pytest.mark.parametrize("prices", [[20000, 20100, 20300, 20900], [20000, 20200, 20250, 20300], [20500, 20400, 20600]])
def test_descending_is_the_mirror_of_the_english(prices: list[int]) -> None:
    up, down = Story(foshan()), Story(procurement())
    for number, price in enumerate(prices):
        alias = f"{number % 4 + 1:02d}"
        mirrored = 40000 - price

        assert room_code(up, alias, price, number) == room_code(down, alias, mirrored, number)

    assert [event.type for event in up.events] == [event.type for event in down.events]
    up.finish()
    down.finish()
    assert [alias for alias, _, _ in up.awards()] == [alias for alias, _, _ in down.awards()]


def room_code(room: Story, alias: str, price: int, at: int) -> str:
    return room.code(alias, price, at)
