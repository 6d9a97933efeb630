"""Payment orders: one person proposes a batch, another one orders it, the bank's entry closes each leg."""

import hashlib
from collections.abc import Collection
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from commons.approvals import services as approvals
from commons.domain.actor import Actor
from commons.domain.deadlines import local_day
from commons.domain.refusals import Malformed, NotAllowedNow, NotFound
from commons.domain.text import gettext_noop
from commons.evidence import services as evidence
from exchange.deposits.domain import books, pain
from exchange.deposits.domain.entries import EntryState
from exchange.deposits.domain.interest import Receipt, interest
from exchange.deposits.domain.payouts import (
    BATCH,
    BatchChanged,
    BatchCommand,
    BatchState,
    LegCommand,
    LegState,
    NothingDue,
    PayeeNotListed,
    PayoutKind,
)
from exchange.deposits.domain.states import MoneyState
from exchange.deposits.models import AccountUse, BankEntry, MoneyExpectation, PayeeAccount, PayoutBatch, PayoutLeg
from exchange.deposits.policies import PAYOUT, can_handle_money
from exchange.deposits.queries import collecting_account
from exchange.deposits.services.common import as_money, interest_terms, locked_money, post
from exchange.deposits.services.legs import move_leg
from exchange.ledger import queries as ledger
from exchange.projects.services import next_number

MOST_LEGS = 500
LATEST = timedelta(days=31)
"""A batch is executed within a month."""

PURPOSES = {
    PayoutKind.REFUND: "退还保证金及利息",
    PayoutKind.FORFEIT: "没收保证金上缴国库",
    PayoutKind.RETURN: "退回误汇款项",
    PayoutKind.PROCEEDS: "成交价款上缴国库",
}
"""What the payee reads on its statement; banks here take Chinese."""

KEPT_BY_BENEFICIARY = "不予退还的保证金"
"""The same, where the beneficiary of a security keeps it (招标投标法实施条例 第35条, 第74条)."""


@transaction.atomic
def propose_batch(*, actor: Actor, leg_ids: Collection[int], execute_on: date, reason: str, at: datetime) -> int:
    """Put due payments into a batch and ask a second person; gives the batch.

    Interest is computed to the day of execution. Refuses `NothingDue`, `PayeeNotListed`, and a day in the past or far
    ahead.
    """
    can_handle_money(actor).require()
    if execute_on < local_day(at):
        raise Malformed(field="execute_on", reason=gettext_noop("the day lies in the past"))
    if execute_on > local_day(at) + LATEST:
        # Interest runs to that day: a far one would pay out more than is owed.
        raise Malformed(field="execute_on", reason=gettext_noop("it is more than a month ahead"))
    legs = list(
        PayoutLeg.objects.select_for_update(of=("self",))
        .filter(pk__in=list(leg_ids)[:MOST_LEGS], state=LegState.DUE.value)
        .order_by("id")
    )
    if not legs:
        raise NothingDue()
    number = f"LCB{next_number('payout-batch'):08d}"
    for leg in legs:
        _prepare(leg, execute_on, actor=actor, at=at)
    total = sum((leg.principal + leg.interest for leg in legs), start=Decimal("0.00"))
    digest = _digest(legs)
    approval_id = approvals.request(
        actor=actor,
        kind=PAYOUT,
        subject=f"batch:{number}",
        reason=reason,
        payload={"digest": digest, "count": str(len(legs)), "total": f"{total:.2f}", "on": execute_on.isoformat()},
        at=at,
    )
    batch = PayoutBatch.objects.create(
        number=number,
        execute_on=execute_on,
        count=len(legs),
        total=total,
        digest=digest,
        approval_id=approval_id,
        proposed_by=actor.ref,
        proposed_at=at,
    )
    PayoutLeg.objects.filter(pk__in=[leg.pk for leg in legs]).update(batch=batch)
    return batch.pk


