"""Moving rights: one ledger transfer and one line of the registry each, posted once per key."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.money import Quantity
from commons.domain.refusals import Malformed, NotFound, Refusal
from commons.domain.text import gettext_noop
from exchange.ledger import queries as ledger_queries
from exchange.ledger import services as ledger
from exchange.ledger.domain.postings import Account, Leg, NotEnough, balanced, take
from exchange.ledger.domain.units import Book
from exchange.permits.domain.facts import MovementView
from exchange.permits.domain.rights import (
    FROZEN,
    SPENT_FIRST,
    Held,
    MovementKind,
    cancelled,
    frozen,
    held,
    issued,
    organisation_of,
    owner,
    thawed,
    unit_of,
)
from exchange.permits.models import HoldingMovement
from exchange.permits.policies import can_move_rights, can_order, can_reserve, can_transfer
from exchange.permits.queries import movement_view
from exchange.projects.domain.states import ENDED
from exchange.projects.domain.trades import Instrument


class NothingFrozen(Refusal):
    code = "RIGHTS_NOTHING_FROZEN"
    message = gettext_noop("Nothing is frozen for this, or not in the asked quantity.")


class ReversalIsFinal(Refusal):
    code = "RIGHTS_REVERSAL_IS_FINAL"
    message = gettext_noop("A reversal cannot be reversed. Record the right movement anew.")


class LotDecides(Refusal):
    """What is on offer stays set aside: whoever took it away would sell the same tonne twice."""

    code = "RIGHTS_LOT_DECIDES"
    message = gettext_noop(
        "These rights are set aside for a lot, and go back when the lot ends. Have the lot ended first."
    )


@dataclass(frozen=True, slots=True)
class Paper:
    """What a movement rests on."""

    ref: str
    document_id: int | None = None
    reason: str = ""
    provenance: str = "registered"
    valid_from: date | None = None
    valid_until: date | None = None


@transaction.atomic
def allocate(
    *,
    actor: Actor,
    organisation_id: int,
    instrument: str,
    held_as: Held,
    quantity: Quantity,
    region: str,
    paper: Paper,
    idempotency_key: str,
    at: datetime,
) -> MovementView:
    """Enter rights into the registry: initial allocation, government reserve, or a purchase from before Luochui."""
    can_move_rights(actor).require()
    kind = Instrument(instrument)
    source, target = issued(region, kind), held(organisation_id, held_as, kind)
    legs = _legs([(source, _positive(quantity))], [(target, quantity)])
    return _post(MovementKind.ALLOCATED, legs, quantity, kind, paper, actor, f"allocate:{idempotency_key}", at)


@transaction.atomic
def freeze(
    *,
    actor: Actor,
    organisation_id: int,
    instrument: str,
    quantity: Quantity,
    subject: str,
    paper: Paper,
    idempotency_key: str,
    at: datetime,
    lot_id: int | None = None,
) -> MovementView:
    """Freeze part of a holding for `subject`. Refuses (`NotEnough`) more than is free."""
    can_reserve(actor, organisation_id).require()
    kind, key = Instrument(instrument), f"freeze:{idempotency_key}"
    if found := _posted(key):
        return found
    parts = take(_free(organisation_id, kind), _positive(quantity))
    legs = _legs(parts, [(frozen(account, subject), part) for account, part in parts])
    return _post(MovementKind.FROZEN, legs, quantity, kind, paper, actor, key, at, lot_id=lot_id)


@transaction.atomic
def unfreeze(
    *, actor: Actor, subject: str, paper: Paper, idempotency_key: str, at: datetime, lot_id: int | None = None
) -> MovementView | None:
    """Give back everything that is still frozen for `subject`; nothing where nothing is."""
    can_order(actor).require()
    key = f"unfreeze:{idempotency_key}"
    if found := _posted(key):
        return found
    parts = _frozen_for(subject)
    if not parts:
        return None
    quantity = Quantity(sum((part for _, part in parts), start=parts[0][1] * 0))
    legs = _legs(parts, [(thawed(account), part) for account, part in parts])
    return _post(MovementKind.UNFROZEN, legs, quantity, _instrument(parts), paper, actor, key, at, lot_id=lot_id)


def reserve_supply(
    *,
    actor: Actor,
    lot_id: int,
    seller_id: int,
    instrument: str,
    quantity: Quantity,
    document_ref: str,
    at: datetime,
    document_id: int | None = None,
) -> MovementView:
    """Freeze what a lot offers out of the seller's holding. Refuses (`NotEnough`); harmless to repeat."""
    return freeze(
        actor=actor,
        organisation_id=seller_id,
        instrument=instrument,
        quantity=quantity,
        subject=lot_subject(lot_id),
        paper=Paper(document_ref, document_id),
        idempotency_key=lot_subject(lot_id),
        at=at,
        lot_id=lot_id,
    )


