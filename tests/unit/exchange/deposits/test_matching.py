"""What a payment is for: numbers with check digits, payers by name and basic account, interest."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons.domain.money import Money
from exchange.deposits.domain.camt import Payment, read
from exchange.deposits.domain.interest import InterestTerms, Receipt, interest
from exchange.deposits.domain.matching import TROUBLE_TEXTS, Candidate, Trouble, match
from exchange.deposits.domain.numbers import is_whole, reference, same_account, same_name, sub_account_no, tokens
from tests.bank import ACCOUNT, Line, statement

AT = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
NUMBER, REFERENCE = sub_account_no(ACCOUNT, "00000007"), reference("00000007")
JINMA = Candidate(1, NUMBER, REFERENCE, True, "佛山金马印染有限公司", ("4400-1",))
OTHER = Candidate(
    2, sub_account_no(ACCOUNT, "00000008"), reference("00000008"), True, "佛山金马印染有限公司", ("44001",)
)
LINE = Line("6720.00", payer="佛山金马印染有限公司", payer_account="44001", credited=NUMBER)


def payment(**changes: Any) -> Payment:
    [found] = read(statement(replace(LINE, **changes), at=AT)).statements[0].payments
    return found


@given(st.from_regex(r"[0-9]{8}", fullmatch=True))
def test_numbers_carry_their_own_check(drawn: str) -> None:
    number, name = sub_account_no(ACCOUNT, drawn), reference(drawn)

    assert is_whole(number)
    assert len(number) == len(ACCOUNT) + 10
    assert tokens([f"投标保证金{number}", name]) == (number, name)


@given(st.from_regex(r"[0-9]{8}", fullmatch=True), st.integers(0, 28), st.integers(1, 9))
def test_one_wrong_digit_names_no_account(drawn: str, place: int, off: int) -> None:
    number = sub_account_no(ACCOUNT, drawn)
    wrong = number[:place] + str((int(number[place]) + off) % 10) + number[place + 1 :]

    assert wrong not in tokens([wrong])


@pytest.mark.parametrize(
    "text", ["{r}", "保证金{r}谢谢", "deposit {l}", "{g}", "ＬＣ{w}", "款项{n}", "{n} 6720", "{d}"]
)
def test_references_are_found_however_people_write_them(text: str) -> None:
    spaced, dashed = " ".join(NUMBER[i : i + 4] for i in range(0, 29, 4)), "-".join((NUMBER[:19], NUMBER[19:]))
    said = text.format(r=REFERENCE, l=REFERENCE.lower(), g=spaced, w=REFERENCE[2:], n=NUMBER, d=dashed)

    assert set(tokens([said])) & {REFERENCE, NUMBER}


def test_a_payment_to_the_virtual_account_from_the_basic_account_is_matched() -> None:
    found = match(payment(), [JINMA, OTHER])

    assert (found.candidate_id, found.trouble) == (1, None)


@pytest.mark.parametrize(
    ("changes", "candidate", "trouble"),
    [
        ({"credited": "", "text": "保证金"}, JINMA, Trouble.NAMES_NOTHING),
        ({"text": OTHER.reference}, JINMA, Trouble.NAMES_SEVERAL),
        ({"payer": "陈立"}, JINMA, Trouble.PAYER_NAME_DIFFERS),
        ({"payer": ""}, JINMA, Trouble.PAYER_NAME_DIFFERS),
        ({"payer_account": "44002"}, JINMA, Trouble.PAYER_ACCOUNT_DIFFERS),
        ({"payer_account": ""}, JINMA, Trouble.PAYER_ACCOUNT_DIFFERS),
        ({}, replace(JINMA, basic_accounts=()), Trouble.PAYER_ACCOUNT_UNKNOWN),
        ({}, replace(JINMA, open=False), Trouble.NO_LONGER_EXPECTED),
    ],
)
def test_what_is_not_clear_waits_for_a_person(changes: dict[str, Any], candidate: Candidate, trouble: Trouble) -> None:
    assert match(payment(**changes), [candidate, OTHER]).trouble is trouble


def test_every_trouble_is_explained() -> None:
    assert set(TROUBLE_TEXTS) == set(Trouble)


def test_names_and_accounts_are_compared_as_people_mean_them() -> None:
    assert same_name("佛山金马（集团）有限公司", "佛山金马(集团) 有限公司")
    assert not same_name("佛山金马有限公司", "佛山金马分公司")
    assert not same_name("", "")
    assert same_account("4400 1010-0012", "440010100012")
    assert not same_account("", "")


TERMS = InterestTerms(Decimal("0.0035"), 360)


@pytest.mark.parametrize(
    ("receipts", "until", "expected"),
    [
        ([("10080.00", date(2026, 6, 1))], date(2026, 6, 11), "0.98"),
        ([("10080.00", date(2026, 6, 1))], date(2026, 6, 1), "0.00"),
        ([("10080.00", date(2026, 6, 2))], date(2026, 6, 1), "0.00"),
        ([("100.00", date(2026, 1, 1)), ("100.00", date(2026, 1, 2))], date(2026, 1, 31), "0.06"),
        ([], date(2026, 1, 31), "0.00"),
        ([("514.29", date(2026, 6, 1))], date(2026, 6, 2), "0.01"),
        ([("514.28", date(2026, 6, 1))], date(2026, 6, 2), "0.00"),
    ],
    ids=["ten days", "same day", "before", "several are rounded once", "nothing", "half a fen up", "below half down"],
)
def test_interest_runs_from_receipt_to_refund(receipts: list[tuple[str, date]], until: date, expected: str) -> None:
    lying = [Receipt(Money(Decimal(amount)), on) for amount, on in receipts]

    assert interest(lying, until=until, terms=TERMS) == Decimal(expected)
