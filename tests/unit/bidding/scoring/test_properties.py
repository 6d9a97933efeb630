"""What holds for all prices, not only for those that somebody thought of."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bidding.scoring.domain.engine import score
from bidding.scoring.domain.model import Bid, Formula, Parameters, Question, Sheet

PRICES = st.lists(st.decimals(min_value=1, max_value=10**9, places=2), min_size=1, max_size=12)
BY_PRICE = st.sampled_from(
    [Formula.TRIMMED_MEAN, Formula.FLOATING, Formula.WEIGHTED, Formula.SECOND_MEAN, Formula.LOW_PRICE_FIRST]
)
GIVEN = Parameters(delta=Decimal("0.01"), ceiling=Decimal(10**9), weight=Decimal("0.3"), below=Decimal("0.5"))


def sheet(formula: Formula, prices: list[Decimal]) -> Sheet:
    bids = tuple(Bid(bidder=str(index), price=price) for index, price in enumerate(prices))
    return score(Question(formula, GIVEN, bids))


@given(BY_PRICE, PRICES)
def test_the_order_in_which_bids_stand_changes_nobodys_score(formula: Formula, prices: list[Decimal]) -> None:
    forward, backward = sheet(formula, prices), sheet(formula, prices[::-1])

    assert forward.baseline == backward.baseline
    assert sorted(map(str, (entry.points for entry in forward.scores))) == sorted(
        map(str, (entry.points for entry in backward.scores))
    )


@given(BY_PRICE, PRICES)
def test_points_stay_between_zero_and_full_with_two_places(formula: Formula, prices: list[Decimal]) -> None:
    for entry in sheet(formula, prices).scores:
        assert entry.points is not None
        assert 0 <= entry.points <= 100
        assert entry.points.as_tuple().exponent == -2


@given(BY_PRICE, PRICES)
def test_everybody_who_takes_part_has_a_place_and_equal_prices_an_equal_one(
    formula: Formula, prices: list[Decimal]
) -> None:
    answer = sheet(formula, prices)
    rank = {place.bidder: place.rank for place in answer.order}

    assert sorted(rank) == sorted(str(index) for index in range(len(prices)))
    for one, price in enumerate(prices):
        for other in range(one):
            if price == prices[other]:
                assert rank[str(one)] == rank[str(other)]


@given(PRICES)
def test_nearer_to_the_baseline_on_the_same_side_never_scores_less(prices: list[Decimal]) -> None:
    answer = sheet(Formula.TRIMMED_MEAN, prices)
    assert answer.baseline is not None
    above = sorted((entry for entry in answer.scores if entry.price >= answer.baseline), key=lambda entry: entry.price)

    got = [entry.points for entry in above if entry.points is not None]
    assert got == sorted(got, reverse=True)


@given(PRICES)
def test_the_lowest_price_has_full_points_low_price_first(prices: list[Decimal]) -> None:
    answer = sheet(Formula.LOW_PRICE_FIRST, prices)

    assert {entry.points for entry in answer.scores if entry.price == min(prices)} == {Decimal("100.00")}
