"""The queue of unclear entries: a person of finance says what one is for and why, a second one agrees."""

from datetime import datetime, timedelta

from django.db import transaction

from commons.approvals import services as approvals
from commons.domain.actor import Actor
from commons.domain.deadlines import local_day
from commons.domain.refusals import Malformed, NotFound
from commons.domain.text import gettext_noop
from commons.evidence import services as evidence
from exchange.deposits.domain import books
from exchange.deposits.domain.entries import EntryCommand, EntryState, Explanation, NotForThis
from exchange.deposits.domain.payouts import PayoutKind
from exchange.deposits.domain.states import ReasonNeeded
from exchange.deposits.models import BankEntry, MoneyExpectation, PayoutLeg
from exchange.deposits.policies import CLAIM, EXPLAIN, can_handle_money
from exchange.deposits.services.common import post, shortened
from exchange.deposits.services.legs import move_entry
from exchange.deposits.services.receiving import book, is_bookable

RETURN_DAYS = 5
"""Money that belongs to nobody here goes back within days, as a deposit would [D]."""


@transaction.atomic
def claim_entry(*, actor: Actor, entry_id: int, expectation_id: int, reason: str, at: datetime) -> int:
    """Say what a waiting payment is for; gives the request to a second person. Refuses `NotForThis`."""
    can_handle_money(actor).require()
    entry = _locked(entry_id)
    _require_bookable(entry, expectation_id)
    approval_id = approvals.request(
        actor=actor,
        kind=CLAIM,
        subject=f"entry:{entry.pk}",
        reason=reason,
        payload={"money": str(expectation_id), "amount": f"{entry.amount:.2f}", "trouble": entry.trouble},
        at=at,
    )
    move_entry(entry, EntryCommand.CLAIM, at=at, claim_expectation_id=expectation_id, claim_approval_id=approval_id)
    _record(entry, "entry.claimed", actor=actor, at=at)
    return approval_id


@transaction.atomic
def agree_claim(*, actor: Actor, entry_id: int, at: datetime) -> None:
    """Agree, as the second person, and book. Refuses the one who claimed, and (`NotForThis`) what has moved on."""
    can_handle_money(actor).require()
    entry = _locked(entry_id)
    if entry.claim_approval_id is None or entry.claim_expectation_id is None:
        raise NotFound()
    approvals.agree(actor=actor, approval_id=entry.claim_approval_id, kind=CLAIM, subject=f"entry:{entry.pk}", at=at)
    _require_bookable(entry, entry.claim_expectation_id)
    book(entry, entry.claim_expectation_id, source=books.suspense(entry.pk), actor=actor, at=at)
    _record(entry, "entry.claim_agreed", actor=actor, at=at)


@transaction.atomic
def drop_claim(*, actor: Actor, entry_id: int, reason: str, at: datetime) -> None:
    """Say no to a claim, or take one's own back: the entry waits again."""
    can_handle_money(actor).require()
    entry = _locked(entry_id)
    if entry.claim_approval_id is None:
        raise NotFound()
    approvals.give_up(actor=actor, approval_id=entry.claim_approval_id, at=at, reason=reason)
    move_entry(
        entry,
        EntryCommand.DROP_CLAIM,
        at=at,
        claim_expectation_id=None,
        claim_explanation="",
        claim_approval_id=None,
        settled_at=None,
    )
    _record(entry, "entry.claim_dropped", actor=actor, at=at)


