"""The public face of permits and holdings."""

from datetime import date, datetime

from commons.domain.actor import Actor
from commons.domain.money import Quantity
from exchange.permits.domain.facts import MovementView


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
    raise NotImplementedError


def release_supply(*, actor: Actor, lot_id: int, document_ref: str, at: datetime) -> MovementView | None:
    """Give back to the seller what of a lot is still frozen (unsold, terminated). Harmless to repeat."""
    raise NotImplementedError


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
    raise NotImplementedError
