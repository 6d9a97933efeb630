"""CSV for spreadsheets: data stays data."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons.domain.csv_safe import lines, safe


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)", "\t=1", " =1", "\r=1", "＝1", "＠x", "-", "+", "-1e5", "\n=1"],
)
def test_what_a_spreadsheet_would_run_is_made_text(cell):
    assert safe(cell) == "'" + cell


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (Decimal("-5.00"), "-5.00"),
        (-3, "-3"),
        ("-5.00", "-5.00"),
        (Decimal("1E+3"), "1000"),
        (None, ""),
        (True, "TRUE"),
        (date(2026, 1, 5), "2026-01-05"),
        (datetime(2026, 1, 5, 2, 0, 1, tzinfo=UTC), "2026-01-05 10:00:01"),
        ("佛山", "佛山"),
    ],
)
def test_plain_values_stay_as_they_are(cell, text):
    assert safe(cell) == text


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=2, max_size=2)
    )
)
def test_every_cell_comes_back_from_the_file(rows):
    text = "".join(lines(["a", "b"], rows))

    assert text.startswith("\ufeff")
    read = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert read == [["a", "b"], *([safe(cell) for cell in row] for row in rows)]
