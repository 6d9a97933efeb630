"""Double entry: what a transfer may be, before any table sees it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons.domain.refusals import Malformed
from exchange.ledger.domain.postings import (
    Account,
    Leg,
    NotEnough,
    Unbalanced,
    balanced,
    digest,
    move,
    reversed_legs,
    take,
)
from exchange.ledger.domain.units import CNY, rights

NH3N = rights("NH3-N t/a")
BANK = Account("bank", "BANK", CNY, may_go_negative=True)
JINMA = Account("organisation:1", "DEPOSIT", CNY, "lot:1")
LANSHI = Account("organisation:2", "DEPOSIT", CNY, "lot:1")
HELD = Account("organisation:1", "INITIAL", NH3N)
BOUGHT = Account("organisation:1", "PURCHASED", NH3N)


def test_a_move_takes_what_it_gives() -> None:
    legs = move(BANK, JINMA, Decimal("33600.00"))

    assert [(leg.account.owner, leg.steps) for leg in legs] == [("bank", -3360000), ("organisation:1", 3360000)]


@pytest.mark.parametrize(
    ("legs", "why"),
    [
        ((Leg(JINMA, Decimal("1")),), "legs"),
        ((Leg(JINMA, Decimal("1")), Leg(BANK, Decimal("-1.01"))), "cancel out"),
        ((Leg(JINMA, Decimal(0)), Leg(BANK, Decimal(0))), "moves nothing"),
        ((Leg(JINMA, Decimal("1")), Leg(JINMA, Decimal("-1"))), "two legs"),
        ((Leg(HELD, Decimal("1")), Leg(BANK, Decimal("-1"))), "crosses books"),
    ],
)
def test_what_is_no_balanced_transfer_is_a_mistake(legs: tuple[Leg, ...], why: str) -> None:
    with pytest.raises(Unbalanced, match=why):
        balanced(legs)


def test_each_unit_must_cancel_out_by_itself() -> None:
    cod = rights("COD t/a")
    legs = (Leg(HELD, Decimal("-1")), Leg(Account("organisation:2", "INITIAL", cod), Decimal("1")))

    with pytest.raises(Unbalanced, match="cancel out"):
        balanced(legs)


@pytest.mark.parametrize("amount", ["0.001", "NaN", "Infinity", "1e-9"])
def test_an_amount_that_the_unit_cannot_tell_is_refused(amount: str) -> None:
    with pytest.raises(Malformed):
        CNY.steps(Decimal(amount))


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_steps_and_amounts_are_two_spellings_of_one_number(steps: int) -> None:
    assert NH3N.steps(NH3N.amount(steps)) == steps


@given(st.lists(st.integers(min_value=1, max_value=10**9), min_size=1, max_size=20))
def test_reversing_undoes_every_leg(amounts: list[int]) -> None:
    accounts = [Account(f"organisation:{n}", "INITIAL", NH3N) for n in range(len(amounts))]
    legs = [Leg(account, NH3N.amount(steps)) for account, steps in zip(accounts, amounts, strict=True)]
    legs.append(Leg(Account("region:440600", "ISSUED", NH3N, may_go_negative=True), NH3N.amount(-sum(amounts))))

    undone = reversed_legs(balanced(legs))

    assert {leg.account: leg.steps for leg in undone} == {leg.account: -leg.steps for leg in legs}
    assert reversed_legs(undone) == tuple(legs)


def test_the_digest_does_not_depend_on_the_order_of_legs_but_on_everything_else() -> None:
    legs = move(BANK, JINMA, Decimal("1.00"))
    base = digest(kind="RECEIPT", legs=legs, document_ref="camt:1", corrects="")

    assert digest(kind="RECEIPT", legs=tuple(reversed(legs)), document_ref="camt:1", corrects="") == base
    assert digest(kind="RECEIPT", legs=move(BANK, LANSHI, Decimal("1.00")), document_ref="camt:1", corrects="") != base
    assert digest(kind="RECEIPT", legs=legs, document_ref="camt:2", corrects="") != base


def test_taking_goes_through_the_accounts_in_their_order() -> None:
    parts = take([(HELD, Decimal("1.500")), (BOUGHT, Decimal("2.000"))], Decimal("1.680"))

    assert parts == [(HELD, Decimal("1.500")), (BOUGHT, Decimal("0.180"))]


def test_taking_more_than_there_is_is_refused_with_both_numbers() -> None:
    with pytest.raises(NotEnough) as refusal:
        take([(HELD, Decimal("1.500"))], Decimal("1.501"))

    assert refusal.value.fields == {"available": "1.500", "needed": "1.501", "unit": "NH3-N t/a"}
