"""Rule parameters: the seed file, kinds and bounds, and which of several rows holds."""

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons.domain.refusals import Malformed
from commons.parameters import definitions
from commons.parameters.domain.legality import MethodUnlawful, Rule, Verdict, require_lawful
from commons.parameters.domain.values import BEGINNING, Definition, Kind, ParameterUnknown, Row, in_force

ON = date(2026, 11, 23)


def row(number, *, trade_type="", region="", valid_from=BEGINNING, value="1"):
    return Row(number, "k", trade_type, region, valid_from, value, "source", "D")


def held(rows, *, trade_type="EMISSION_RIGHTS", region="440604", on=ON):
    found = in_force(rows, trade_type=trade_type, region=region, on=on).get("k")
    return found and found.id


def test_every_value_of_the_seed_file_is_of_its_kind_and_has_a_source():
    rows = list(definitions.seed_rows())

    assert len(rows) > 100
    assert {row.mark for row in rows} == {"V", "V2", "R", "D"}
    assert len({(row.key, row.trade_type, row.region, row.valid_from) for row in rows}) == len(rows)


def test_numbers_that_wait_for_their_rule_have_the_same_form_and_are_known_to_nobody():
    rows = list(definitions.seed_rows(definitions.AWAITING))

    assert {"land.floor_minutes", "rounds.count"} <= {row.key for row in rows}
    with pytest.raises(ParameterUnknown):
        definitions.definition("land.floor_minutes")


def test_every_definition_is_named_in_both_languages():
    for definition in definitions.definitions().values():
        assert not re.search(r"[\u4e00-\u9fff]", definition.label)
        assert not definition.label_zh.isascii()


@pytest.mark.parametrize(
    ("key", "trade_type", "region", "value"),
    [
        # 佛山 PW2018(SZ)GK0005: contract within 3, payment within 7 working days.
        ("contract.working_days", "EMISSION_RIGHTS", "440600", 3),
        ("contract.working_days", "EMISSION_RIGHTS", "440604", 3),
        ("contract.working_days", "EMISSION_RIGHTS", "360000", 5),
        ("payment.working_days", "EMISSION_RIGHTS", "440600", 7),
        # 宁夏 2025: step 500, notice 7, registration 5, waiting 4 minutes.
        ("room.step", "EMISSION_RIGHTS", "640100", Decimal(500)),
        ("room.waiting_seconds", "EMISSION_RIGHTS", "640000", 240),
        # 武义, 衡水: deposit 30 %, top 70 %, ten quotes.
        ("deposit.share", "EMISSION_RIGHTS", "330723", Decimal("0.30")),
        ("room.top_share", "EMISSION_RIGHTS", "330723", Decimal("0.70")),
        ("room.quotes_limit", "EMISSION_RIGHTS", "131100", 10),
        # 广东碳: at least 1,000 t per order, at most half for one bidder, 16.09 since March 2017.
        ("order.minimum", "CARBON_ALLOWANCES", "440600", Decimal(1000)),
        ("bidder.cap_share", "CARBON_ALLOWANCES", "440000", Decimal("0.50")),
        ("supermarket.best_price_factors", "SUPERMARKET", "", tuple(map(Decimal, ("0.95", "0.96", "0.97", "0.98")))),
        ("deposit.counts_towards_price", "LAND", "440600", True),
    ],
)
def test_numbers_of_real_notices_and_laws(key, trade_type, region, value):
    found = in_force(definitions.seed_rows(), trade_type=trade_type, region=region, on=ON)[key]
    assert definitions.definition(key).parse(found.value) == value


def test_a_value_holds_from_its_day_on():
    rows = [row(1), row(2, valid_from=ON)]

    assert held(rows, on=date(2026, 11, 22)) == 1
    assert held(rows, on=ON) == 2


def test_a_nearer_region_beats_a_trade_and_a_newer_day():
    rows = [
        row(1, trade_type="EMISSION_RIGHTS", valid_from=ON),
        row(2, region="440000"),
        row(3, region="440600"),
        row(4, region="440100"),
    ]

    assert held(rows) == 3
    assert held(rows, region="440300") == 2
    assert held(rows, region="330000") == 1


def test_in_one_region_the_trade_beats_all_trades():
    rows = [row(1, region="440600", valid_from=ON), row(2, region="440600", trade_type="EMISSION_RIGHTS")]

    assert held(rows) == 2
    assert held(rows, trade_type="LAND") == 1


def test_of_two_rows_of_one_day_the_later_entry_corrects_the_earlier():
    assert held([row(7), row(3)]) == 7


def test_rows_of_other_trades_and_later_days_do_not_hold():
    assert held([row(1, trade_type="LAND"), row(2, valid_from=date(2026, 11, 24))]) is None


@given(
    st.permutations(
        [
            row(n, region=r, trade_type=t)
            for n, (r, t) in enumerate(
                [("", ""), ("", "EMISSION_RIGHTS"), ("440000", ""), ("440600", "EMISSION_RIGHTS"), ("440604", "")]
            )
        ]
    )
)
def test_the_order_of_rows_does_not_matter(rows):
    assert held(rows) == 4


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("integer", "3.5"),
        ("integer", "-1"),
        ("integer", "３"),
        ("integer", ""),
        ("decimal", "1e3"),
        ("decimal", "NaN"),
        ("decimal", "0.1234567"),
        ("flag", "yes"),
        ("flag", "True"),
        ("text", ""),
        ("decimals", "0.1,,0.2"),
    ],
)
def test_a_value_of_another_kind_is_refused(kind, text):
    with pytest.raises(Malformed):
        Definition("k", "k", "k", Kind(kind)).parse(text)


def test_a_value_out_of_bounds_or_out_of_the_words_is_refused():
    with pytest.raises(Malformed):
        definitions.definition("deposit.share").parse("1.01")
    with pytest.raises(Malformed):
        definitions.definition("opening.decrypt_minutes").parse("29")
    with pytest.raises(Malformed):
        definitions.definition("supermarket.after_refusal").parse("NOBODY")


def rule(number, verdict, *, sector="WORKS", region="", valid_from=BEGINNING):
    return Rule(number, "AWARD_SEPARATION", sector, region, valid_from, Verdict(verdict), f"article {number}")


def test_an_unlawful_method_is_refused_with_its_article():
    with pytest.raises(MethodUnlawful) as refused:
        require_lawful([rule(1, "BARRED")], method="AWARD_SEPARATION", sector="WORKS", region="440600", on=ON)
    assert refused.value.fields["article"] == "article 1"


def test_a_reform_basis_allows_the_method_in_its_region_from_its_day():
    rules = [rule(1, "BARRED"), rule(2, "LAWFUL", region="440600", valid_from=ON)]

    def allowed(region, on):
        return require_lawful(rules, method="AWARD_SEPARATION", sector="WORKS", region=region, on=on).id

    assert allowed("440604", ON) == 2
    for region, on in (("440604", date(2026, 11, 22)), ("440100", ON), ("", ON)):
        with pytest.raises(MethodUnlawful):
            allowed(region, on)


def test_what_no_article_allows_is_refused():
    with pytest.raises(MethodUnlawful):
        require_lawful([], method="LOTTERY", sector="LAND", region="", on=ON)
