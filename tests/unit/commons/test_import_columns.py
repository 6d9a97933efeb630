"""Columns of imports: what each accepts, and what it says about the rest."""

from datetime import date
from decimal import Decimal

import pytest

from commons.domain.refusals import Malformed
from commons.imports.domain import columns
from commons.imports.domain.columns import BadCell, CellMissing, NotAChoice
from commons.imports.domain.tables import HeadingsMissing, Line, match_headings


@pytest.mark.parametrize("cell", ["2026-01-05", "2026-1-5", "2026/1/5", "2026年1月5日", "20260105"])
def test_a_day_is_read_in_the_ways_people_write_it(cell):
    assert columns.day("on", "日期").read(cell) == date(2026, 1, 5)


@pytest.mark.parametrize(
    "cell", ["05/01/2026", "2026-02-30", "46027", "２０２６-01-05", "2026-01-05 10:00", "0000-01-01"]
)
def test_what_is_no_day_is_refused(cell):
    with pytest.raises(Malformed):
        columns.day("on", "日期").read(cell)


@pytest.mark.parametrize("cell", ["1,680.5", "1.6805", "１", "-1", "1e3", "NaN", "1 000", "=1"])
def test_a_quantity_is_a_plain_decimal_with_three_places(cell):
    with pytest.raises(Malformed):
        columns.decimal("quantity", "数量", places=3).read(cell)
    assert columns.decimal("quantity", "数量", places=3).read("1680.5") == Decimal("1680.5")


def test_a_choice_is_found_by_any_of_its_words_and_names_one_of_each():
    column = columns.choice("kind", "类型", choices={"企业": "E", "enterprise": "E", "机关": "G"})

    assert column.read("ＥＮＴＥＲＰＲＩＳＥ") == "E"
    with pytest.raises(NotAChoice) as refused:
        column.read("公司")
    assert refused.value.fields["choices"] == "企业、机关"


def test_a_code_is_read_as_it_is_meant():
    assert columns.uscc("uscc", "代码").read(" 91440300１922038216") == "914403001922038216"
    with pytest.raises(Malformed):
        columns.uscc("uscc", "代码").read("914403001922038217")


def test_an_empty_cell_is_missing_or_nothing():
    assert columns.text("name", "名称", required=False).read("") is None
    with pytest.raises(CellMissing):
        columns.text("name", "名称").read("")


def test_an_unusable_cell_says_why():
    with pytest.raises(Malformed) as refused:
        columns.text("name", "名称").read(BadCell("the cell holds a formula; paste its value"))
    assert "formula" in str(refused.value.fields["reason"])


def test_a_short_line_lacks_its_last_columns():
    declared = (columns.text("a", "甲"), columns.text("b", "乙", required=False))
    layout = match_headings(Line(1, ("乙", "甲")), declared)

    assert layout.values(Line(2, ("x",)), declared)[1][0].code == "IMPORT_CELL_MISSING"
    assert layout.values(Line(3, ("", "y")), declared) == ({"a": "y", "b": None}, ())


def test_a_missing_heading_is_named():
    with pytest.raises(HeadingsMissing) as refused:
        match_headings(Line(1, ("乙",)), (columns.text("a", "甲"), columns.text("b", "乙")))
    assert refused.value.fields["headings"] == "甲"
