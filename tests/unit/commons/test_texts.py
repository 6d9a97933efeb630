"""Words for the reader: what fills their places is written as people write it."""

from django.utils import translation

from commons.texts import render


def test_amounts_have_their_thousands_grouped_and_codes_stay() -> None:
    with translation.override("en"):
        told = render("Pay the deposit of %(amount)s yuan: %(code)s", {"amount": "193080.00", "code": "20261127"})

    assert told == "Pay the deposit of 193,080.00 yuan: 20261127"
