"""One entry told twice, as a sum in the statement and in its payments in the notice, is counted once."""

from decimal import Decimal

import pytest
from django.test import Client

from commons.approvals.domain.approval import ApprovalNeedsAnotherPerson
from commons.domain.refusals import NotAllowedNow
from exchange.deposits import queries, services
from exchange.deposits.domain.entries import Explanation, NotForThis
from exchange.deposits.domain.facts import DepositView
from exchange.deposits.domain.states import MoneyState
from exchange.deposits.models import BankEntry
from tests import cast
from tests.bank import Line, details
from tests.integration.exchange.deposits.money import (
    PAID,
    act,
    bank,
    confirmations,
    deposit,
    expect,
    line,
    listed,
    lot,
    order,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_balance")]
BATCH = "<Btch><MsgId>PAY-77</MsgId><PmtInfId>1</PmtInfId><NbOfTxs>2</NbOfTxs></Btch>"
BARE = " "
"""No details at all."""


def two() -> tuple[DepositView, DepositView]:
    listed("jinma")
    listed("lanshi")
    offered = lot()
    return expect(offered), expect(offered, "lanshi", amount="1000.00")


def parts(first: DepositView, second: DepositView) -> str:
    one = line(first)
    other = line(second, "lanshi", amount="1000.00")
    return details(one, amount="6720.00") + details(other, amount="1000.00")


def told(extra: str, **named: str) -> Line:
    return Line("7720.00", extra=extra, **named)  # type: ignore[arg-type]  # text fields alone


def unclear() -> list[str]:
    return [entry.trouble for entry in queries.entries(cast.actor("finance"))]


def cash() -> Decimal:
    return queries.cash_book(cast.actor("finance")).cash


NAMES = [
    pytest.param({"bank_ref": "SVC-1"}, "", id="AcctSvcrRef"),
    pytest.param({}, BATCH, id="Btch"),
    pytest.param({"entry_ref": "20260603-000017"}, "", id="NtryRef"),
]


@pytest.mark.parametrize(("names", "batch"), NAMES)
def test_the_sum_first_and_its_payments_later(names: dict[str, str], batch: str) -> None:
    first, second = two()

    summed = bank(told(batch or BARE, **names), kind="camt.053")
    assert (summed.tally.waiting, unclear()) == (1, ["NAMES_NOTHING"])
    detailed = bank(told(batch + parts(first, second), **names), kind="camt.054")

    assert (detailed.tally.booked, detailed.tally.waiting, unclear()) == (2, 0, [])
    assert cash() == Decimal("7720.00")
    assert queries.cash_book(cast.actor("finance")).unclear == 0
    assert queries.money(cast.actor("finance"), first.id).state == MoneyState.COVERED


@pytest.mark.parametrize(("names", "batch"), NAMES)
def test_the_payments_first_and_their_sum_later(names: dict[str, str], batch: str) -> None:
    first, second = two()

    bank(told(batch + parts(first, second), **names), kind="camt.054")
    report = bank(told(batch or BARE, **names), kind="camt.053")

    assert (report.tally.known, report.tally.waiting, unclear()) == (1, 0, [])
    assert cash() == Decimal("7720.00")


def test_a_third_telling_is_known_whichever_it_is() -> None:
    first, second = two()
    summed, detailed = told(BARE, bank_ref="SVC-1"), told(parts(first, second), bank_ref="SVC-1")
    bank(summed, kind="camt.053")
    bank(detailed, kind="camt.054")

    assert bank(detailed, kind="camt.054").tally.known == 2
    assert bank(summed, kind="camt.053").tally.known == 1
    assert cash() == Decimal("7720.00")


def test_a_single_payment_whose_sum_came_first_is_booked_by_its_details() -> None:
    listed("jinma")
    offered = lot()
    asked = expect(offered)

    bank(Line("6720.00", bank_ref="R1", extra=BARE), kind="camt.053")
    report = bank(line(asked), kind="camt.054")

    assert (report.tally.booked, unclear(), cash()) == (1, [], Decimal("6720.00"))
    assert deposit(offered).covered
    assert bank(line(asked), kind="camt.054").tally.known == 1


def test_other_sums_under_another_reference_stay_apart() -> None:
    first, second = two()
    bank(told(parts(first, second), bank_ref="SVC-1"), kind="camt.054")

    report = bank(told(BARE, bank_ref="SVC-2"), kind="camt.053")

    assert (report.tally.waiting, cash()) == (1, Decimal("15440.00"))


def test_running_numbers_of_two_files_are_no_names() -> None:
    first, second = two()
    bank(told(parts(first, second), entry_ref="1"), kind="camt.054")

    assert bank(told(BARE, entry_ref="1"), kind="camt.053").tally.waiting == 1


def test_a_sum_that_is_claimed_already_makes_its_payments_wait_for_a_person() -> None:
    first, second = two()
    bank(told(BARE, bank_ref="SVC-1"), kind="camt.053")
    [entry] = queries.entries(cast.actor("finance"))
    services.claim_entry(
        actor=cast.actor("finance"), entry_id=entry.id, expectation_id=first.id, reason="by phone", at=PAID
    )

    report = bank(told(parts(first, second), bank_ref="SVC-1"), kind="camt.054")

    assert report.tally.waiting == 2
    assert unclear() == ["NAMES_NOTHING", "TOLD_BEFORE", "TOLD_BEFORE"]


def test_payments_out_that_the_statement_tells_as_one_sum_are_confirmed_by_the_notice() -> None:
    for party in ("jinma", "lanshi"):
        listed(party)
    one, other = lot(1), lot(2)
    for offered in (one, other):
        bank(line(expect(offered), ref=f"R{offered.pk}"))
        act("release", offered)
    paid = confirmations(order("REFUND"))
    total = f"{sum(Decimal(item.amount) for item in paid):.2f}"

    bank(Line(total, direction="DBIT", bank_ref="SVC-9", extra=BARE), kind="camt.053")
    assert unclear() == ["UNKNOWN_DEBIT"]
    both = "".join(details(item, amount=item.amount) for item in paid)
    report = bank(Line(total, direction="DBIT", bank_ref="SVC-9", extra=both), kind="camt.054")

    assert (report.tally.confirmed, unclear()) == (2, [])
    assert queries.cash_book(cast.actor("finance")).unexplained == 0
    assert deposit(one).state is MoneyState.REFUNDED


# What pays for nothing


def unclear_credit() -> int:
    bank(Line("500.00", bank_ref="X1", text="利息"))
    [entry] = queries.entries(cast.actor("finance"))
    return entry.id


def explained(entry_id: int, what: Explanation, who: str = "finance2") -> None:
    services.explain_entry(
        actor=cast.actor("finance"), entry_id=entry_id, explanation=what, reason="told on paper", at=PAID
    )
    services.agree_explanation(actor=cast.actor(who), entry_id=entry_id, at=PAID)


@pytest.mark.parametrize(
    ("what", "left", "unexplained"),
    [(Explanation.TOLD_TWICE, "0.00", "0.00"), (Explanation.OWN, "500.00", "-500.00")],
)
def test_two_persons_settle_a_credit_that_pays_for_nothing(what: Explanation, left: str, unexplained: str) -> None:
    entry_id = unclear_credit()

    explained(entry_id, what)

    books = queries.cash_book(cast.actor("finance"))
    assert BankEntry.objects.get(pk=entry_id).state == "EXPLAINED"
    assert (books.cash, books.unclear, books.unexplained) == (Decimal(left), Decimal(0), Decimal(unexplained))


def test_nobody_settles_a_credit_alone() -> None:
    entry_id = unclear_credit()

    with pytest.raises(ApprovalNeedsAnotherPerson):
        explained(entry_id, Explanation.OWN, who="finance")
    with pytest.raises(NotAllowedNow):
        services.explain_entry(
            actor=cast.actor("finance2"), entry_id=entry_id, explanation=Explanation.OWN, reason="x", at=PAID
        )


def test_a_dropped_explanation_lets_the_entry_wait_again() -> None:
    entry_id = unclear_credit()
    services.explain_entry(
        actor=cast.actor("finance"), entry_id=entry_id, explanation=Explanation.OWN, reason="x", at=PAID
    )

    services.drop_claim(actor=cast.actor("finance2"), entry_id=entry_id, reason="it is a deposit", at=PAID)

    assert unclear() == ["NAMES_NOTHING"]
    assert BankEntry.objects.get(pk=entry_id).claim_explanation == ""


# Long lists


def test_the_choice_of_a_claim_says_when_there_is_more_and_the_search_finds_it(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exchange.deposits.queries.asking.MOST_FOUND", 2)
    offered = [lot(number) for number in range(1, 4)]
    asked = [expect(one) for one in offered]
    entry_id = unclear_credit()
    client.force_login(cast.person("finance"), backend="allauth.account.auth_backends.AuthenticationBackend")
    address = f"/finance/entries/{entry_id}/"

    page = client.get(address, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    hidden = next(one for one in asked if f'value="{one.id}"' not in page)
    found = client.get(address, {"search": hidden.reference}).content.decode()

    assert "The choice holds 2 of more payments" in page
    assert f'value="{hidden.id}"' in found
    answer = client.post(
        f"{address}?search={hidden.reference}", {"step": "claim", "money": str(hidden.id), "reason": "电话核实"}
    )
    assert answer.status_code == 302


def test_the_queue_has_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    bank(*(Line("5.00", bank_ref=f"Q{number}") for number in range(5)))
    rows = queries.entries(cast.actor("finance"))
    monkeypatch.setattr("exchange.deposits.queries.asking.PAGE", 2)

    first, last = queries.entries(cast.actor("finance")), queries.entries(cast.actor("finance"), page="9")

    assert (len(first), first.num_pages, first.has_next) == (2, 3, True)
    assert (last.number, last.has_next, [one.id for one in last]) == (3, False, [rows[4].id])
    assert len(queries.entries(cast.actor("finance"), page=None)) == 5


def test_a_debit_is_never_explained_as_told_twice() -> None:
    bank(Line("5.00", direction="DBIT", bank_ref="FEE"))
    [entry] = queries.entries(cast.actor("finance"))

    with pytest.raises(NotForThis):
        services.explain_entry(
            actor=cast.actor("finance"), entry_id=entry.id, explanation=Explanation.TOLD_TWICE, reason="x", at=PAID
        )