@transaction.atomic
def order_batch(*, actor: Actor, batch_id: int, at: datetime) -> None:
    """Agree, as the second person: the pain.001 is written, the legs are ordered.

    Refuses the one who proposed, and `BatchChanged` when the batch is not what was approved, or a payee has been taken
    off the list since.
    """
    can_handle_money(actor).require()
    batch, legs = _locked(batch_id)
    approvals.agree(actor=actor, approval_id=batch.approval_id, kind=PAYOUT, subject=f"batch:{batch.number}", at=at)
    gone = PayeeAccount.objects.filter(pk__in=[leg.payee_id for leg in legs if leg.payee_id], ended_at__isnull=False)
    if _digest(legs) != batch.digest or gone.exists():
        raise BatchChanged()
    for leg in legs:
        move_leg(leg, LegCommand.ORDER, actor=actor, at=at)
        _book_interest(leg, batch, actor=actor, at=at)
    order = pain.write(
        message_id=batch.number,
        created_at=at,
        execute_on=batch.execute_on,
        debtor=collecting_account(),
        transfers=[_transfer(leg) for leg in legs],
    )
    _move_batch(batch, BatchCommand.ORDER, actor=actor, at=at, ordered_at=at, order=order.decode())


@transaction.atomic
def reject_batch(*, actor: Actor, batch_id: int, reason: str, at: datetime) -> None:
    """Say no to a batch, or take one's own back: its payments are due again. Refuses (`Malformed`) no reason."""
    can_handle_money(actor).require()
    if not reason.strip():
        raise Malformed(field="reason", reason=gettext_noop("say why the batch is rejected"))
    batch, legs = _locked(batch_id)
    _move_batch(batch, BatchCommand.REJECT, actor=actor, at=at)
    approvals.give_up(actor=actor, approval_id=batch.approval_id, at=at, reason=reason)
    for leg in legs:
        move_leg(leg, LegCommand.UNBATCH, actor=actor, at=at, batch_id=None)


@transaction.atomic
def refused_by_bank(*, actor: Actor, leg_id: int, reason: str, at: datetime) -> None:
    """The bank did not carry out an ordered payment: it is due again, under a new end-to-end id."""
    can_handle_money(actor).require()
    leg = PayoutLeg.objects.select_for_update(of=("self",)).filter(pk=leg_id).first()
    if leg is None:
        raise NotFound()
    if not reason.strip():
        raise Malformed(field="reason", reason=gettext_noop("say what the bank answered"))
    move_leg(leg, LegCommand.REFUSE, actor=actor, at=at, batch_id=None)


@transaction.atomic
def note_download(*, actor: Actor, batch_id: int, at: datetime) -> tuple[str, bytes]:
    """Name and bytes of the ordered payment file; every download leaves evidence. Refuses `NotFound`."""
    can_handle_money(actor).require()
    batch = PayoutBatch.objects.filter(pk=batch_id, state=BatchState.ORDERED.value).first()
    if batch is None:
        raise NotFound()
    _record(batch, "batch.downloaded", actor=actor, at=at)
    return f"{batch.number}.xml", batch.order.encode()


def _prepare(leg: PayoutLeg, execute_on: date, *, actor: Actor, at: datetime) -> None:
    """Fix payee, interest and end-to-end id of this attempt."""
    changes: dict[str, object] = {"attempt": leg.attempt + 1, "end_to_end_id": f"LCP{leg.pk}-{leg.attempt + 1}"}
    if leg.kind != PayoutKind.RETURN:
        account = _payee(leg)
        changes |= {
            "payee_id": account.pk,
            "payee_name": account.name,
            "payee_account": account.number,
            "payee_bank": account.bank_name,
            "payee_bank_code": account.bank_code,
        }
    if not _interest_booked(leg):
        changes["interest"] = _interest(leg, execute_on)
    move_leg(leg, LegCommand.BATCH, actor=actor, at=at, **changes)


def _payee(leg: PayoutLeg) -> PayeeAccount:
    assert leg.expectation is not None, "only what is sent back has no expectation"
    listed = PayeeAccount.objects.filter(approved_at__isnull=False, ended_at__isnull=True)
    if leg.kind == PayoutKind.REFUND:
        payer = leg.expectation.organisation
        found = listed.filter(organisation_id=payer.id, use=AccountUse.BASIC.value).first()
        name = payer.name
    elif keeper := leg.expectation.forfeit_to if leg.kind == PayoutKind.FORFEIT else None:
        found = listed.filter(organisation_id=keeper.pk, use=AccountUse.BASIC.value).first()
        name = keeper.name
    else:
        found = listed.filter(use=AccountUse.TREASURY.value).order_by("-id").first()
        name = "国库"
    if found is None:
        raise PayeeNotListed(payee=name)
    return found


