"""Rights frozen by decision, of a court or the bureau, and given free under the same number."""

import hashlib
from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.money import Quantity
from exchange.permits.domain.facts import MovementView
from exchange.permits.policies import can_move_rights
from exchange.permits.services.movements import NothingFrozen, Paper, freeze, unfreeze


@transaction.atomic
def freeze_by_decision(
    *,
    actor: Actor,
    organisation_id: int,
    instrument: str,
    quantity: Quantity,
    paper: Paper,
    idempotency_key: str,
    at: datetime,
) -> MovementView:
    """Freeze part of a holding under the number of a decision (a court's, the bureau's). Refuses (`NotEnough`)."""
    can_move_rights(actor).require()
    return freeze(
        actor=actor,
        organisation_id=organisation_id,
        instrument=instrument,
        quantity=quantity,
        subject=decision_subject(organisation_id, instrument, paper.ref),
        paper=paper,
        idempotency_key=f"decision:{idempotency_key}",
        at=at,
    )


@transaction.atomic
def unfreeze_by_decision(
    *, actor: Actor, organisation_id: int, instrument: str, paper: Paper, idempotency_key: str, at: datetime
) -> MovementView:
    """Give free everything that a decision froze. Refuses (`NothingFrozen`) where nothing is, under its number."""
    can_move_rights(actor).require()
    moved = unfreeze(
        actor=actor,
        subject=decision_subject(organisation_id, instrument, paper.ref),
        paper=paper,
        idempotency_key=f"decision:{idempotency_key}",
        at=at,
    )
    if moved is None:
        raise NothingFrozen()
    return moved


def decision_subject(organisation_id: int, instrument: str, document_ref: str) -> str:
    """The subject under which a decision froze one instrument of one holder: a number may be long, its hash is not."""
    digest = hashlib.sha256(document_ref.strip().encode()).hexdigest()[:24]
    return f"decision:{organisation_id}:{instrument}:{digest}"
