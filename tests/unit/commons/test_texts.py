"""Words for the reader: what fills their places is written as people write it."""

from django.utils import translation

from commons.texts import render

NINE = "2026-03-02T09:00:00.000Z"


def test_amounts_have_their_thousands_grouped_and_codes_stay() -> None:
    with translation.override("en"):
        told = render("Pay the deposit of %(amount)s yuan: %(code)s", {"amount": "193080.00", "code": "20261127"})

    assert told == "Pay the deposit of 193,080.00 yuan: 20261127"


def test_an_instant_is_told_in_local_time() -> None:
    told = render(
        "It was possible until %(until)s; yours came at %(at)s.", {"until": NINE, "at": NINE.replace("000Z", "003Z")}
    )

    assert told == "It was possible until 2026-03-02 17:00:00 UTC+8; yours came at 2026-03-02 17:00:00.003 UTC+8."


def test_only_whole_instants_are_turned() -> None:
    assert render("%(label)s", {"label": f"see {NINE}"}) == f"see {NINE}"
