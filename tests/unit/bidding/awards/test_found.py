"""What a committee finds beside the price, and the order that follows from it."""

from decimal import Decimal

import pytest

from bidding.awards.domain.found import Fact, Found, facts_asked, reckon
from bidding.scoring.domain.model import BEYOND_PRICE, Formula
from commons.domain.refusals import Malformed


def bid(name: str, price: str, **facts: str) -> Found:
    return Found(name, Decimal(price), facts)


def order(formula: Formula, parameters: dict[str, str], *bids: Found) -> list[str]:
    return [place.bidder for place in reckon(formula, parameters, bids).order]


def test_every_method_beyond_the_price_asks_for_what_it_compares() -> None:
    assert {formula for formula in Formula if facts_asked(formula)} == BEYOND_PRICE
    assert facts_asked("none") == ()


def test_the_costs_of_the_life_turn_the_order_of_the_prices() -> None:
    cheap, lasting = bid("甲", "900000", COST="400000"), bid("乙", "1000000", COST="250000.50")
    assert order(Formula.LIFE_CYCLE_COST, {}, cheap, lasting) == ["乙", "甲"]


def test_what_the_documents_convert_may_raise_and_lower() -> None:
    late, early = bid("甲", "900000", ADDITION="60000"), bid("乙", "930000", ADDITION="-5000")
    assert order(Formula.REVIEWED_LOWEST, {"discount": "0"}, late, early) == ["乙", "甲"]


def test_quality_divides_the_price_and_stays_within_what_the_notice_allows() -> None:
    plain, good = bid("甲", "1000000", QUALITY="0"), bid("乙", "1080000", QUALITY="0.1")
    given = {"quality_greatest": "0.2"}
    sheet = reckon(Formula.QUALITY_WEIGHTED, given, [plain, good])
    assert [place.bidder for place in sheet.order] == ["乙", "甲"]
    assert sheet.scores[1].comparable == Decimal(1080000) / (1 + Decimal("0.125"))
    with pytest.raises(Malformed):
        reckon(Formula.QUALITY_WEIGHTED, given, [plain, bid("丙", "1", QUALITY="0.21")])


def test_the_greatest_value_of_the_savings_wins() -> None:
    more = bid("甲", "1", SAVINGS="100000 100000 100000", SHARE="0.8", YEARS="3")
    longer = bid("乙", "1", SAVINGS="100000 100000 100000", SHARE="0.8", YEARS="2")
    assert order(Formula.ENERGY_PERFORMANCE, {"discount_rate": "0.06"}, more, longer) == ["乙", "甲"]


ENERGY = {"SAVINGS": "100000 90000", "SHARE": "0.8", "YEARS": "2"}


@pytest.mark.parametrize(
    ("formula", "facts"),
    [
        (Formula.LIFE_CYCLE_COST, {}),
        (Formula.LIFE_CYCLE_COST, {"COST": "-1"}),
        (Formula.REVIEWED_LOWEST, {"ADDITION": "one"}),
        (Formula.ENERGY_PERFORMANCE, ENERGY | {"YEARS": "3"}),
        (Formula.ENERGY_PERFORMANCE, ENERGY | {"YEARS": "0"}),
        (Formula.ENERGY_PERFORMANCE, ENERGY | {"SHARE": "1.2"}),
        (Formula.ENERGY_PERFORMANCE, ENERGY | {"SAVINGS": " ".join(["1"] * 41)}),
    ],
)
def test_what_is_missing_or_cannot_be_read_is_refused_with_its_name(formula: Formula, facts: dict[str, str]) -> None:
    with pytest.raises(Malformed) as caught:
        reckon(formula, {"discount_rate": "0.06"}, [bid("甲", "100", **facts)])
    assert str(caught.value.fields["field"]) in [fact.value for fact in Fact]
