"""Who may move money, who may see it, and what two requests at once do."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from commons.approvals.domain.approval import ApprovalNeedsAnotherPerson
from commons.domain.refusals import Malformed, NotFound, NotPermitted, Refusal
from commons.evidence.models import EvidenceEntry
from exchange.deposits import queries, services
from exchange.deposits.domain.entries import Explanation
from exchange.deposits.models import BankFile, MoneyExpectation
from exchange.deposits.services import AccountFacts
from exchange.projects.models import Lot
from tests import cast
from tests.bank import statement
from tests.dumps import found_in
from tests.integration.exchange.deposits.money import (
    AT,
    DUE,
    NOBODY_ELSE,
    PAID,
    act,
    bank,
    deposit,
    expect,
    line,
    lot,
    propose,
    yuan,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_balance")]


def together(*works: Callable[[], object]) -> list[object]:
    barrier = Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        try:
            barrier.wait(timeout=10)
            return work()
        except Refusal as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_an_account_gets_on_the_list_by_two_persons_and_replaces_the_earlier_one() -> None:
    company = cast.organisation("jinma").pk
    facts = AccountFacts("6200 0000 77", "佛山金马印染有限公司", "中国银行", "104588000013", "J2")
    number = services.propose_account(actor=cast.actor("buyer1"), organisation_id=company, facts=facts, at=AT)
    with pytest.raises(NotFound):
        services.list_account(actor=cast.actor("finance2"), account_id=number, at=AT)
    services.vet_account(actor=cast.actor("finance"), account_id=number, reason="papers seen", at=AT)
    with pytest.raises(ApprovalNeedsAnotherPerson):
        services.list_account(actor=cast.actor("finance"), account_id=number, at=AT)

    services.list_account(actor=cast.actor("finance2"), account_id=number, at=AT)

    [standing] = queries.accounts(cast.actor("buyer1"), organisation_id=company)
    assert (standing.number, standing.listed_at) == ("6200000077", AT)


@pytest.mark.parametrize(
    "changes", [{"number": "12345"}, {"number": "1" * 35}, {"bank_code": "1025"}, {"bank_code": "１" * 12}]
)
def test_an_account_that_no_bank_has_is_refused(changes: dict[str, Any]) -> None:
    facts = replace(AccountFacts("4400000001", "n", "b", "102588000010", "J"), **changes)

    with pytest.raises(Malformed):
        services.propose_account(
            actor=cast.actor("buyer1"), organisation_id=cast.organisation("jinma").pk, facts=facts, at=AT
        )


@pytest.mark.parametrize("who", NOBODY_ELSE)
def test_only_finance_sees_the_books(who: str) -> None:
    viewer = cast.actor(who)

    for question in (
        queries.entries,
        queries.files,
        queries.legs,
        queries.batches,
        queries.accounts,
        queries.cash_book,
    ):
        with pytest.raises(NotPermitted):
            question(viewer)


@pytest.mark.parametrize("who", NOBODY_ELSE)
def test_only_finance_moves_money(who: str) -> None:
    actor = cast.actor(who)
    calls = (
        lambda: services.import_file(actor=actor, content=b"", name="x", at=AT),
        lambda: services.claim_entry(actor=actor, entry_id=1, expectation_id=1, reason="r", at=AT),
        lambda: services.agree_claim(actor=actor, entry_id=1, at=AT),
        lambda: services.send_back(actor=actor, entry_id=1, reason="r", at=AT),
        lambda: services.explain_entry(actor=actor, entry_id=1, explanation=Explanation.OWN, reason="r", at=AT),
        lambda: services.propose_batch(actor=actor, leg_ids=[1], execute_on=AT.date(), reason="r", at=AT),
        lambda: services.order_batch(actor=actor, batch_id=1, at=AT),
        lambda: services.note_download(actor=actor, batch_id=1, at=AT),
        lambda: services.remit(actor=actor, expectation_id=1, at=AT),
        lambda: services.vet_account(actor=actor, account_id=1, reason="r", at=AT),
        lambda: services.list_account(actor=actor, account_id=1, at=AT),
    )
    for call in calls:
        with pytest.raises(NotPermitted):
            call()


@pytest.mark.parametrize("who", [name for name in cast.PARTIES if name != "treasury"])
def test_only_the_treasury_records_vouchers(who: str) -> None:
    with pytest.raises(NotPermitted):
        services.record_voucher(
            actor=cast.actor(who), subject="deal:1", number="1", amount=yuan("1.00"), document_id=None, at=AT
        )


@pytest.mark.parametrize(
    ("who", "before", "after"),
    [
        ("finance", True, True),
        ("buyer1", False, False),
        ("seller", False, False),
        ("staff", False, True),
        ("host", False, False),
        ("regulator", False, True),
        ("auditor", False, True),
    ],
)
def test_who_has_a_deposit_is_hidden_until_the_result_is_announced(who: str, before: bool, after: bool) -> None:
    offered = lot()
    expect(offered)

    stages = {"METHOD_DECIDED": before, "HAMMERED": before, "NOTICED": after, "FAILED": before, "TERMINATED": before}
    for state, may in stages.items():
        Lot.objects.filter(pk=offered.pk).update(state=state)
        if may:
            assert len(queries.deposits_of_lot(cast.actor(who), offered.pk)) == 1
        else:
            with pytest.raises(NotPermitted):
                queries.deposits_of_lot(cast.actor(who), offered.pk)


def test_a_payer_sees_its_own_money_and_nobody_elses() -> None:
    offered = lot()
    asked = expect(offered)

    [own] = queries.money_of(cast.actor("buyer1"), cast.organisation("jinma").pk)
    assert own.sub_account_no == asked.sub_account_no
    assert queries.money(cast.actor("buyer1"), asked.id).id == asked.id
    with pytest.raises(NotFound):
        queries.money(cast.actor("buyer2"), asked.id)
    with pytest.raises(NotPermitted):
        queries.money_of(cast.actor("buyer2"), cast.organisation("jinma").pk)


@pytest.mark.parametrize("who", ["staff", "regulator", "auditor"])
def test_overseers_find_only_the_lots_whose_room_is_over_on_the_list(who: str) -> None:
    over, running = lot(), lot(2)
    expect(over)
    expect(running)
    Lot.objects.filter(pk=over.pk).update(state="NOTICED")

    assert [line.lot_id for line in queries.desk(cast.actor(who))] == [over.pk]
    assert len(queries.desk(cast.actor("finance"))) == 2
    with pytest.raises(NotPermitted):
        queries.desk(cast.actor("buyer1"))


def test_evidence_of_money_names_neither_payer_nor_lot() -> None:
    offered = lot()
    asked = expect(offered)
    bank(line(asked))

    said = " ".join(bytes(row.payload).decode() for row in EvidenceEntry.objects.filter(stream=f"money:{asked.id}"))

    assert "MoneyCovered" in set(EvidenceEntry.objects.values_list("type", flat=True))
    assert cast.ORGANISATIONS["jinma"].name not in said
    assert asked.sub_account_no not in said
    assert found_in(said, [f"lot:{offered.pk}"]) == []
    assert MoneyExpectation.objects.count() == BankFile.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_file_taken_in_twice_at_once_is_booked_once() -> None:
    offered = lot()
    content = statement(line(expect(offered)), at=PAID)
    finance = cast.actor("finance")

    def take_in() -> object:
        return services.import_file(actor=finance, content=content, name="x.xml", at=PAID).taken_in

    assert sorted(together(take_in, take_in), key=str) == [False, True]
    assert deposit(offered).received == yuan("6720.00")


@pytest.mark.django_db(transaction=True)
def test_one_deposit_expected_twice_at_once_has_one_virtual_account() -> None:
    offered = lot()
    buyer, company = cast.actor("buyer1"), cast.organisation("jinma").pk

    def ask() -> object:
        found = services.expect_deposit(
            actor=buyer, lot_id=offered.pk, organisation_id=company, amount=yuan("6720.00"), due_at=DUE, at=AT
        )
        return found.sub_account_no

    first, second = together(ask, ask)

    assert first == second


@pytest.mark.django_db(transaction=True)
def test_one_batch_ordered_twice_at_once_pays_once() -> None:
    offered = lot()
    bank(line(expect(offered)))
    act("release", offered)
    batch_id = propose()
    second = cast.actor("finance2")

    def order_it() -> object:
        services.order_batch(actor=second, batch_id=batch_id, at=PAID)
        return "ordered"

    results = together(order_it, order_it)

    assert [result for result in results if result == "ordered"] == ["ordered"]
    assert queries.cash_book(cast.actor("finance")).interest == Decimal("0.07")
