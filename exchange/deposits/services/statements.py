"""Taking in the bank's files: each movement once, each booked where it belongs or shown to a person."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.refusals import Refusal
from commons.domain.time import to_text
from commons.people.parties import with_organisations
from commons.vault import services as vault
from exchange.deposits.domain import books, camt
from exchange.deposits.domain.camt import BankFileRefused, Direction, Payment
from exchange.deposits.domain.entries import EntryState, FileKnown, FileOfAnotherAccount
from exchange.deposits.domain.matching import Candidate, Match, Trouble, match, named
from exchange.deposits.domain.payouts import LegState
from exchange.deposits.models import AccountUse, BankEntry, BankFile, MoneyExpectation, PayeeAccount, PayoutLeg
from exchange.deposits.policies import can_handle_money
from exchange.deposits.queries.account import own_accounts
from exchange.deposits.services.common import post
from exchange.deposits.services.legs import bounce_leg, confirm_late, confirm_leg
from exchange.deposits.services.receiving import book, is_bookable, take_back
from exchange.deposits.services.telling import Telling, Tellings
from exchange.projects.services import next_number

EARLIER_ATTEMPT = re.compile(r"LCP(\d{1,18})-(\d{1,5})\Z", re.ASCII)
"""An end-to-end id of ours: leg and attempt."""


@dataclass(slots=True)
class Tally:
    """What became of the movements of a file."""

    booked: int = 0
    waiting: int = 0
    confirmed: int = 0
    known: int = 0
    repeated: int = 0
    pending: int = 0


@dataclass(frozen=True, slots=True)
class ImportReport:
    """A file that was taken in, with what became of it; or the refusal."""

    file_id: int
    refusal: Refusal | None = None
    tally: Tally = field(default_factory=Tally)

    @property
    def taken_in(self) -> bool:
        return self.refusal is None


def import_file(*, actor: Actor, content: bytes, name: str, at: datetime) -> ImportReport:
    """Take in a camt.053 or camt.054 file, whole or not at all.

    A file that is refused (`BankFileRefused`, `FileKnown`, `FileOfAnotherAccount`) is kept on the list with its reason:
    the report carries the refusal instead of raising it.
    """
    can_handle_money(actor).require()
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        return _take_in(camt.read(content), content, sha256, name, actor=actor, at=at)
    except (BankFileRefused, FileKnown, FileOfAnotherAccount) as refusal:
        return _keep_refused(refusal, sha256, name, actor=actor, at=at)


def _keep_refused(refusal: Refusal, sha256: str, name: str, *, actor: Actor, at: datetime) -> ImportReport:
    row = BankFile.objects.create(
        sha256=sha256,
        name=name[-200:],
        taken_in=False,
        refusal_code=refusal.code,
        refusal_fields=dict(refusal.fields),
        imported_by=actor.ref,
        imported_at=at,
    )
    return ImportReport(row.pk, refusal)


@transaction.atomic
def _take_in(
    file: camt.BankFile, content: bytes, sha256: str, name: str, *, actor: Actor, at: datetime
) -> ImportReport:
    # One file after the other: two files may bring the same movement.
    next_number("bank-file")
    _require_ours(file)
    earlier = BankFile.objects.filter(sha256=sha256, taken_in=True).first()
    if earlier is not None:
        raise FileKnown(at=to_text(earlier.imported_at))
    document = vault.store(
        actor=actor,
        stream=[content],
        name=name,
        media_type="application/xml",
        at=at,
        sensitive=True,
        subject="bank-file",
    )
    row = BankFile.objects.create(
        sha256=sha256,
        name=name[-200:],
        document_id=document.id,
        version=file.version,
        message_id=file.message_id[:140],
        made_at=file.created_at,
        taken_in=True,
        imported_by=actor.ref,
        imported_at=at,
    )
    tally = _take_movements(row, file, actor=actor, at=at)
    BankFile.objects.filter(pk=row.pk).update(pending=tally.pending, known=tally.known, repeated=tally.repeated)
    return ImportReport(row.pk, None, tally)


def _require_ours(file: camt.BankFile) -> None:
    ours = own_accounts()
    for statement in file.statements:
        if statement.account not in ours:
            raise FileOfAnotherAccount(account=statement.account)


def _take_movements(row: BankFile, file: camt.BankFile, *, actor: Actor, at: datetime) -> Tally:
    tally = Tally()
    for statement in file.statements:
        tally.pending += statement.pending
        tally.repeated += len(statement.repeated)
        names = camt.fingerprints(statement)
        both = [*names, *map(_of_details, names)]
        known = set(BankEntry.objects.filter(fingerprint__in=both).values_list("fingerprint", flat=True))
        tellings = Tellings(file.kind, statement)
        for fingerprint, payment in zip(names, statement.payments, strict=True):
            telling, bare_sum = tellings.judge(payment, known=fingerprint in known)
            if telling is Telling.KNOWN or _of_details(fingerprint) in known:
                tally.known += 1
                continue
            if bare_sum is not None:
                tellings.absorb(bare_sum, actor=actor, at=at)
            if fingerprint in known:
                # The sum bears the name that its only payment would have.
                fingerprint = _of_details(fingerprint)
            known.add(fingerprint)
            entry = _store(row, fingerprint, payment, file.created_at)
            tellings.keep(entry, payment)
            _settle(entry, payment, tally, telling is Telling.DEALT_WITH, actor=actor, at=at)
    return tally


def _of_details(fingerprint: str) -> str:
    return hashlib.sha256(f"{fingerprint}\ndetails".encode()).hexdigest()


def _store(row: BankFile, fingerprint: str, payment: Payment, created_at: datetime) -> BankEntry:
    zero = payment.amount == 0
    return BankEntry.objects.create(
        file=row,
        fingerprint=fingerprint,
        amount=payment.amount,
        direction=payment.direction.value,
        reversal=payment.reversal,
        booked_on=payment.booked_on,
        arrived_by=camt.arrived_by(payment, created_at),
        bank_ref=payment.bank_ref[:64],
        end_to_end_id=payment.end_to_end_id[:64],
        payer_name=payment.debtor.name[:200],
        payer_account=payment.debtor.account[:40],
        credited_account=payment.creditor.account[:40],
        payee_name=payment.creditor.name[:200],
        detailed=payment.detailed,
        text=" ".join((*payment.references, *payment.remittance))[:500],
        state=(EntryState.EXPLAINED if zero else EntryState.WAITING).value,
    )


def _settle(entry: BankEntry, payment: Payment, tally: Tally, dealt_with: bool, *, actor: Actor, at: datetime) -> None:
    if not payment.amount:
        return
    if dealt_with:
        _hold(entry, Trouble.TOLD_BEFORE, actor=actor, at=at)
        tally.waiting += 1
        return
    if payment.direction is Direction.CREDIT:
        done = _bounced(entry, actor=actor, at=at) or _received(entry, payment, actor=actor, at=at)
    elif payment.reversal:
        done = _undone(entry, actor=actor, at=at)
    else:
        done = _paid_out(entry, actor=actor, at=at)
        tally.confirmed += done
        tally.waiting += not done
        return
    tally.booked += done
    tally.waiting += not done


def _received(entry: BankEntry, payment: Payment, *, actor: Actor, at: datetime) -> bool:
    unclear = Match(trouble=Trouble.REVERSAL_UNCLEAR)
    found = unclear if payment.reversal else match(payment, candidates(named(payment)))
    if found.trouble is None and found.candidate_id is not None:
        book(entry, found.candidate_id, source=books.CASH, actor=actor, at=at)
        return True
    assert found.trouble is not None, "what is not booked says why"
    _hold(entry, found.trouble, found.candidate_id, actor=actor, at=at)
    return False


def candidates(said: Iterable[str]) -> list[Candidate]:
    """The expectations that carry one of the numbers or references, with their payers."""
    wanted = list(said)
    if not wanted:
        return []
    rows = MoneyExpectation.objects.filter(sub_account_no__in=wanted) | MoneyExpectation.objects.filter(
        reference__in=wanted
    )
    found = with_organisations(rows.order_by("expected_at", "id"))
    accounts: dict[int, list[str]] = {}
    listed = PayeeAccount.objects.filter(
        organisation_id__in=[row.organisation_id for row in found],
        use=AccountUse.BASIC.value,
        approved_at__isnull=False,
        ended_at__isnull=True,
    )
    for organisation_id, number in listed.values_list("organisation_id", "number"):
        accounts.setdefault(organisation_id, []).append(number)
    return [
        Candidate(
            row.pk,
            row.sub_account_no,
            row.reference,
            is_bookable(row),
            row.organisation.name,
            tuple(accounts.get(row.organisation_id, ())),
        )
        for row in found
    ]


def _paid_out(entry: BankEntry, *, actor: Actor, at: datetime) -> bool:
    leg = PayoutLeg.objects.filter(end_to_end_id=entry.end_to_end_id, state=LegState.ORDERED.value).first()
    if entry.end_to_end_id and leg is not None and leg.principal + leg.interest == entry.amount:
        BankEntry.objects.filter(pk=entry.pk).update(state=EntryState.EXPLAINED.value, settled_at=at)
        confirm_leg(leg, entry, actor=actor, at=at)
        return True
    earlier = _called_refused(entry)
    if earlier is not None and earlier.state in (LegState.DUE, LegState.BATCHED):
        BankEntry.objects.filter(pk=entry.pk).update(state=EntryState.EXPLAINED.value, settled_at=at)
        confirm_late(earlier, entry, actor=actor, at=at)
        return True
    _hold(entry, Trouble.PAID_TWICE if earlier is not None else Trouble.UNKNOWN_DEBIT, actor=actor, at=at)
    return False


def _called_refused(entry: BankEntry) -> PayoutLeg | None:
    """The payment of which this debit was an earlier attempt, which somebody called refused by the bank."""
    parts = EARLIER_ATTEMPT.match(entry.end_to_end_id)
    leg = PayoutLeg.objects.select_for_update(of=("self",)).filter(pk=int(parts[1])).first() if parts else None
    if leg is None or parts is None or int(parts[2]) > leg.attempt:
        return None
    return leg if leg.principal + leg.interest == entry.amount else None


def _bounced(entry: BankEntry, *, actor: Actor, at: datetime) -> bool:
    """Money of a refund that came back carries the refund's own end-to-end id."""
    if not entry.end_to_end_id:
        return False
    leg = PayoutLeg.objects.filter(end_to_end_id=entry.end_to_end_id, state=LegState.PAID.value).first()
    if leg is None or leg.principal + leg.interest != entry.amount:
        return False
    BankEntry.objects.filter(pk=entry.pk).update(state=EntryState.EXPLAINED.value, settled_at=at)
    bounce_leg(leg, entry, actor=actor, at=at)
    return True


