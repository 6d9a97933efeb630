"""Buyers with accounts, lots, payments and files of the bank, for the tests of money."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from commons.domain.actor import system_actor
from commons.domain.money import Money
from exchange.deposits import queries, services
from exchange.deposits.domain.facts import DepositView, PaymentView
from exchange.deposits.services import AccountFacts
from exchange.projects.models import Lot, Project
from tests import cast
from tests.bank import Line, statement

AT = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)


DUE = datetime(2026, 6, 5, 9, 0, tzinfo=UTC)


PAID = datetime(2026, 6, 3, 1, 0, tzinfo=UTC)


FLOW = system_actor("test")


ACCOUNTS = {"jinma": "4400000001", "lanshi": "4400000002", "nanfeng": "4400000003", "treasury": "4400000009"}


def yuan(text: str) -> Money:
    return Money(Decimal(text))


def listed(party: str) -> int:
    facts = AccountFacts(
        number=ACCOUNTS[party],
        name=cast.ORGANISATIONS[party].name,
        bank_name="工商银行佛山分行",
        bank_code="102588000010",
        document_ref="J5880000000101",
        use="TREASURY" if party == "treasury" else "BASIC",
    )
    return services.record_account(actor=FLOW, organisation_id=cast.organisation(party).pk, facts=facts, at=AT)


def lot(number: int = 1) -> Lot:
    project = Project.objects.create(
        seller_id=cast.organisation("ecology").pk,
        trade_type="EMISSION_RIGHTS",
        region="440600",
        title="NH3-N",
        created_at=AT,
    )
    return Lot.objects.create(
        project=project,
        number=number,
        instrument="NH3-N",
        quantity="1.680",
        start_price="20000",
        step="100",
        profile_name="extension",
        opens_at=AT + timedelta(days=9),
        state="REGISTERING",
    )


def expect(of: Lot, party: str = "jinma", amount: str = "6720.00", at: datetime = AT) -> DepositView:
    return services.expect_deposit(
        actor=cast.actor("buyer1"),
        lot_id=of.pk,
        organisation_id=cast.organisation(party).pk,
        amount=yuan(amount),
        due_at=DUE,
        at=at,
    )


def expect_price(of: Lot, amount: str = "33600.00", *, apply_deposit: bool = False) -> PaymentView:
    return services.expect_payment(
        actor=FLOW,
        subject="deal:1",
        lot_id=of.pk,
        organisation_id=cast.organisation("jinma").pk,
        amount=yuan(amount),
        due_at=DUE,
        at=AT,
        apply_deposit=apply_deposit,
    )


def line(to: DepositView | PaymentView, party: str = "jinma", amount: str = "6720.00", ref: str = "R1") -> Line:
    return Line(
        amount,
        payer=cast.ORGANISATIONS[party].name,
        payer_account=ACCOUNTS[party],
        credited=to.sub_account_no,
        bank_ref=ref,
    )


_messages = iter(range(1, 10_000))


def bank(*lines: Line, at: datetime = PAID, kind: str = "camt.054") -> services.ImportReport:
    content = statement(*lines, at=at, kind=kind, message=f"M{next(_messages)}")
    return services.import_file(actor=cast.actor("finance"), content=content, name="bank.xml", at=at)


def deposit(of: Lot, party: str = "jinma") -> DepositView:
    found = queries.deposit_of(of.pk, cast.organisation(party).pk)
    assert found is not None
    return found


def act(verb: str, of: Lot, reason: str = "lost", at: datetime = PAID) -> DepositView:
    found: DepositView = getattr(services, verb)(
        actor=FLOW, lot_id=of.pk, organisation_id=cast.organisation("jinma").pk, reason=reason, at=at
    )
    return found


def propose(*kinds: str, on: date = date(2026, 6, 11), at: datetime = PAID) -> int:
    due = [leg.id for leg in queries.legs(cast.actor("finance")) if not kinds or leg.kind in kinds]
    return services.propose_batch(
        actor=cast.actor("finance"), leg_ids=due, execute_on=on, reason="refunds of the week", at=at
    )


def order(*kinds: str, on: date = date(2026, 6, 11), at: datetime = PAID) -> int:
    batch_id = propose(*kinds, on=on, at=at)
    services.order_batch(actor=cast.actor("finance2"), batch_id=batch_id, at=at)
    return batch_id


def confirmations(batch_id: int) -> list[Line]:
    legs = queries.batch(cast.actor("finance"), batch_id).legs
    return [
        Line(f"{leg.total:.2f}", direction="DBIT", end_to_end=leg.end_to_end_id, bank_ref=f"D{leg.id}") for leg in legs
    ]


NOBODY_ELSE = ["buyer1", "buyer2", "seller", "staff", "host", "treasury", "regulator", "auditor"]
