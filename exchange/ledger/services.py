"""Posting. The one way by which a balance changes.

Locks: a transfer's accounts are updated in the order of their ids, so two transfers never wait for each other in a
circle; a caller that posts several transfers in one transaction posts them in a fixed order of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from commons.domain.actor import Actor
from commons.domain.refusals import IdempotencyConflict, NotFound, Refusal
from commons.domain.text import gettext_noop
from commons.evidence import services as evidence
from exchange.ledger.domain.postings import Account, Leg, NotEnough, balanced, digest, reversed_legs
from exchange.ledger.domain.units import Book, Unit
from exchange.ledger.models import LedgerAccount, LedgerLeg, LedgerTransfer


class AlreadyCorrected(Refusal):
    code = "LEDGER_ALREADY_CORRECTED"
    message = gettext_noop("This entry was already corrected. Correct the newer entry instead.")


class DocumentNeeded(Refusal):
    code = "LEDGER_DOCUMENT_NEEDED"
    message = gettext_noop("Every movement rests on a document. Enter its number.")
    status = 400


@dataclass(frozen=True, slots=True)
class Posted:
    """A transfer that stands; `fresh` is false when an earlier request with the same key had posted it."""

    id: int
    fresh: bool


@transaction.atomic
def post(
    *,
    actor: Actor,
    key: str,
    kind: str,
    legs: Iterable[Leg],
    document_ref: str,
    at: datetime,
    stream: str,
    reason: str = "",
    corrects_id: int | None = None,
) -> Posted:
    """Post a transfer once per `key`, with its row of evidence in `stream`.

    Refuses `NotEnough` (nothing is moved then), `IdempotencyConflict` when the key stands for something else,
    `DocumentNeeded` and `AlreadyCorrected`.
    """
    checked = balanced(legs)
    if not document_ref.strip():
        raise DocumentNeeded()
    if corrects_id is not None and _other_correction(corrects_id, key):
        raise AlreadyCorrected()
    body = digest(kind=kind, legs=checked, document_ref=document_ref, corrects=str(corrects_id or ""))
    row, fresh = LedgerTransfer.objects.get_or_create(
        key=key,
        defaults={
            "digest": body,
            "book": checked[0].account.unit.book,
            "kind": kind,
            "document_ref": document_ref,
            "reason": reason,
            "corrects_id": corrects_id,
            "actor": actor.ref,
            "posted_at": at,
        },
    )
    if row.digest != body:
        raise IdempotencyConflict()
    if fresh:
        _move(row, checked)
        _record(row, checked, actor=actor, stream=stream, at=at)
    return Posted(row.pk, fresh)


@transaction.atomic
def reverse(
    *, actor: Actor, transfer_id: int, key: str, reason: str, document_ref: str, at: datetime, stream: str
) -> Posted:
    """Undo a transfer by a transfer of its own. Refuses `NotFound`, `NotEnough`, `AlreadyCorrected`."""
    return post(
        actor=actor,
        key=key,
        kind="REVERSAL",
        legs=reversed_legs(legs_of(transfer_id)),
        document_ref=document_ref,
        at=at,
        stream=stream,
        reason=reason,
        corrects_id=transfer_id,
    )


def legs_of(transfer_id: int) -> tuple[Leg, ...]:
    """The legs of a transfer as values. Refuses `NotFound`."""
    rows = list(LedgerLeg.objects.filter(transfer_id=transfer_id).select_related("account").order_by("id"))
    if not rows:
        raise NotFound()
    return tuple(_leg(row) for row in rows)


def _leg(row: LedgerLeg) -> Leg:
    account = as_account(row.account)
    return Leg(account, account.unit.amount(row.delta))


def as_account(row: LedgerAccount) -> Account:
    unit = Unit(row.unit, Book(row.book), row.places)
    return Account(row.owner, row.kind, unit, row.subject, row.may_go_negative)


def _other_correction(corrects_id: int, key: str) -> bool:
    return LedgerTransfer.objects.filter(corrects_id=corrects_id).exclude(key=key).exists()


def _move(transfer: LedgerTransfer, legs: tuple[Leg, ...]) -> None:
    moved = sorted(((_row_of(leg.account), leg) for leg in legs), key=lambda pair: pair[0].pk)
    for row, leg in moved:
        _add(row, leg)
        LedgerLeg.objects.create(transfer=transfer, account=row, delta=leg.steps, balance=row.balance)


def _row_of(account: Account) -> LedgerAccount:
    row, _ = LedgerAccount.objects.get_or_create(
        book=account.unit.book,
        owner=account.owner,
        kind=account.kind,
        subject=account.subject,
        unit=account.unit.code,
        defaults={"places": account.unit.places, "may_go_negative": account.may_go_negative},
    )
    return row


def _add(row: LedgerAccount, leg: Leg) -> None:
    """Change the balance where the result is allowed; the update locks the row until the transaction ends."""
    allowed = Q(may_go_negative=True) | Q(balance__gte=-leg.steps)
    changed = LedgerAccount.objects.filter(allowed, pk=row.pk).update(balance=F("balance") + leg.steps)
    row.refresh_from_db(fields=["balance"])
    if changed != 1:
        amount = leg.account.unit.amount
        raise NotEnough(
            available=f"{amount(row.balance):f}", needed=f"{amount(-leg.steps):f}", unit=leg.account.unit_code
        )


def _record(row: LedgerTransfer, legs: tuple[Leg, ...], *, actor: Actor, stream: str, at: datetime) -> None:
    # Accounts are told by number: who owns them stands in the ledger, not in the log.
    accounts = {leg.account_id: leg.delta for leg in row.legs.all()}
    evidence.append(
        stream=stream,
        type=f"ledger.{row.kind.lower()}",
        actor=actor,
        payload={
            "transfer": str(row.pk),
            "legs": {str(account): str(delta) for account, delta in accounts.items()},
            "document": row.document_ref,
            "digest": row.digest,
        },
        decided_at=at,
        idempotency_key=row.key,
    )