def _undone(entry: BankEntry, *, actor: Actor, at: datetime) -> bool:
    """A debit that reverses a credit: the receipt with the same bank reference, else the same id, is taken back."""
    rows = BankEntry.objects.filter(direction="CRDT", reversal=False, amount=entry.amount).exclude(pk=entry.pk)
    if entry.bank_ref and (same := rows.filter(bank_ref=entry.bank_ref)).exists():
        rows = same
    elif entry.end_to_end_id:
        rows = rows.filter(end_to_end_id=entry.end_to_end_id)
    else:
        rows = rows.none()
    originals = list(rows.order_by("id")[:2])
    if len(originals) == 1 and take_back(originals[0], entry, actor=actor, at=at):
        BankEntry.objects.filter(pk=entry.pk).update(state=EntryState.EXPLAINED.value, settled_at=at)
        return True
    _hold(entry, Trouble.REVERSAL_UNCLEAR, actor=actor, at=at)
    return False


def _hold(entry: BankEntry, trouble: Trouble, expectation_id: int | None = None, *, actor: Actor, at: datetime) -> None:
    """Let an entry wait for a person: money that came in suspense, money that left as unexplained."""
    entry.trouble, entry.expectation_id = trouble.value, expectation_id
    BankEntry.objects.filter(pk=entry.pk).update(trouble=trouble.value, expectation_id=expectation_id)
    came = entry.direction == Direction.CREDIT
    post(
        actor=actor,
        key=f"receipt:{entry.fingerprint}:suspense" if came else f"debit:{entry.fingerprint}",
        kind="RECEIPT_UNCLEAR" if came else "DEBIT_UNEXPLAINED",
        source=books.CASH if came else books.UNEXPLAINED,
        target=books.suspense(entry.pk) if came else books.CASH,
        amount=entry.amount,
        document_ref=f"bank:{entry.fingerprint[:32]}",
        stream=f"entry:{entry.pk}",
        at=at,
    )
