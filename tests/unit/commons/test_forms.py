"""Numbers as people type them into forms."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from commons.forms import DecimalField


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1234.56", "1234.56"),
        ("１２３４．５６", "1234.56"),
        ("1,234,567.80", "1234567.80"),
        ("１，２３４", "1234"),
        (" 12 000 ", "12000"),
        ("-0.5", "-0.5"),
        (".5", "0.5"),
    ],
)
def test_numbers_are_read_as_they_are_typed(typed: str, meant: str) -> None:
    assert DecimalField().clean(typed) == Decimal(meant)


@pytest.mark.parametrize(
    "typed", ["1e5", "1_000", "NaN", "Infinity", "12,34", "1.234,56", "٣", "²", "十", "1.2.3", ".", "12元"]
)
def test_what_is_no_plain_number_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        DecimalField().clean(typed)


def test_nothing_is_nothing() -> None:
    assert DecimalField(required=False).clean("") is None
