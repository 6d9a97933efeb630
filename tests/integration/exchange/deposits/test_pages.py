"""The pages of money: who gets in, how many queries they take, and the whole way by clicking."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from commons.approvals.models import Approval
from commons.domain.refusals import NotPermitted
from commons.vault.content import path_of, vault_storage
from commons.vault.models import Document
from exchange.deposits import queries, services
from exchange.deposits.domain.facts import DepositView
from exchange.deposits.domain.payouts import LegState
from exchange.deposits.domain.states import MoneyState
from exchange.deposits.models import BankEntry, BankFile
from exchange.projects.models import Lot
from tests import cast
from tests.bank import Line, statement
from tests.integration.exchange.deposits.money import (
    ACCOUNTS,
    FLOW,
    PAID,
    act,
    bank,
    deposit,
    expect,
    expect_price,
    line,
    lot,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_balance")]
QUERIES = 10


def browser(who: str) -> Client:
    client = Client()
    client.force_login(cast.person(who), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def busy_desk() -> dict[str, int]:
    """A desk with something of everything, several of each."""
    offered = [lot(number) for number in (1, 2, 3)]
    for one in offered:
        bank(line(expect(one), ref=f"A{one.pk}"))
        expect(one, "lanshi")
    bank(
        Line("1.00", payer="甲", payer_account="1", text="?", bank_ref="Q1"),
        Line("2.00", direction="DBIT", bank_ref="Q2"),
    )
    bank(Line("1.00", payer="乙", payer_account="2", text="?", bank_ref="Q3"))
    for one in offered[:2]:
        act("release", one)
    price = expect_price(offered[2])
    [first, *_] = queries.legs(cast.actor("finance"))
    batch = services.propose_batch(
        actor=cast.actor("finance"), leg_ids=[first.id], execute_on=timezone.now().date() + timedelta(days=2),
        reason="r", at=timezone.now(),
    )  # fmt: skip
    [entry, *_] = queries.entries(cast.actor("finance"))
    return {
        "lot_id": offered[0].pk,
        "expectation_id": price.id,
        "batch_id": batch,
        "entry_id": entry.id,
        "file_id": queries.files(cast.actor("finance"))[0].id,
    }


PAGES: list[tuple[str, str, Callable[[dict[str, int]], dict[str, int]]]] = [
    ("buyer1", "mine", lambda _: {}),
    ("buyer1", "money", lambda ids: {"expectation_id": ids["expectation_id"]}),
    ("buyer1", "propose_account", lambda _: {}),
    ("finance", "list", lambda _: {}),
    ("auditor", "list", lambda _: {}),
    ("finance", "lot", lambda ids: {"lot_id": ids["lot_id"]}),
    ("finance", "statements", lambda _: {}),
    ("finance", "file", lambda ids: {"file_id": ids["file_id"]}),
    ("finance", "entry", lambda ids: {"entry_id": ids["entry_id"]}),
    ("finance", "payouts", lambda _: {}),
    ("finance", "batch", lambda ids: {"batch_id": ids["batch_id"]}),
    ("finance", "accounts", lambda _: {}),
    ("treasury", "vouchers", lambda _: {}),
    ("treasury", "voucher", lambda ids: {"expectation_id": ids["expectation_id"]}),
]


@pytest.mark.parametrize(("who", "name", "pick"), PAGES, ids=[f"{who}-{name}" for who, name, _ in PAGES])
def test_a_page_takes_at_most_ten_queries(
    who: str, name: str, pick: Callable[[dict[str, int]], dict[str, int]]
) -> None:
    url = reverse(f"deposits:{name}", kwargs=pick(busy_desk()))
    client = browser(who)

    with CaptureQueriesContext(
        connection,
    ) as seen:
        response = client.get(url, headers={"accept-language": "en"})

    assert response.status_code == 200
    # A statement that PostgreSQL has planned before comes without its text.
    spelled = [query["sql"] or "(planned)" for query in seen.captured_queries]
    statements = [sql for sql in spelled if "SAVEPOINT" not in sql]
    assert len(statements) <= QUERIES, "\n".join(statements)


@pytest.mark.parametrize("who", ["buyer1", "seller", "staff", "host", "treasury", "regulator", "auditor"])
@pytest.mark.parametrize("name", ["statements", "payouts", "accounts"])
def test_the_finance_desk_is_closed_to_others(who: str, name: str) -> None:
    assert browser(who).get(reverse(f"deposits:{name}")).status_code == 403


def test_nobody_opens_the_page_of_anothers_deposit() -> None:
    asked = expect(lot())

    assert browser("buyer2").get(reverse("deposits:money", args=[asked.id])).status_code == 404


def test_anonymous_visitors_are_led_to_the_sign_in() -> None:
    response = Client().get(reverse("deposits:mine"))

    assert response.status_code == 302
    assert "/account/login" in response["Location"]


@pytest.mark.parametrize(("who", "name"), [("buyer1", "mine"), ("finance", "list"), ("finance", "payouts")])
def test_lists_come_as_csv(who: str, name: str) -> None:
    busy_desk()

    response = browser(who).get(reverse(f"deposits:{name}"), {"format": "csv"})

    content = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert response["Content-Type"].startswith("text/csv")
    assert len(content.splitlines()) > 2


def upload(content: bytes, name: str = "bank.xml") -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile(name, content, content_type="application/xml")}


def test_a_deposit_goes_in_and_back_by_clicking() -> None:
    offered = lot()
    now = timezone.now()
    Lot.objects.filter(pk=offered.pk).update(opens_at=now + timedelta(days=9))
    asked = services.expect_deposit(
        actor=FLOW, lot_id=offered.pk, organisation_id=cast.organisation("jinma").pk,
        amount=expect(offered).amount, due_at=now + timedelta(days=1), at=now,
    )  # fmt: skip
    one, two = browser("finance"), browser("finance2")

    page = one.post(reverse("deposits:statements"), upload(statement(line(asked), at=now)), follow=True)
    assert page.status_code == 200
    assert deposit(offered).state is MoneyState.COVERED
    act("release", offered, at=now)
    [leg] = queries.legs(cast.actor("finance"))
    day = (now + timedelta(days=3)).date().isoformat()
    made = one.post(reverse("deposits:payouts"), {"legs": [leg.id], "execute_on": day, "reason": "week 23"})
    own = one.post(f"{made['Location']}order/", follow=True)
    assert "另一人" in own.content.decode() or "yourself" in own.content.decode()
    two.post(f"{made['Location']}order/", follow=True)
    order = one.post(f"{made['Location']}pain.001/")
    assert order["Content-Disposition"].endswith('.xml"')
    [paid] = queries.legs(cast.actor("finance"), states=[LegState.ORDERED])
    debit = Line(f"{paid.total:.2f}", direction="DBIT", end_to_end=paid.end_to_end_id, bank_ref="D1")
    one.post(reverse("deposits:statements"), upload(statement(debit, at=now, message="M2")), follow=True)

    assert deposit(offered).state is MoneyState.REFUNDED


def test_a_bad_file_is_told_and_stays_on_the_list() -> None:
    client = browser("finance")

    page = client.post(reverse("deposits:statements"), upload(b"<Document/>"), follow=True)

    assert page.status_code == 200
    assert [file.taken_in for file in queries.files(cast.actor("finance"))] == [False]
    assert "BANK_FILE_REFUSED" not in page.content.decode(), "codes are for machines"


def test_an_unclear_payment_is_claimed_and_agreed_by_clicking() -> None:
    offered = lot()
    asked = expect(offered)
    bank(Line("6720.00", payer="甲", payer_account="1", text="?", bank_ref="Q1"))
    [entry] = queries.entries(cast.actor("finance"))
    url = reverse("deposits:entry", args=[entry.id])

    browser("finance").post(url, {"step": "claim", "money": asked.id, "reason": "called the payer"})
    browser("finance").post(url, {"step": "agree"})
    assert deposit(offered).state is MoneyState.EXPECTED
    browser("finance2").post(url, {"step": "agree"})

    assert deposit(offered).received == Decimal("6720.00")


def test_an_account_is_handed_in_vetted_and_listed_by_clicking() -> None:
    said = {
        "name": "佛山金马印染有限公司",
        "number": "6200000077",
        "bank_name": "中国银行",
        "bank_code": "104588000013",
        "document_ref": "J2",
    }

    browser("buyer1").post(reverse("deposits:propose_account"), said)
    [account] = [item for item in queries.accounts(cast.actor("finance")) if item.number == "6200000077"]
    browser("finance").post(reverse("deposits:account_step", args=[account.id, "vet"]), {"reason": "papers seen"})
    browser("finance2").post(reverse("deposits:account_step", args=[account.id, "list"]))

    found = queries.accounts(cast.actor("finance"), organisation_id=cast.organisation("jinma").pk)
    assert [item.number for item in found if item.listed_at] == ["6200000077"]
    assert ACCOUNTS["jinma"] not in {item.number for item in found}


def test_an_account_is_said_no_to_by_clicking() -> None:
    browser("buyer1").post(reverse("deposits:propose_account"), NEW_ACCOUNT | {"document_ref": "J2"})
    [account] = [item for item in queries.accounts(cast.actor("finance")) if item.number == "6200000077"]
    page = browser("finance").get(reverse("deposits:accounts")).content.decode()

    assert page.count('name="reason"') >= 2, "whoever says no has a place to say why"
    browser("finance").post(reverse("deposits:account_step", args=[account.id, "end"]), {"reason": "another company's"})

    assert "6200000077" not in {item.number for item in queries.accounts(cast.actor("finance"))}


NEW_ACCOUNT = {"name": "保证金专户", "number": "6200000077", "bank_name": "中国银行", "bank_code": "104588000013"}


def test_the_collecting_account_is_entered_by_two_persons_and_the_earlier_one_is_still_read(
    settings: LazySettings,
) -> None:
    earlier = expect(lot())
    settings.PRODUCTION = True
    client, second = browser("finance"), browser("finance2")
    address = reverse("deposits:collecting")
    own: dict[str, Any] = {
        "number": earlier.account.number,
        "name": "旧户",
        "bank_name": "b",
        "bank_code": "102588000010",
    }
    services.set_collecting_account(actor=FLOW, at=PAID, **own)

    assert client.post(address, NEW_ACCOUNT | {"number": "62-A", "reason": "new bank"}).status_code == 400
    assert client.post(address, NEW_ACCOUNT | {"reason": "new bank"}).status_code == 302
    [request] = Approval.objects.filter(kind="deposits.collecting")
    client.post(reverse("deposits:collecting_agree", args=[request.pk]))
    assert queries.collecting_account().number == earlier.account.number, "one person is not enough"
    second.post(reverse("deposits:collecting_agree", args=[request.pk]))

    assert queries.collecting_account().number == "6200000077"
    bank(line(earlier))
    assert deposit(lot_of(earlier)).state is MoneyState.COVERED


def lot_of(view: DepositView) -> Lot:
    return Lot.objects.get(pk=view.lot_id or 0)


def test_finance_gets_in_before_there_is_a_collecting_account(settings: LazySettings) -> None:
    settings.PRODUCTION = True

    assert browser("finance").get(reverse("deposits:accounts")).status_code == 200
    assert browser("finance").get(reverse("deposits:collecting")).status_code == 200
    assert browser("buyer1").get(reverse("deposits:collecting")).status_code == 403


def test_no_person_alone_sets_the_collecting_account() -> None:
    with pytest.raises(NotPermitted):
        services.set_collecting_account(
            actor=cast.actor("finance"), number="6200000077", name="n", bank_name="b", bank_code="102588000010", at=PAID
        )


def test_the_treasury_confirms_a_payment_by_clicking() -> None:
    asked = expect_price(lot())
    url = reverse("deposits:voucher", args=[asked.id])

    wrong = browser("treasury").post(url, {"number": "4406-1", "amount": "1.00"})
    browser("treasury").post(url, {"number": "4406-1", "amount": "33600.00"})

    assert wrong.status_code == 409
    found = queries.payment_of("deal:1")
    assert found is not None
    assert (found.voucher_no, found.paid) == ("4406-1", False)
    assert datetime.now(UTC) - (found.voucher_at or datetime.now(UTC)) < timedelta(minutes=1)


def test_an_old_price_without_voucher_stands_before_newer_ones_that_have_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.deposits.queries.asking.PAGE", 1)
    asked = expect_price(lot())
    newer = services.expect_payment(
        actor=FLOW,
        subject="deal:2",
        lot_id=lot(2).pk,
        organisation_id=cast.organisation("lanshi").pk,
        amount=asked.amount,
        due_at=PAID,
        at=PAID,
    )
    services.record_voucher(
        actor=cast.actor("treasury"), subject="deal:2", number="4406-2", amount=newer.amount, document_id=None, at=PAID
    )

    assert [line.id for line in queries.prices_for_treasury(cast.actor("treasury"))] == [asked.id]
    assert browser("treasury").get(reverse("deposits:voucher", args=[newer.id])).status_code == 200


def test_finance_passes_a_price_on_by_clicking() -> None:
    price = expect_price(lot())
    bank(line(price, amount="33600.00"))

    page = browser("finance").post(reverse("deposits:remit", args=[price.id]), follow=True)

    assert page.status_code == 200
    assert [leg.kind for leg in queries.legs(cast.actor("finance"))] == ["PROCEEDS"]


def test_a_bank_file_is_for_finance_alone_because_it_names_who_paid() -> None:
    bank(line(expect(lot(1)), ref="FILE"))
    document_id = Document.objects.get(subject="bank-file").pk

    answers = {
        who: browser(who).get(f"/documents/{document_id}/").status_code
        for who in ("finance", "finance2", "staff", "staff2", "host", "regulator", "auditor", "treasury", "buyer2")
    }

    assert {who for who, status in answers.items() if status == 200} == {"finance", "finance2"}
    assert set(answers.values()) == {200, 403}


def test_a_bank_file_lies_sealed_in_the_storage_and_comes_out_as_the_bank_wrote_it() -> None:
    bank(line(expect(lot(1)), ref="FILE"))
    row = Document.objects.select_related("content").get(subject="bank-file")
    with vault_storage().open(path_of(row.content.sha256), "rb") as file:
        stored = file.read()

    page = browser("finance").get(f"/documents/{row.pk}/")
    content = b"".join(page.streaming_content)  # type: ignore[attr-defined]  # a download is streamed

    assert content.startswith(b"<?xml")
    assert b"<Nm>" in content
    assert page["Content-Length"] == str(len(content))
    assert b"<" not in stored[:5]
    assert not any(part in stored for part in (b"<Nm>", b"camt.053", b"FILE"))
    assert BankFile.objects.get().sha256 == hashlib.sha256(content).hexdigest()


def test_a_claim_is_hidden_from_overseers_because_it_tells_who_deposits() -> None:
    asked = expect(lot(1))
    bank(Line("1.00", payer="甲", payer_account="1", text="?", bank_ref="Q1"))
    entry = BankEntry.objects.get(bank_ref="Q1")
    approval_id = services.claim_entry(
        actor=cast.actor("finance"), entry_id=entry.pk, expectation_id=asked.id, reason="called", at=timezone.now()
    )

    seen = {
        who: browser(who).get(f"/approvals/{approval_id}/").status_code
        for who in ("finance", "finance2", "staff", "regulator", "auditor", "treasury")
    }

    assert seen == {
        "finance": 200,
        "finance2": 200,
        **dict.fromkeys(("staff", "regulator", "auditor", "treasury"), 404),
    }
