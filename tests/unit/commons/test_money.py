"""Amounts are exact, plainly spelled, and read aloud the way contracts do."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons.domain.money import (
    as_text,
    capital_yuan,
    money,
    normal_text,
    parse_decimal,
    quantity,
    round_money,
    unit_price,
)
from commons.domain.refusals import Malformed


@pytest.mark.parametrize(
    "text",
    [
        "１２",
        "1e3",
        "NaN",
        "Infinity",
        "-0.5",
        "+1",
        " 1",
        "1 ",
        "1,000",
        "01",
        ".5",
        "5.",
        "",
        "1.001",
        "1000000000000",
        "0x10",
        "1_0",
        "٣",
    ],
)
def test_a_price_that_is_not_plainly_spelled_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        unit_price(text)


def test_zero_is_refused_where_it_makes_no_sense() -> None:
    with pytest.raises(Malformed):
        parse_decimal("0", field="step", places=2, allow_zero=False)


def test_places_are_fixed_by_the_kind() -> None:
    assert as_text(money("12.3")) == "12.30"
    assert as_text(quantity("1.68")) == "1.680"
    assert normal_text(Decimal("12.00")) == "12"
    assert normal_text(Decimal("100")) == "100"


def test_products_are_rounded_half_up() -> None:
    assert round_money(Decimal("1.680") * Decimal("20000.30") / 100) == Decimal("336.01")
    assert round_money(Decimal("0.125")) == Decimal("0.13")


@pytest.mark.parametrize(
    ("amount", "spoken"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("1.05", "壹元零伍分"),
        ("10.00", "壹拾元整"),
        ("1680.50", "壹仟陆佰捌拾元伍角整"),
        ("33600.00", "叁万叁仟陆佰元整"),
        ("100000.01", "壹拾万元零壹分"),
        ("10001000.00", "壹仟万壹仟元整"),
        ("10100000.00", "壹仟零壹拾万元整"),
        ("200000005.00", "贰亿零伍元整"),
        ("100010001.00", "壹亿零壹万零壹元整"),
        ("-3.20", "负叁元贰角整"),
    ],
)
def test_capital_figures(amount: str, spoken: str) -> None:
    assert capital_yuan(Decimal(amount)) == spoken


@given(st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2))
def test_capital_figures_read_back_to_the_amount(amount: Decimal) -> None:
    assert read_capital(capital_yuan(amount)) == amount


def read_capital(text: str) -> Decimal:
    """An independent reader of capital figures."""
    digits = {character: value for value, character in enumerate("零壹贰叁肆伍陆柒捌玖")}
    total, section, digit, fraction = 0, 0, 0, Decimal(0)
    for character in text:
        if character in digits:
            digit = digits[character]
        elif character in "拾佰仟":
            section += digit * {"拾": 10, "佰": 100, "仟": 1000}[character]
            digit = 0
        elif character == "万":
            total, section, digit = total + (section + digit) * 10**4, 0, 0
        elif character == "亿":
            total, section, digit = (total + section + digit) * 10**8, 0, 0
        elif character == "元":
            total, section, digit = total + section + digit, 0, 0
        elif character == "角":
            fraction, digit = fraction + Decimal(digit) / 10, 0
        elif character == "分":
            fraction, digit = fraction + Decimal(digit) / 100, 0
    return total + fraction
