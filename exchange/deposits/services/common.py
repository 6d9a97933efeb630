"""Steps that every use case of money takes: lock, move the state by the table, post, leave evidence."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F

from commons.calendar import queries as calendar
from commons.calendar import reckoning
from commons.domain.actor import Actor
from commons.domain.deadlines import Deadline, Unit, local_day
from commons.domain.money import Money, as_text
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.evidence import services as evidence
from commons.parameters import queries as parameters
from commons.secrecy.fields import Party
from exchange.deposits.domain import books
from exchange.deposits.domain.facts import SecurityTerms
from exchange.deposits.domain.interest import InterestTerms
from exchange.deposits.domain.states import MACHINE, MoneyCommand, MoneyState, Purpose
from exchange.deposits.models import MoneyExpectation
from exchange.ledger import services as ledger
from exchange.ledger.domain.postings import Account, move

PAYER = Actor(system="payer")
REFUND = "money.refund"
"""The name under which limits of refunds are reckoned anew."""


def locked_money(expectation_id: int) -> MoneyExpectation:
    """The expectation, locked until the transaction ends. Refuses (`NotFound`)."""
    rows = MoneyExpectation.objects.select_for_update(of=("self",)).select_related("lot__project")
    row = rows.filter(pk=expectation_id).first()
    if row is None:
        raise NotFound()
    return row


def locked_deposit(lot_id: int, organisation_id: int) -> MoneyExpectation:
    """The newest deposit of an organisation for a lot, locked. Refuses (`NotFound`)."""
    rows = MoneyExpectation.objects.filter(purpose=Purpose.DEPOSIT.value, party=Party(lot_id, organisation_id))
    number = rows.order_by("-expected_at", "-id").values_list("pk", flat=True).first()
    if number is None:
        raise NotFound()
    return locked_money(number)


def step(row: MoneyExpectation, command: MoneyCommand, *, actor: Actor, at: datetime, **changes: Any) -> None:
    """Fire `command`, store `changes` with it, leave evidence. Refuses (`NotAllowedNow`)."""
    found = MACHINE.fire(MoneyState(row.state), command)
    values = {"state": found.target.value, **changes}
    if MoneyExpectation.objects.filter(pk=row.pk, state=found.source.value).update(**values) != 1:
        raise NotAllowedNow(command=command.value, state=found.source.value)
    for name, value in values.items():
        setattr(row, name, value)
    record(row, found.event, actor=actor, at=at)


def record(row: MoneyExpectation, event: str, *, actor: Actor, at: datetime, **facts: str) -> None:
    """One row of evidence. Whose money it is and for which lot is not said: the stream's number leads there."""
    payload = {"state": row.state, "amount": as_text(Decimal(row.amount)), "received": as_text(row.received), **facts}
    evidence.append(stream=f"money:{row.pk}", type=event, actor=actor, payload=payload, decided_at=at)


def add_received(row: MoneyExpectation, amount: Decimal) -> None:
    MoneyExpectation.objects.filter(pk=row.pk).update(received=F("received") + amount)
    row.received = Decimal(row.received) + amount


def virtual_of(row: MoneyExpectation) -> Account:
    return books.virtual(Purpose(row.purpose), row.pk)


def post(
    *, actor: Actor, key: str, kind: str, source: Account, target: Account, amount: Decimal, document_ref: str,
    stream: str, at: datetime, reason: str = "",
) -> ledger.Posted:  # fmt: skip
    """Move money between two accounts, once per key."""
    return ledger.post(
        actor=actor,
        key=key,
        kind=kind,
        legs=move(source, target, amount),
        document_ref=document_ref,
        at=at,
        stream=stream,
        reason=reason,
    )


def refund_deadline(row: MoneyExpectation, at: datetime) -> Deadline:
    """The last day for a refund (Foshan 2018: 5 working days), by the calendar of the lot's region.

    Of a security: what its procedure says (招标投标法实施条例 第57条; 财政部令第87号 第38条).
    """
    count, unit, region = _refund_limit(row, at)
    return calendar.deadline(start=at, add=count, unit=unit, region=region)


def note_refund(row: MoneyExpectation, found: Deadline, at: datetime) -> None:
    """Remember the limit of a refund that is provisional, so that it is reckoned anew."""
    count, unit, region = _refund_limit(row, at)
    reckoning.note(kind=REFUND, ref=str(row.pk), start=at, add=count, unit=unit, region=region, found=found, at=at)


def _refund_limit(row: MoneyExpectation, at: datetime) -> tuple[int, Unit, str]:
    if row.lot is None:
        terms = SecurityTerms.parse(row.terms)
        return terms.refund_count, terms.refund_unit, terms.region
    days = int(_parameter(row.lot.project, "refund.working_days", local_day(at)))
    return days, Unit.WORKING_DAY, row.lot.project.region


def interest_terms(row: MoneyExpectation, on: date) -> InterestTerms:
    """Rate and day count as they were when the notice was published."""
    if row.lot is None:
        terms = SecurityTerms.parse(row.terms)
        return InterestTerms(terms.interest_rate, terms.interest_year_days)
    rate = _parameter(row.lot.project, "deposit.interest_rate", on)
    return InterestTerms(rate, int(_parameter(row.lot.project, "deposit.interest_year_days", on)))


def _parameter(project: Any, key: str, on: date) -> Decimal:
    """The number of the project's snapshot; of a project from before Luochui, the number in force."""
    stored = project.parameters.get(key)
    if stored is not None:
        return Decimal(str(stored["value"]))
    return Decimal(str(parameters.value(key, trade_type=project.trade_type, region=project.region, on=on)))


def unnamed(actor: Actor, organisation_id: int) -> Actor:
    """Whom the log names: nobody, where it is the payer itself, for the payer is secret until the room is over."""
    return PAYER if actor.organisation_id == organisation_id and not actor.system else actor


def shortened(text: str, length: int = 200) -> str:
    return text.strip()[:length]


def as_money(amount: Decimal | int) -> Money:
    return Money(Decimal(amount).quantize(Decimal("0.01")))
