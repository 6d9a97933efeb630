"""Whose quote is the lowest, and whose turn it is, under a framework (财政部令第110号 第33, 34条)."""

from decimal import Decimal

import pytest

from bidding.awards.domain.call_offs import (
    FrameworkSpent,
    LeftOutWithoutReason,
    Quote,
    TooFewAsked,
    cheapest,
    next_in_turn,
    require_asked,
    require_left,
)


def quote(award_id: int, price: str | None, *, place: int = 1, counts: bool = True) -> Quote:
    return Quote(award_id, place, Decimal(price) if price else None, counts)


def test_the_lowest_quote_that_counts_supplies() -> None:
    assert cheapest([quote(1, "101"), quote(2, "99.99"), quote(3, "50", counts=False), quote(4, None)]) == 2


def test_of_equal_quotes_the_better_place_in_the_first_stage_supplies() -> None:
    assert cheapest([quote(1, "99", place=3), quote(2, "99.00", place=2)]) == 2


def test_without_a_quote_that_counts_nobody_supplies() -> None:
    assert cheapest([quote(1, None), quote(2, "9", counts=False)]) is None
    assert cheapest([]) is None


PLACES = {11: 2, 12: 1, 13: 3}


@pytest.mark.parametrize(
    ("taken", "following"),
    [
        ([], 12),
        ([12], 11),
        ([12, 11], 13),
        ([12, 11, 13], 12),
        ([12, 11, 13, 12], 11),
        ([12, 12], 11),
        ([99], 12),
    ],
)
def test_nobody_has_a_second_turn_before_everybody_had_the_first(taken: list[int], following: int) -> None:
    assert next_in_turn(PLACES, taken) == following


def test_a_framework_without_suppliers_has_no_turn() -> None:
    assert next_in_turn({}, [1]) is None


def test_a_competition_asks_everybody_or_says_why_not() -> None:
    require_asked(3, 3, reason="")
    require_asked(2, 3, reason="不具备夜间施工能力")
    with pytest.raises(LeftOutWithoutReason):
        require_asked(2, 3, reason=" – ")
    with pytest.raises(TooFewAsked):
        require_asked(1, 1, reason="")


def test_a_contract_is_called_off_to_its_last_fen_and_no_further() -> None:
    require_left(Decimal("10.00"), Decimal("10.00"))
    with pytest.raises(FrameworkSpent):
        require_left(Decimal("10.01"), Decimal("10.00"))
