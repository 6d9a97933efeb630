"""What is given back when a lot ends: the supply to the seller, the deposits to those who did not buy."""

from collections.abc import Collection
from datetime import datetime

from commons.domain.actor import Actor
from exchange.auctions.domain.registrations import RegistrationState
from exchange.auctions.models import Registration
from exchange.auctions.services.guaranteeing import release_guarantee
from exchange.deposits import queries as deposit_queries
from exchange.deposits import services as deposits
from exchange.deposits.domain.states import MoneyState
from exchange.permits import services as permits
from exchange.projects.models import Lot


def is_retained(lot: Lot, organisation_id: int) -> bool:
    """Whether the exchange still holds the buyer's deposit; that of a next bidder may have gone back before."""
    deposit = deposit_queries.deposit_of(lot.pk, organisation_id)
    return deposit is not None and deposit.state is MoneyState.RETAINED


def answers_for_default(lot: Lot, organisation_id: int) -> bool:
    """Whether a deposit answers for the buyer's default: the retained one, or what the bank has left of it."""
    deposit = deposit_queries.deposit_of(lot.pk, organisation_id)
    if deposit is None:
        return False
    left = deposit.state is MoneyState.PART_RECEIVED and deposit.taken_back_at is not None
    return left or deposit.state is MoneyState.RETAINED


def release_deposit(lot: Lot, organisation_id: int, *, reason: str, actor: Actor, at: datetime) -> None:
    """Stop expecting a deposit, or order its refund with interest; a guarantee goes back. Harmless to repeat."""
    release_guarantee(lot, organisation_id, reason=reason, actor=actor, at=at)
    if deposit_queries.deposit_of(lot.pk, organisation_id) is not None:
        deposits.cancel_expectation(actor=actor, lot_id=lot.pk, organisation_id=organisation_id, reason=reason, at=at)


def release_deposits(lot: Lot, *, keep: Collection[int], reason: str, actor: Actor, at: datetime) -> None:
    """Release the deposits of all who took part, but for the organisations in `keep`."""
    submitted = [RegistrationState.SUBMITTED, RegistrationState.QUALIFIED, RegistrationState.REFUSED]
    takers = Registration.objects.filter(lot=lot, state__in=[state.value for state in submitted])
    for organisation_id in sorted({taker.organisation_id for taker in takers} - set(keep)):
        release_deposit(lot, organisation_id, reason=reason, actor=actor, at=at)


def release_lot(lot: Lot, *, keep: Collection[int], reason: str, actor: Actor, at: datetime) -> None:
    """The lot ends without a buyer: what is still frozen goes back to the seller, the deposits to the buyers."""
    permits.release_supply(actor=actor, lot_id=lot.pk, document_ref=f"{lot.project.code}/{lot.number}", at=at)
    release_deposits(lot, keep=keep, reason=reason, actor=actor, at=at)