def release_supply(*, actor: Actor, lot_id: int, document_ref: str, at: datetime) -> MovementView | None:
    """Give back to the seller what of a lot is still frozen (unsold, terminated). Harmless to repeat."""
    return unfreeze(
        actor=actor,
        subject=lot_subject(lot_id),
        paper=Paper(document_ref),
        idempotency_key=lot_subject(lot_id),
        at=at,
        lot_id=lot_id,
    )


@transaction.atomic
def transfer(
    *,
    actor: Actor,
    lot_id: int,
    buyer_id: int,
    quantity: Quantity,
    document_id: int | None,
    document_ref: str,
    idempotency_key: str,
    at: datetime,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> MovementView:
    """Move sold rights from what is frozen for the lot to the buyer, once per key. Refuses (`NotEnough`)."""
    can_transfer(actor).require()
    key = f"transfer:{idempotency_key}"
    if found := _posted(key):
        return found
    available = _frozen_for(lot_subject(lot_id))
    if not available:
        raise NothingFrozen()
    parts, instrument = take(available, _positive(quantity)), _instrument(available)
    legs = _legs(parts, [(held(buyer_id, Held.PURCHASED, instrument), quantity)])
    paper = Paper(document_ref, document_id, valid_from=valid_from, valid_until=valid_until)
    return _post(MovementKind.TRANSFERRED, legs, quantity, instrument, paper, actor, key, at, lot_id=lot_id)


@transaction.atomic
def cancel(
    *,
    actor: Actor,
    organisation_id: int,
    instrument: str,
    quantity: Quantity,
    paper: Paper,
    idempotency_key: str,
    at: datetime,
) -> MovementView:
    """Cancel part of a holding for good (closure, surrender). Refuses (`NotEnough`) more than is free."""
    can_move_rights(actor).require()
    kind, key = Instrument(instrument), f"cancel:{idempotency_key}"
    if found := _posted(key):
        return found
    parts = take(_free(organisation_id, kind), _positive(quantity))
    legs = _legs(parts, [(cancelled(organisation_id, kind), quantity)])
    return _post(MovementKind.CANCELLED, legs, quantity, kind, paper, actor, key, at)


@transaction.atomic
def reverse(*, actor: Actor, movement_id: int, reason: str, document_ref: str, at: datetime) -> MovementView:
    """Correct a movement by its reversal, which names it and says why; the right one is then recorded anew.

    Refuses `NotEnough` when the rights have moved on, `AlreadyCorrected`, `ReversalIsFinal`, and `LotDecides` for what
    a lot set aside or gave free.
    """
    can_move_rights(actor).require()
    row = HoldingMovement.objects.select_related("lot").filter(pk=movement_id).first()
    if row is None:
        raise NotFound()
    if row.corrects_id is not None:
        raise ReversalIsFinal()
    if row.lot_id is not None and row.kind != MovementKind.TRANSFERRED:
        raise LotDecides()
    if not reason.strip():
        raise Malformed(field="reason", reason=gettext_noop("say why the movement was wrong"))
    key = f"reverse:movement:{movement_id}"
    if found := _posted(key):
        return found
    posted = ledger.reverse(
        actor=actor,
        transfer_id=row.transfer_id,
        key=key,
        reason=reason.strip(),
        document_ref=document_ref,
        at=at,
        stream=_stream(row.source_id or row.target_id),
    )
    reversal = HoldingMovement.objects.create(
        transfer_id=posted.id,
        kind=MovementKind.REVERSED,
        instrument=row.instrument,
        quantity=row.quantity,
        source_id=row.target_id,
        target_id=row.source_id,
        lot_id=row.lot_id,
        document_ref=document_ref,
        reason=reason.strip(),
        corrects=row,
        moved_at=at,
    )
    if row.lot is not None and row.lot.state in ENDED:
        # The lot is over and gives nothing back any more: what comes back to it goes on to its seller.
        unfreeze(
            actor=actor,
            subject=lot_subject(row.lot.pk),
            paper=Paper(document_ref),
            idempotency_key=f"reversal:{movement_id}",
            at=at,
            lot_id=row.lot.pk,
        )
    return movement_view(reversal)


def lot_subject(lot_id: int) -> str:
    """The subject under which a lot's supply is frozen."""
    return f"lot:{lot_id}"


def _positive(quantity: Quantity) -> Quantity:
    if quantity <= 0:
        raise Malformed(field="quantity", reason=gettext_noop("it must be more than zero"))
    return quantity


def _free(organisation_id: int, instrument: Instrument) -> list[tuple[Account, Decimal]]:
    found = ledger_queries.balances(
        Book.RIGHTS,
        owners=[owner(organisation_id)],
        kinds=[kind.value for kind in SPENT_FIRST],
        unit=unit_of(instrument).code,
    )
    order = [kind.value for kind in SPENT_FIRST]
    ranked = sorted(found, key=lambda item: order.index(item.account.kind))
    return [(item.account, item.amount) for item in ranked] or [
        (held(organisation_id, Held.INITIAL, instrument), unit_of(instrument).amount(0))
    ]


def _frozen_for(subject: str) -> list[tuple[Account, Decimal]]:
    found = ledger_queries.balances(Book.RIGHTS, subject=subject)
    return [(item.account, item.amount) for item in found if item.account.kind.startswith(FROZEN) and item.amount > 0]


def _instrument(parts: list[tuple[Account, Decimal]]) -> Instrument:
    code = parts[0][0].unit_code
    return next(instrument for instrument in Instrument if unit_of(instrument).code == code)


def _legs(sources: Iterable[tuple[Account, Decimal]], targets: Iterable[tuple[Account, Decimal]]) -> tuple[Leg, ...]:
    return balanced(
        [*(Leg(account, -part) for account, part in sources), *(Leg(account, part) for account, part in targets)]
    )


def _posted(key: str) -> MovementView | None:
    row = HoldingMovement.objects.filter(transfer__key=key).first()
    return movement_view(row) if row else None


def _stream(organisation_id: int | None) -> str:
    return f"holding:{organisation_id}"


def _post(
    kind: MovementKind,
    legs: tuple[Leg, ...],
    quantity: Quantity,
    instrument: Instrument,
    paper: Paper,
    actor: Actor,
    key: str,
    at: datetime,
    *,
    lot_id: int | None = None,
) -> MovementView:
    source = next((organisation_of(leg.account) for leg in legs if leg.delta < 0), None)
    target = next((organisation_of(leg.account) for leg in legs if leg.delta > 0), None)
    posted = ledger.post(
        actor=actor,
        key=key,
        kind=kind.value,
        legs=legs,
        document_ref=paper.ref,
        at=at,
        stream=_stream(source or target),
        reason=paper.reason,
    )
    if not posted.fresh:
        # Another request with the same key was faster, with the same body: its line is the answer.
        return movement_view(HoldingMovement.objects.get(transfer_id=posted.id))
    row = HoldingMovement.objects.create(
        transfer_id=posted.id,
        kind=kind,
        instrument=instrument,
        quantity=quantity,
        source_id=source,
        target_id=target,
        lot_id=lot_id,
        document_ref=paper.ref,
        document_id=paper.document_id,
        valid_from=paper.valid_from,
        valid_until=paper.valid_until,
        reason=paper.reason,
        provenance=paper.provenance,
        moved_at=at,
    )
    return movement_view(row)


__all__ = [
    "LotDecides",
    "NotEnough",
    "NothingFrozen",
    "Paper",
    "ReversalIsFinal",
    "allocate",
    "cancel",
    "freeze",
    "lot_subject",
    "release_supply",
    "reserve_supply",
    "reverse",
    "transfer",
    "unfreeze",
]
