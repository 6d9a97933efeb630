"""Every formula against figures reckoned by hand."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from bidding.scoring.domain.engine import score
from bidding.scoring.domain.json_form import question_of, sheet_json
from bidding.scoring.domain.model import FlagCode, Sheet
from commons.domain.refusals import Malformed


def sheet(formula: str, bids: Any, **parameters: Any) -> Sheet:
    entries = bids if isinstance(bids, list) else [{"bidder": name, "price": price} for name, price in bids.items()]
    return score(question_of({"formula": formula, "parameters": parameters, "bids": entries}))


def points(answer: Sheet) -> dict[str, str]:
    return {entry.bidder: str(entry.points) for entry in answer.scores}


def test_the_fixed_example_of_the_command() -> None:
    bids = {"A": "9500000", "B": "9000000", "C": "9442000"}
    answer = sheet_json(sheet("trimmed_mean", bids, full="100", above="1", below="0.5"))

    assert answer["baseline"] == "9314000.00"
    assert answer["scores"][0] == {
        "bidder": "A",
        "price": "9500000.00",
        "deviation_percent": "2.00",
        "score": "98.00",
    }
    # (9000000 − 9314000) / 9314000 = −0.033713 → −3.37 % → 100 − 3.37 × 0.5 = 98.315 → 98.32
    assert answer["scores"][1]["deviation_percent"] == "-3.37"
    assert answer["scores"][1]["score"] == "98.32"


@pytest.mark.parametrize(
    ("trim", "prices", "baseline"),
    [
        (None, ["100", "200", "600"], "300.00"),
        (None, ["100", "200", "400", "900"], "300.00"),
        ("one_each", ["100", "100", "400", "900"], "250.00"),
        ("graded", ["100", "200", "600"], "300.00"),
        ("graded", ["100", "200", "300", "900"], "200.00"),
        ("graded", ["100", "200", "300", "400", "500", "600"], "300.00"),
        ("graded", ["1", "200", "300", "400", "500", "600", "9000"], "400.00"),
        ("none", ["100", "200", "400", "900"], "400.00"),
        (None, ["100", "100", "100.01"], "100.00"),
        (None, ["100", "100.01"], "100.01"),  # 100.005, half up
    ],
)
def test_the_trimmed_mean_leaves_out_what_its_rule_says(trim: str | None, prices: list[str], baseline: str) -> None:
    answer = sheet("trimmed_mean", {str(n): price for n, price in enumerate(prices)}, trim=trim)

    assert str(answer.baseline) == baseline


def test_the_drawn_float_lowers_the_mean() -> None:
    # mean (of the middle two) 1 000 000 × (1 − 0.0125) = 987 500
    bids = {"A": "990000", "B": "1010000", "C": "900000", "D": "1200000"}
    answer = sheet("floating", bids, delta="0.0125", above="2", below="1")

    assert str(answer.baseline) == "987500.00"
    # A +0.2532 % → 0.25 → 99.50; B +2.2785 → 2.28 → 95.44; C −8.8608 → 91.14; D +21.5190 → 56.96
    assert points(answer) == {"A": "99.50", "B": "95.44", "C": "91.14", "D": "56.96"}


def test_the_weighted_baseline_mixes_ceiling_and_mean() -> None:
    # 1 000 000 × 0.4 × 0.95 + 900 000 × 0.6 × 0.98 = 380 000 + 529 200 = 909 200
    bids = {"A": "850000", "B": "950000"}
    answer = sheet("weighted", bids, ceiling="1000000", weight="0.4", delta="0.05", factor="0.98")

    assert str(answer.baseline) == "909200.00"
    assert points(answer) == {"A": "93.49", "B": "95.51"}


def test_the_second_mean_is_of_the_bids_not_above_the_first() -> None:
    # first mean 400; not above it: 100, 300, 400 → 800/3 = 266.67
    answer = sheet("second_mean", {"A": "100", "B": "300", "C": "400", "D": "800"})

    assert str(answer.baseline) == "266.67"


def test_points_stop_at_zero() -> None:
    assert points(sheet("trimmed_mean", {"A": "1", "B": "1000"}, above="5")) == {"A": "0.20", "B": "0.00"}


def test_low_price_first_takes_the_small_firms_deduction_for_comparison_only() -> None:
    # A 1 000 000 × 0.9 = 900 000 is the base; B 900 000/950 000 × 30 = 28.42
    bids = [{"bidder": "A", "price": "1000000", "sme": True}, {"bidder": "B", "price": "950000"}]
    answer = sheet("low_price_first", bids, full="30", discount="0.10")

    assert str(answer.baseline) == "900000.00"
    assert points(answer) == {"A": "30.00", "B": "28.42"}
    assert answer.scores[0].price == Decimal(1000000)


def test_domestic_and_small_deductions_stand_side_by_side() -> None:
    # 1000 × (1 − 0.1 − 0.2) = 700
    bids = [{"bidder": "A", "price": "1000", "sme": True, "domestic": True}, {"bidder": "B", "price": "800"}]
    answer = sheet("low_price_first", bids, discount="0.10", domestic_discount="0.20")

    assert str(answer.baseline) == "700.00"
    assert points(answer) == {"A": "100.00", "B": "87.50"}


def test_a_consortium_brings_its_own_deduction() -> None:
    bids = [{"bidder": "A", "price": "1000", "sme": True, "discount": "0.04"}, {"bidder": "B", "price": "970"}]

    assert str(sheet("low_price_first", bids, discount="0.10").baseline) == "960.00"


def test_works_give_small_firms_a_share_of_their_score() -> None:
    bids = [{"bidder": "A", "price": "98", "sme": True}, {"bidder": "B", "price": "102"}]
    answer = sheet("trimmed_mean", bids, works_bonus="0.05")

    assert points(answer) == {"A": "102.90", "B": "98.00"}  # 98 × 1.05


def test_the_lowest_evaluated_price_gives_an_order_and_no_points() -> None:
    bids = [{"bidder": "A", "price": "100", "sme": True}, {"bidder": "B", "price": "95"}]
    answer = sheet("lowest_evaluated", bids, discount="0.06")

    assert [(place.rank, place.bidder) for place in answer.order] == [(1, "A"), (2, "B")]
    assert [entry.points for entry in answer.scores] == [None, None]


def test_the_reviewed_lowest_adds_what_the_document_converts() -> None:
    bids = [
        {"bidder": "A", "price": "100", "additions": [{"reason": "payment", "amount": "7.50"}]},
        {"bidder": "B", "price": "105", "additions": [{"reason": "delivery", "amount": "-1"}]},
    ]
    answer = sheet("reviewed_lowest", bids, cost_floor="101")

    assert [place.bidder for place in answer.order] == ["B", "A"]
    assert str(answer.baseline) == "104.00"
    assert [(flag.bidder, flag.code) for flag in answer.flags] == [("A", FlagCode.BELOW_COST_FLOOR)]


def test_quality_divides_the_price_by_an_exact_coefficient() -> None:
    # coefficient of A = 1 + 0.15/(1 − 0.2) = 1.1875; 1000/1.1875 = 842.105…
    features = {"warranty": {"1": "0", "3": "0.15"}, "delivery": {"slow": "0", "fast": "0.05"}}
    bids = [
        {"bidder": "A", "price": "1000", "features": {"warranty": "3", "delivery": "slow"}},
        {"bidder": "B", "price": "850", "features": {"warranty": "1", "delivery": "slow"}},
    ]
    answer = sheet("quality_weighted", bids, features=features)

    assert [place.bidder for place in answer.order] == ["A", "B"]
    assert answer.scores[0].comparable == Fraction(16000, 19)
    assert str(answer.baseline) == "842.11"


def test_the_cost_of_a_life_is_price_and_what_comes_after() -> None:
    bids = [
        {"bidder": "A", "price": "1000", "non_price_cost": "500"},
        {"bidder": "B", "price": "1200", "non_price_cost": "250.50"},
    ]

    assert [place.bidder for place in sheet("life_cycle_cost", bids).order] == ["B", "A"]


def test_the_greatest_net_present_value_wins() -> None:
    # A: year 1: 110 × 0.5 / 1.1 = 50; year 2: 121 / 1.21 = 100 → 150.  B: 110 × 0.2/1.1 + 121 × 0.2/1.21 = 20 + 20 = 40
    bids = [
        {"bidder": "A", "energy": {"savings": ["110", "121"], "share": "0.5", "contract_years": 1}},
        {"bidder": "B", "energy": {"savings": ["110", "121"], "share": "0.8", "contract_years": 2}},
    ]
    answer = sheet("energy_performance", bids, discount_rate="0.1")

    assert str(answer.baseline) == "150.00"
    assert [place.bidder for place in answer.order] == ["A", "B"]


def test_who_pays_most_scores_full_where_rights_are_sold() -> None:
    answer = sheet("highest_price", {"A": "150", "B": "200"})

    assert points(answer) == {"A": "75.00", "B": "100.00"}
    assert [place.bidder for place in answer.order] == ["B", "A"]


def test_a_discount_rate_is_taken_off_the_ceiling() -> None:
    bids = [{"bidder": "A", "rate": "0.055"}, {"bidder": "B", "rate": "0.045"}]
    answer = sheet("trimmed_mean", bids, ceiling="1000000")

    assert [str(entry.price) for entry in answer.scores] == ["945000.00", "955000.00"]


def test_below_the_start_price_or_the_reserve_of_a_right_nobody_takes_part() -> None:
    bids = {"A": "99.99", "B": "100", "C": "119.99", "D": "120"}
    without = sheet("highest_price", bids, full="60", start_price="100")
    answer = sheet_json(sheet("highest_price", bids, full="60", start_price="100", reserve="120"))

    assert points(without) == {"B": "50.00", "C": "60.00", "D": "60.00"}
    assert answer["refused"] == [
        {"bidder": "A", "code": "BELOW_START"},
        {"bidder": "B", "code": "BELOW_RESERVE"},
        {"bidder": "C", "code": "BELOW_RESERVE"},
    ]
    assert [entry["bidder"] for entry in answer["scores"]] == ["D"]


def test_above_the_ceiling_takes_no_part_and_moves_no_mean() -> None:
    answer = sheet("trimmed_mean", {"A": "100", "B": "200", "C": "200.01"}, ceiling="200")

    assert str(answer.baseline) == "150.00"
    assert sheet_json(answer)["refused"] == [{"bidder": "C", "code": "ABOVE_CEILING"}]


def test_equal_points_go_by_price_and_equal_prices_stay_tied() -> None:
    # baseline 100: 99 loses 1 × 2, 102 loses 2 × 1
    answer = sheet("trimmed_mean", {"A": "102", "B": "99", "C": "99"}, above="1", below="2")

    assert [(place.rank, place.bidder, place.tied) for place in answer.order] == [
        (1, "B", True),
        (1, "C", True),
        (3, "A", False),
    ]


@pytest.mark.parametrize(
    ("rule", "flagged"),
    [
        ({"against": "mean", "share": "0.5"}, []),
        ({"against": "mean", "share": "0.43"}, ["A"]),
        ({"against": "next", "share": "0.5"}, []),
        ({"against": "next", "share": "0.5", "inclusive": True}, ["A", "B"]),
        ({"against": "others_mean", "share": "0.4"}, ["A"]),
        ({"against": "ceiling", "share": "0.45"}, ["A", "B"]),
    ],
)
def test_abnormally_low_prices_are_flagged_by_the_rule_in_force(rule: dict[str, Any], flagged: list[str]) -> None:
    prices = {"A": "50", "B": "100", "C": "200"}
    if rule == {"against": "mean", "share": "0.5"}:
        prices["A"] = "60"  # mean 120, half of it 60: at the limit, not below
    answer = sheet("low_price_first", prices, ceiling="300", abnormally_low=[rule])

    assert [flag.bidder for flag in answer.flags] == flagged
    assert len(answer.scores) == 3, "a flag rejects nobody"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"formula": "cheapest"}, "formula"),
        ({"formula": "weighted"}, "parameters.ceiling"),
        ({"parameters": {"discount": "1.1"}}, "parameters.discount"),
        ({"parameters": {"discount": "0.9", "domestic_discount": "0.1"}}, "parameters.discount"),
        ({"parameters": {"nonsense": "1"}}, "parameters.nonsense"),
        ({"bids": [{"bidder": "A", "price": "0"}]}, "bids[0].price"),
        ({"bids": [{"bidder": "A", "price": 5}]}, "bids[0].price"),
        ({"bids": [{"bidder": "A", "price": "1", "rate": "0.1"}]}, "bids[0]"),
        ({"bids": [{"bidder": "A"}]}, "bids[0]"),
        ({"bids": [{"bidder": "A", "price": "1"}, {"bidder": "A", "price": "2"}]}, "bids"),
        ({"bids": [{"bidder": "A", "price": "1", "sme": "yes"}]}, "bids[0].sme"),
        ({"formula": "quality_weighted", "parameters": {"features": {"f": {"x": "1"}}}}, "parameters.features"),
        ({"formula": "energy_performance", "parameters": {"discount_rate": "0.1"}}, "bids.A.energy"),
    ],
)
def test_what_cannot_be_scored_is_refused_with_its_place(change: dict[str, Any], field: str) -> None:
    question = {"formula": "trimmed_mean", "bids": [{"bidder": "A", "price": "1"}]} | change

    with pytest.raises(Malformed) as refused:
        score(question_of(question))
    assert refused.value.fields["field"] == field


def test_no_bid_left_is_an_answer() -> None:
    answer = sheet("floating", {"A": "2"}, ceiling="1")

    assert (answer.baseline, answer.scores) == (None, ())
