"""Amounts that contradict each other: 87号令 art. 59, case by case and in its order."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.scoring.domain.capitals import parse_capitals
from bidding.scoring.domain.corrections import correct
from bidding.scoring.domain.engine import score
from bidding.scoring.domain.json_form import question_of
from bidding.scoring.domain.model import FlagCode, Line, Quoted, RefusedCode
from commons.domain.money import capital_yuan
from commons.domain.refusals import Malformed

D = Decimal


def line(unit_price: str, quantity: str, total: str) -> Line:
    return Line(D(unit_price), D(quantity), D(total))


@pytest.mark.parametrize(
    ("quoted", "amount", "conflicts"),
    [
        (Quoted(D("100.00")), "100.00", 0),
        (Quoted(D("100.00"), D("100.00"), D("100.00"), (line("10", "10", "100.00"),)), "100.00", 0),
        # 1: the opening sheet over the details
        (Quoted(D("100.00"), None, D("90.00")), "100.00", 1),
        # 2: words over figures
        (Quoted(D("100.00"), D("120.00")), "120.00", 1),
        # 1 and 2 together: the words of the sheet over the details that agree with its figures
        (Quoted(D("100.00"), D("120.00"), D("100.00")), "120.00", 2),
        # 3: a misplaced point: 1.25 × 100 ≠ 1250, 12.5 × 100 = 1250; the total counts and all agrees
        (Quoted(D("1250.00"), None, D("1250.00"), (line("1.25", "100", "1250.00"),)), "1250.00", 1),
        # 4: the unit price over the total: 12.5 × 100 = 1250 ≠ 1300; details and sheet differ then, the sheet counts
        (Quoted(D("1300.00"), None, D("1300.00"), (line("12.5", "100", "1300.00"),)), "1300.00", 3),
    ],
)
def test_conflicts_are_settled_in_the_order_of_the_article(quoted: Quoted, amount: str, conflicts: int) -> None:
    correction = correct(quoted)

    assert str(correction.amount) == amount
    assert len(correction.steps) == conflicts
    assert correction.needs_confirmation is bool(conflicts)


@pytest.mark.parametrize(
    ("confirmed", "refused"),
    [(True, None), (False, RefusedCode.CORRECTION_REFUSED), (None, RefusedCode.CORRECTION_UNCONFIRMED)],
)
def test_a_corrected_price_counts_only_with_its_bidders_word(confirmed: Any, refused: RefusedCode | None) -> None:
    quoted = {"sheet_figures": "100.00", "sheet_words": "壹佰贰拾元整", "confirmed": confirmed}
    bids = [{"bidder": "A", "quoted": quoted}, {"bidder": "B", "price": "100"}]
    answer = score(question_of({"formula": "trimmed_mean", "bids": bids}))

    assert [entry.code for entry in answer.refused] == ([refused] if refused else [])
    assert str(answer.baseline) == ("100.00" if refused else "110.00")
    assert [flag.code for flag in answer.flags] == [FlagCode.CORRECTED]


@given(st.decimals(min_value=0, max_value=D("99999999999.99"), places=2))
def test_what_is_written_in_capitals_is_read_back(amount: Decimal) -> None:
    assert parse_capitals(capital_yuan(amount)) == amount


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        ("人民币壹仟贰佰叁拾肆万伍仟陆佰柒拾捌元玖角壹分", "12345678.91"),
        ("拾万圆正", "100000.00"),
        ("壹万亿元整", "1000000000000.00"),
        ("叁拾亿零伍元整", "3000000005.00"),
        ("伍角", "0.50"),
        ("一百二十三元", "123.00"),
    ],
)
def test_common_spellings_are_read(words: str, amount: str) -> None:
    assert str(parse_capitals(words)) == amount


@pytest.mark.parametrize("words", ["", "整", "壹贰叁元", "壹X元", "12元", "壹元伍", "壹元伍元"])
def test_what_is_no_amount_is_refused(words: str) -> None:
    with pytest.raises(Malformed):
        parse_capitals(words)