def _interest_booked(leg: PayoutLeg) -> bool:
    """Interest is booked with the first order; a later attempt pays the same sum again."""
    bears = leg.kind == PayoutKind.REFUND and leg.expectation_id is not None
    return not bears or ledger.balance(books.payable(leg.key)) > leg.principal


def _interest(leg: PayoutLeg, until: date) -> Decimal:
    """Interest on what is refunded; of several receipts the earliest lay longest and is counted first."""
    assert leg.expectation is not None, "only refunds bear interest"
    row = locked_money(leg.expectation.pk)
    left, receipts = Decimal(leg.principal), []
    sources = [row.pk, *_applied_to(row)]
    lying = BankEntry.objects.filter(expectation_id__in=sources, direction="CRDT", state=EntryState.BOOKED.value)
    for entry in lying.order_by("booked_on", "id"):
        part = min(left, entry.amount)
        if part > 0:
            receipts.append(Receipt(as_money(part), entry.booked_on))
            left -= part
    return interest(receipts, until=until, terms=interest_terms(row, until))


def _applied_to(row: MoneyExpectation) -> list[int]:
    """The deposit that counts towards a price: its money lay here since it came."""
    if not row.applied_deposit:
        return []
    applied = MoneyExpectation.objects.filter(party=row.party, state=MoneyState.APPLIED.value)
    return list(applied.values_list("pk", flat=True))


def _book_interest(leg: PayoutLeg, batch: PayoutBatch, *, actor: Actor, at: datetime) -> None:
    if leg.interest > 0:
        # One key per leg: a second attempt pays the same interest, it does not book it again.
        post(
            actor=actor,
            key=f"interest:{leg.key}",
            kind="INTEREST_DUE",
            source=books.INTEREST,
            target=books.payable(leg.key),
            amount=leg.interest,
            document_ref=f"payout:{leg.pk}",
            stream=f"payout:{leg.pk}",
            at=at,
        )


def _transfer(leg: PayoutLeg) -> pain.Transfer:
    payee = pain.Payee(leg.payee_name, leg.payee_account, leg.payee_bank, leg.payee_bank_code)
    reference = leg.expectation.reference if leg.expectation else ""
    kept = leg.kind == PayoutKind.FORFEIT and leg.expectation is not None and leg.expectation.forfeit_to_id is not None
    purpose = KEPT_BY_BENEFICIARY if kept else PURPOSES[PayoutKind(leg.kind)]
    return pain.Transfer(leg.end_to_end_id, payee, leg.principal + leg.interest, f"{purpose} {reference}".strip())


def _digest(legs: list[PayoutLeg]) -> str:
    lines = (
        "\t".join((leg.end_to_end_id, leg.payee_account, leg.payee_name, f"{leg.principal:.2f}", f"{leg.interest:.2f}"))
        for leg in legs
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _locked(batch_id: int) -> tuple[PayoutBatch, list[PayoutLeg]]:
    batch = PayoutBatch.objects.select_for_update(of=("self",)).filter(pk=batch_id).first()
    if batch is None:
        raise NotFound()
    legs = PayoutLeg.objects.select_for_update(of=("self",)).filter(batch_id=batch.pk).order_by("id")
    return batch, list(legs)


def _move_batch(batch: PayoutBatch, command: BatchCommand, *, actor: Actor, at: datetime, **changes: object) -> None:
    row = BATCH.fire(BatchState(batch.state), command)
    changed = PayoutBatch.objects.filter(pk=batch.pk, state=row.source.value).update(state=row.target.value, **changes)
    if changed != 1:
        raise NotAllowedNow(command=command.value, state=row.source.value)
    _record(batch, row.event, actor=actor, at=at)


def _record(batch: PayoutBatch, event: str, *, actor: Actor, at: datetime) -> None:
    evidence.append(
        stream=f"batch:{batch.pk}",
        type=event,
        actor=actor,
        payload={"number": batch.number, "digest": batch.digest, "total": f"{batch.total:.2f}"},
        decided_at=at,
    )
