"""Posting on a real database: once per key, never below zero, append-only, and the pair of races."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction

from commons.domain.actor import system_actor
from commons.domain.refusals import IdempotencyConflict
from exchange.ledger import queries, services
from exchange.ledger.domain.postings import Account, Leg, NotEnough, move
from exchange.ledger.domain.units import Book, rights
from exchange.ledger.models import LedgerAccount, LedgerLeg, LedgerTransfer

AT = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
NH3N = rights("NH3-N t/a")
ISSUED = Account("region:440600", "ISSUED", NH3N, may_go_negative=True)
JINMA = Account("organisation:1", "INITIAL", NH3N)
LANSHI = Account("organisation:2", "PURCHASED", NH3N)
NANFENG = Account("organisation:3", "PURCHASED", NH3N)


def post(key: str, source: Account, target: Account, amount: str) -> services.Posted:
    return services.post(
        actor=system_actor("test"),
        key=key,
        kind="TRANSFER",
        legs=move(source, target, Decimal(amount)),
        document_ref="佛环〔2026〕1号",
        at=AT,
        stream="account:test",
    )


@pytest.mark.django_db
def test_a_transfer_moves_both_balances_and_leaves_its_lines() -> None:
    post("k1", ISSUED, JINMA, "4.048")
    post("k2", JINMA, LANSHI, "1.680")

    assert queries.balance(JINMA) == Decimal("2.368")
    assert queries.balance(LANSHI) == Decimal("1.680")
    assert [(line.amount, line.balance) for line in queries.lines(JINMA)] == [
        (Decimal("-1.680"), Decimal("2.368")),
        (Decimal("4.048"), Decimal("4.048")),
    ]
    assert queries.totals(Book.RIGHTS) == {"NH3-N t/a": Decimal("0.000")}
    assert queries.wrong_balances(Book.RIGHTS) == []


@pytest.mark.django_db
def test_the_same_key_posts_once_and_another_body_under_it_is_a_conflict() -> None:
    first = post("k1", ISSUED, JINMA, "1")
    again = post("k1", ISSUED, JINMA, "1.000")

    assert (first.id, first.fresh, again.fresh) == (again.id, True, False)
    assert queries.balance(JINMA) == Decimal("1.000")
    with pytest.raises(IdempotencyConflict):
        post("k1", ISSUED, JINMA, "2")


@pytest.mark.django_db
def test_a_transfer_beyond_the_balance_moves_nothing_at_all() -> None:
    post("k1", ISSUED, JINMA, "1")
    legs = [Leg(ISSUED, Decimal("-1")), Leg(LANSHI, Decimal("2.001")), Leg(JINMA, Decimal("-1.001"))]

    with pytest.raises(NotEnough) as refusal:
        services.post(
            actor=system_actor("test"), key="k2", kind="T", legs=legs, document_ref="d", at=AT, stream="account:test"
        )

    assert refusal.value.fields == {"available": "1.000", "needed": "1.001", "unit": "NH3-N t/a"}
    assert (queries.balance(JINMA), queries.balance(LANSHI)) == (Decimal("1.000"), Decimal("0.000"))
    assert not LedgerTransfer.objects.filter(key="k2").exists()


@pytest.mark.django_db
def test_a_transfer_is_corrected_by_its_reversal_once() -> None:
    first = post("k1", ISSUED, JINMA, "1")
    arguments: dict[str, Any] = {"transfer_id": first.id, "reason": "wrong enterprise", "document_ref": "d", "at": AT}

    undone = services.reverse(actor=system_actor("test"), key="r1", stream="account:test", **arguments)

    assert queries.balance(JINMA) == 0
    assert LedgerTransfer.objects.get(pk=undone.id).corrects_id == first.id
    with pytest.raises(services.AlreadyCorrected):
        services.reverse(actor=system_actor("test"), key="r2", stream="account:test", **arguments)


@pytest.mark.django_db
def test_the_database_itself_refuses_a_holding_below_zero() -> None:
    post("k1", ISSUED, JINMA, "1")

    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerAccount.objects.filter(kind="INITIAL").update(balance=-1)


@pytest.mark.django_db
@pytest.mark.parametrize("model", [LedgerTransfer, LedgerLeg])
def test_what_was_posted_cannot_be_changed_or_deleted(model: type[LedgerTransfer] | type[LedgerLeg]) -> None:
    post("k1", ISSUED, JINMA, "1")

    with pytest.raises(IntegrityError), transaction.atomic():
        model._default_manager.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        model._default_manager.update(id=7_000_000)


# The race: two buyers take the last tonne at once, in two connections that meet between reading and writing.


def together(*works: Callable[[], object]) -> list[object]:
    def run(work: Callable[[], object]) -> object:
        try:
            return work()
        except NotEnough as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def holding() -> int:
    post("k0", ISSUED, JINMA, "1")
    return LedgerAccount.objects.get(owner=JINMA.owner, kind=JINMA.kind).pk


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connections["default"].vendor != "postgresql", reason="SQLite has one writer at a time")
def test_without_the_guard_two_takers_share_the_last_tonne() -> None:
    account_id, barrier = holding(), Barrier(2)

    def take_unguarded() -> object:
        with transaction.atomic():
            seen = LedgerAccount.objects.get(pk=account_id).balance
            barrier.wait(timeout=10)
            if seen < 1000:
                return "refused"
            LedgerAccount.objects.filter(pk=account_id).update(balance=seen - 1000)
            return "taken"

    assert together(take_unguarded, take_unguarded) == ["taken", "taken"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connections["default"].vendor != "postgresql", reason="SQLite has one writer at a time")
def test_with_the_guard_only_one_taker_gets_the_last_tonne() -> None:
    holding()
    barrier = Barrier(2)

    def take(key: str, target: Account) -> object:
        barrier.wait(timeout=10)
        return post(key, JINMA, target, "1")

    results = together(lambda: take("k1", LANSHI), lambda: take("k2", NANFENG))

    assert sorted(type(result).__name__ for result in results) == ["NotEnough", "Posted"]
    assert queries.balance(JINMA) == 0
    assert queries.balance(LANSHI) + queries.balance(NANFENG) == Decimal("1.000")
    assert queries.wrong_balances(Book.RIGHTS) == []


@pytest.mark.django_db(transaction=True)
def test_the_same_request_sent_twice_at_once_is_posted_once() -> None:
    holding()
    barrier = Barrier(2)

    def send() -> object:
        barrier.wait(timeout=10)
        return post("k1", JINMA, LANSHI, "0.400")

    results = together(send, send)

    assert sorted(result.fresh for result in results if isinstance(result, services.Posted)) == [False, True]
    assert queries.balance(LANSHI) == Decimal("0.400")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connections["default"].vendor != "postgresql", reason="SQLite has one writer at a time")
def test_transfers_in_opposite_directions_do_not_wait_for_each_other_in_a_circle() -> None:
    post("a", ISSUED, JINMA, "100")
    post("b", ISSUED, LANSHI, "100")

    def many(name: str, source: Account, target: Account) -> object:
        return [post(f"{name}{n}", source, target, "1") for n in range(20)]

    results = together(lambda: many("x", JINMA, LANSHI), lambda: many("y", LANSHI, JINMA))

    assert [len(result) for result in results if isinstance(result, list)] == [20, 20]
    assert queries.balance(JINMA) == queries.balance(LANSHI) == Decimal("100.000")
