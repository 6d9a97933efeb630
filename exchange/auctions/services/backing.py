"""A deposit that the bank takes back once the trade method is decided: what follows, moment by moment.

before the room opens   its buyer no longer qualifies, as it would not have at the method decision (Foshan 2018: the
                        deposit makes the buyer); with fewer than two left the method is decided again
while the room runs     the buyer may not bid until its deposit is whole again, and the room's log says so. What it bid
                        stands: the bid was made with the deposit there, and the others have answered it
after the hammer        the purchase stands and the deposit is owed again; whoever defaults loses what is left of it
"""

from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from exchange.auctions.domain.registrations import RegistrationState
from exchange.auctions.models import Registration
from exchange.auctions.services.deciding import decide_method_again
from exchange.auctions.services.qualifying import disqualify_by_rule, require_deposit
from exchange.auctions.services.telling import tell
from exchange.contracts.domain.deals import STANDING
from exchange.contracts.models import Deal
from exchange.deposits import queries as deposit_queries
from exchange.deposits import services as deposits
from exchange.deposits.domain.states import OPEN, MoneyState
from exchange.projects.domain.states import LotState
from exchange.projects.models import Lot
from exchange.projects.services import locked_lot
from exchange.rooms import queries as room_queries
from exchange.rooms import services as rooms
from exchange.rooms.domain.phases import OVER

BOUND = (LotState.METHOD_DECIDED, LotState.HAMMERED, LotState.NOTICED, LotState.CONTRACTED, LotState.PAID)
"""The states of a lot in which somebody stands or falls with its deposit."""


def mind_deposits(lot_id: int, *, actor: Actor, at: datetime) -> bool:
    """Draw the consequences of deposits that were taken back or made good. True when something moved. Idempotent."""
    with transaction.atomic():
        lot = locked_lot(lot_id)
        if lot.state != LotState.METHOD_DECIDED:
            return lot.state in BOUND and _after_the_hammer(lot, actor=actor, at=at)
        if lot.room_id is None or not rooms.has_begun(lot.room_id, at):
            return _before_the_room(lot, actor=actor, at=at)
        return _in_the_room(lot, lot.room_id, actor=actor, at=at)


def _before_the_room(lot: Lot, *, actor: Actor, at: datetime) -> bool:
    gone = disqualify_by_rule(lot, actor=actor, at=at, rule=require_deposit)
    for registration in gone:
        if lot.room_id is not None:
            rooms.suspend_bidder(actor=actor, room_id=lot.room_id, alias=registration.alias, at=at)
        subject = gettext_noop(
            "The deposit of bidder %(alias)s for lot %(lot)s of %(project)s was taken back by its bank; it no longer "
            "takes part"
        )
        _tell_seller(lot, subject, registration.alias, at=at, key="out")
    if gone:
        decide_method_again(lot, actor=actor, at=at)
    return bool(gone)


def _in_the_room(lot: Lot, room_id: int, *, actor: Actor, at: datetime) -> bool:
    room = room_queries.room(room_id)
    if room is None or room.phase in OVER:
        return False
    suspended, moved = rooms.suspended_bidders(room_id), False
    link = f"/rooms/{room_id}/"
    for registration in Registration.objects.filter(lot=lot, state=RegistrationState.QUALIFIED.value):
        registration.lot = lot
        alias, buyer_id, backed = registration.alias, registration.organisation_id, _is_backed(registration, at)
        if backed == (alias not in suspended):
            continue
        moved = True
        if backed:
            rooms.readmit_bidder(actor=actor, room_id=room_id, alias=alias, at=at)
            subject = gettext_noop("Your deposit for lot %(lot)s of %(project)s is whole again: you may bid")
            tell(lot, buyer_id, subject, at=at, key=f"readmitted:{to_text(at)}", link=link)
            continue
        rooms.suspend_bidder(actor=actor, room_id=room_id, alias=alias, at=at)
        subject = gettext_noop(
            "Your bank took back your deposit for lot %(lot)s of %(project)s. You may not bid until it is paid again; "
            "what you bid stands"
        )
        tell(lot, buyer_id, subject, at=at, key=f"suspended:{to_text(at)}", link=link)
        subject = gettext_noop(
            "The deposit of bidder %(alias)s for lot %(lot)s of %(project)s was taken back by its bank; it may not bid "
            "until it is paid again"
        )
        _tell_seller(lot, subject, alias, at=at, key="suspended")
    return moved


def _after_the_hammer(lot: Lot, *, actor: Actor, at: datetime) -> bool:
    moved = False
    for deal in Deal.objects.filter(lot=lot, state__in=[state.value for state in STANDING]):
        deposit = deposit_queries.deposit_of(lot.pk, deal.buyer_id)
        if deposit is None or deposit.taken_back_at is None:
            continue
        if deposit.state is MoneyState.COVERED:
            reason = "made good by the buyer of the lot"
            deposits.retain(actor=actor, lot_id=lot.pk, organisation_id=deal.buyer_id, reason=reason, at=at)
            moved = True
        elif deposit.state in OPEN:
            key = f"lacking:{to_text(deposit.taken_back_at)}"
            subject = gettext_noop(
                "Your bank took back your deposit for lot %(lot)s of %(project)s. Your purchase stands; pay the "
                "deposit again"
            )
            tell(lot, deal.buyer_id, subject, at=at, key=key, link=f"/deposits/{deposit.id}/")
            subject = gettext_noop(
                "The deposit of bidder %(alias)s, who bought in lot %(lot)s of %(project)s, was taken back by its "
                "bank; it is owed again"
            )
            tell(lot, lot.project.seller_id, subject, at=at, key=f"{key}:{deal.pk}", alias=deal.alias)
    return moved


def _is_backed(registration: Registration, at: datetime) -> bool:
    try:
        require_deposit(registration, at)
    except Refusal:
        return False
    return True


def _tell_seller(lot: Lot, subject: str, alias: str, *, at: datetime, key: str) -> None:
    """By its number alone: who it is stays secret until the result."""
    tell(lot, lot.project.seller_id, subject, at=at, key=f"{key}:{alias}:{to_text(at)}", alias=alias)