@transaction.atomic
def send_back(*, actor: Actor, entry_id: int, reason: str, at: datetime) -> int:
    """Send money that belongs to nothing here back to the very account it came from; two persons order the payment."""
    can_handle_money(actor).require()
    entry = _locked(entry_id)
    if entry.direction != "CRDT" or not entry.payer_account or not entry.payer_name:
        raise Malformed(field="entry", reason=gettext_noop("the bank did not say from which account it came"))
    move_entry(entry, EntryCommand.SEND_BACK, at=at)
    key = f"return:{entry.pk}"
    leg = PayoutLeg.objects.create(
        key=key,
        kind=PayoutKind.RETURN,
        entry=entry,
        payee_name=entry.payer_name[:120],
        payee_account=entry.payer_account[:34],
        principal=entry.amount,
        due_on=local_day(at) + timedelta(days=RETURN_DAYS),
        reason=_why(reason),
        made_at=at,
    )
    post(
        actor=actor,
        key=f"payable:{key}",
        kind="RETURN_DUE",
        source=books.suspense(entry.pk),
        target=books.payable(key),
        amount=entry.amount,
        document_ref=f"bank:{entry.fingerprint[:32]}",
        stream=f"entry:{entry.pk}",
        at=at,
        reason=_why(reason),
    )
    return leg.pk


@transaction.atomic
def explain_entry(*, actor: Actor, entry_id: int, explanation: Explanation, reason: str, at: datetime) -> int:
    """Say what an entry is that pays for nothing, and why; gives the request to a second person.

    Of a debit, too: whoever could explain one away alone could take money and call it a fee. Refuses (`NotForThis`) to
    call a debit told twice, (`ReasonNeeded`) no reason, and (`NotAllowedNow`) what waits no longer.
    """
    can_handle_money(actor).require()
    entry = _locked(entry_id)
    if entry.direction != "CRDT" and explanation is not Explanation.OWN:
        raise NotForThis()
    approval_id = approvals.request(
        actor=actor,
        kind=EXPLAIN,
        subject=f"entry:{entry.pk}",
        reason=_why(reason),
        payload={"explanation": explanation.value, "amount": f"{entry.amount:.2f}", "trouble": entry.trouble},
        at=at,
    )
    move_entry(entry, EntryCommand.CLAIM, at=at, claim_explanation=explanation.value, claim_approval_id=approval_id)
    _record(entry, "entry.explanation_proposed", actor=actor, at=at, explanation=explanation.value)
    return approval_id


@transaction.atomic
def agree_explanation(*, actor: Actor, entry_id: int, at: datetime) -> None:
    """Agree, as the second person: the books hold it for nobody. Refuses the one who explained.

    A debit stays among those without an order of ours, for the bank or the exchange to make good.
    """
    can_handle_money(actor).require()
    entry = _locked(entry_id)
    if entry.claim_approval_id is None or not entry.claim_explanation:
        raise NotFound()
    subject = f"entry:{entry.pk}"
    approvals.agree(actor=actor, approval_id=entry.claim_approval_id, kind=EXPLAIN, subject=subject, at=at)
    if entry.direction == "CRDT":
        twice = entry.claim_explanation == Explanation.TOLD_TWICE
        post(
            actor=actor,
            key=f"explained:{entry.fingerprint}",
            kind=f"CREDIT_{entry.claim_explanation}",
            source=books.suspense(entry.pk),
            target=books.CASH if twice else books.UNEXPLAINED,
            amount=entry.amount,
            document_ref=f"bank:{entry.fingerprint[:32]}",
            stream=subject,
            at=at,
        )
    move_entry(entry, EntryCommand.EXPLAIN, at=at)
    _record(entry, "entry.explained", actor=actor, at=at, explanation=entry.claim_explanation)


def _locked(entry_id: int) -> BankEntry:
    entry = BankEntry.objects.select_for_update(of=("self",)).filter(pk=entry_id).first()
    if entry is None:
        raise NotFound()
    return entry


def _require_bookable(entry: BankEntry, expectation_id: int) -> None:
    row = MoneyExpectation.objects.filter(pk=expectation_id).first()
    waits = entry.state in (EntryState.WAITING, EntryState.CLAIMING)
    if row is None or not waits or entry.direction != "CRDT" or not is_bookable(row):
        raise NotForThis()


def _why(reason: str) -> str:
    if not reason.strip():
        raise ReasonNeeded()
    return shortened(reason)


def _record(entry: BankEntry, event: str, *, actor: Actor, at: datetime, **facts: str) -> None:
    evidence.append(
        stream=f"entry:{entry.pk}", type=event, actor=actor, payload={"state": entry.state, **facts}, decided_at=at
    )
