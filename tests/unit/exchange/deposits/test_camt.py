"""Bank files: several versions read alike, and whatever is not exact is refused whole."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.deposits.domain import camt
from exchange.deposits.domain.camt import BankFile, BankFileRefused, Direction, fingerprints, read
from tests.bank import ACCOUNT, Line, details, opening_and_closing, statement

AT = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
LINE = Line(
    "6720.00",
    payer="佛山金马印染有限公司",
    payer_account="44001",
    credited="V1",
    text="保证金",
    bank_ref="R1",
    end_to_end="E1",
)


def only(file: BankFile) -> camt.Payment:
    [payment] = file.statements[0].payments
    return payment


@pytest.mark.parametrize("kind", ["camt.053", "camt.054"])
@pytest.mark.parametrize("version", ["02", "04", "06", "08", "12"])
def test_every_version_says_the_same(kind: str, version: str) -> None:
    file = read(statement(LINE, at=AT, kind=kind, version=version))

    payment = only(file)
    assert (file.kind, file.version) == (kind, f"{kind}.001.{version}")
    assert (payment.amount, payment.direction, payment.booked_at) == (Decimal("6720.00"), Direction.CREDIT, AT)
    assert (payment.debtor.name, payment.debtor.account, payment.creditor.account) == (
        "佛山金马印染有限公司",
        "44001",
        "V1",
    )
    assert (payment.bank_ref, payment.end_to_end_id, payment.remittance) == ("R1", "E1", ("保证金",))
    assert file.statements[0].account == ACCOUNT


@pytest.mark.parametrize("version", ["02", "08"])
def test_a_batched_entry_becomes_its_parts(version: str) -> None:
    parts = details(LINE, int(version), amount="6720.00") + details(
        replace(LINE, payer="澜石", end_to_end="E2"), int(version), amount="0.01"
    )

    payments = (
        read(statement(replace(LINE, amount="6720.01", extra=parts), at=AT, version=version)).statements[0].payments
    )

    assert [(payment.amount, payment.end_to_end_id) for payment in payments] == [
        (Decimal("6720.00"), "E1"),
        (Decimal("0.01"), "E2"),
    ]
    assert not any(payment.single for payment in payments)


def test_an_entry_without_details_is_still_money() -> None:
    payment = only(read(statement(replace(LINE, extra="<Btch><NbOfTxs>2</NbOfTxs></Btch>"), at=AT)))

    assert (payment.amount, payment.debtor.name, payment.bank_ref) == (Decimal("6720.00"), "", "R1")


def test_what_is_pending_is_counted_and_not_taken() -> None:
    found = read(statement(LINE, replace(LINE, status="PDNG"), at=AT)).statements[0]

    assert (len(found.payments), found.pending) == (1, 1)


def test_a_reversal_says_so() -> None:
    payment = only(read(statement(replace(LINE, direction="DBIT", reversal=True), at=AT)))

    assert (payment.reversal, payment.signed) == (True, Decimal("-6720.00"))


BATCH_OFF = details(LINE, amount="1.00") + details(LINE, amount="2.00")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (replace(LINE, amount="6720.001"), "more than 2 decimal places"),
        (replace(LINE, amount="-1.00"), "not a plain decimal number|negative"),
        (replace(LINE, amount="1e3"), "not a plain decimal number"),
        (replace(LINE, amount="１００"), "not a plain decimal number"),
        (replace(LINE, amount="NaN"), "not a plain decimal number"),
        (replace(LINE, amount="1,000.00"), "not a plain decimal number"),
        (replace(LINE, amount="1000000000000.00"), "too large"),
        (replace(LINE, amount=""), "not a plain decimal number"),
        (replace(LINE, currency="USD"), "only yuan"),
        (replace(LINE, currency=""), "only yuan"),
        (replace(LINE, direction="CREDIT"), "credit or debit"),
        (replace(LINE, status="DONE"), "status"),
        (replace(LINE, booked="<Dt>2026-13-01</Dt>"), "day cannot be read"),
        (replace(LINE, booked="<DtTm>yesterday</DtTm>"), "time cannot be read"),
        (replace(LINE, booked="<X/>"), "part is missing"),
        (replace(LINE, extra=BATCH_OFF), "do not add up"),
        (replace(LINE, extra=details(LINE, amount="1.00")), "do not add up"),
        (replace(LINE, extra=details(LINE) * 2), "no amount"),
    ],
)
def test_an_inexact_entry_refuses_the_whole_file_and_names_the_place(line: Line, reason: str) -> None:
    with pytest.raises(BankFileRefused, match=reason) as refusal:
        read(statement(LINE, replace(line, entry_ref="bad"), at=AT))

    assert "Ntry[bad]" in str(refusal.value.fields["place"])


BOMB = (
    b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><Document>&b;</Document>"""
)
EXTERNAL = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document>&x;</Document>"""


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (BOMB, "document type or entities"),
        (EXTERNAL, "document type or entities"),
        (b"", "well-formed"),
        (b"\x00\xff", "well-formed"),
        (b"PK\x03\x04", "well-formed"),
        (b'<?xml version="1.0" encoding="klingon"?><Document/>', "well-formed"),
        (statement(LINE, at=AT)[:-30], "well-formed"),
        (b"<Document/>", "neither camt.053 nor camt.054"),
        (statement(LINE, at=AT).replace(b"camt.053", b"camt.052"), "neither camt.053 nor camt.054"),
        (statement(LINE, at=AT).replace(b"urn:iso:std", b"urn:evil:std"), "neither camt.053 nor camt.054"),
        (statement(LINE, at=AT).replace(b"BkToCstmrStmt", b"BkToCstmrX"), "part is missing"),
        (statement(LINE, at=AT).replace(b"<MsgId>M1</MsgId>", b""), "part is missing"),
        (statement(LINE, at=AT).replace(b"<Ccy>CNY</Ccy>", b"<Ccy>HKD</Ccy>"), "only yuan"),
        (b" " * (camt.LARGEST_FILE_BYTES + 1), "larger than 20 MB"),
    ],
)
def test_what_is_no_bank_file_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(BankFileRefused, match=reason):
        read(content)


@given(st.binary(max_size=400))
def test_no_bytes_whatever_do_more_than_refuse(content: bytes) -> None:
    with pytest.raises(BankFileRefused):
        read(content)


@given(st.data())
def test_a_damaged_statement_is_read_or_refused_and_never_an_error(data: st.DataObject) -> None:
    content = bytearray(statement(LINE, at=AT))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

    with suppress(BankFileRefused):
        read(bytes(content))


def test_balances_must_fit_the_entries() -> None:
    lines = [LINE, replace(LINE, amount="20.00", direction="DBIT")]
    opening, closing = opening_and_closing(lines, "100.00")
    read(statement(*lines, at=AT, opening=opening, closing=closing))

    with pytest.raises(BankFileRefused, match="closing balance"):
        read(statement(*lines, at=AT, opening=opening, closing="6800.01"))


def test_an_entry_that_stands_twice_is_shown_and_not_booked() -> None:
    found = read(statement(replace(LINE, entry_ref="7"), replace(LINE, entry_ref="7"), at=AT)).statements[0]

    assert (len(found.payments), len(found.repeated)) == (1, 1)


def test_one_reference_for_two_different_entries_refuses_the_file() -> None:
    with pytest.raises(BankFileRefused, match="one entry reference"):
        read(statement(replace(LINE, entry_ref="7"), replace(LINE, entry_ref="7", amount="1.00"), at=AT))


def test_the_notice_and_the_statement_of_a_payment_have_one_fingerprint() -> None:
    notice = read(statement(replace(LINE, text="", payer=""), at=AT, kind="camt.054", message="N9", version="02"))
    daily = read(statement(replace(LINE, booked="<Dt>2026-06-01</Dt>"), at=AT))

    assert fingerprints(notice.statements[0]) == fingerprints(daily.statements[0])


def test_without_a_bank_reference_two_equal_payments_are_two() -> None:
    line = replace(LINE, bank_ref="")
    found = fingerprints(read(statement(line, line, at=AT)).statements[0])
    again = fingerprints(read(statement(line, line, at=AT, kind="camt.054")).statements[0])

    assert len(set(found)) == 2
    assert found == again


@pytest.mark.parametrize(
    ("created", "expected"),
    [
        (datetime(2026, 6, 1, 9, 0, tzinfo=UTC), datetime(2026, 6, 1, 9, 0, tzinfo=UTC)),
        (datetime(2026, 6, 3, 9, 0, tzinfo=UTC), datetime(2026, 6, 1, 15, 59, 59, 999000, tzinfo=UTC)),
    ],
    ids=["made during the day", "made later"],
)
def test_a_booking_with_a_day_only_had_arrived_by_the_end_of_it(created: datetime, expected: datetime) -> None:
    payment = replace(only(read(statement(LINE, at=AT))), booked_at=None, booked_on=date(2026, 6, 1))

    assert camt.arrived_by(payment, created) == expected
