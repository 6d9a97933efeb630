"""From the hammer to the published result 成交结果公告: deals are made, the others get their deposits back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.money import as_text, capital_yuan, round_money
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.evidence.domain.canonical import JSON
from exchange.auctions.domain.registrations import RegistrationState
from exchange.auctions.domain.terms import read_terms
from exchange.auctions.models import Registration
from exchange.auctions.services import papers
from exchange.auctions.services.deciding import fail_lot
from exchange.auctions.services.guaranteeing import open_guarantee
from exchange.auctions.services.limits import CONTRACT, working_limit
from exchange.auctions.services.releasing import release_deposit
from exchange.auctions.services.telling import tell
from exchange.contracts.domain.deals import DealState
from exchange.contracts.models import Deal, DealOrigin
from exchange.deposits import queries as deposit_queries
from exchange.deposits import services as deposits
from exchange.notices.domain.kinds import NoticeKind
from exchange.notices.models import Notice
from exchange.notices.services import publish_notice
from exchange.projects.domain.states import LotCommand, LotState
from exchange.projects.models import Lot
from exchange.projects.services import locked_lot, move_lot
from exchange.rooms import queries as rooms
from exchange.rooms.domain.phases import Phase
from exchange.rooms.services.revealing import reveal_keys
from signatures.documents import services as documents


@dataclass(frozen=True, slots=True)
class Award:
    """What one buyer takes, and at which price."""

    organisation_id: int
    alias: str
    quantity: Decimal
    price: Decimal


def hammer(
    lot: Lot,
    awards: Sequence[Award],
    *,
    origin: DealOrigin,
    actor: Actor,
    at: datetime,
    fell_at: datetime | None = None,
) -> None:
    """Make the deals of a lot, whose hammer fell at `fell_at` (now, where no room says otherwise).

    The caller holds the lot's lock; names stay out of the log until the notice.
    """
    hammered_at = fell_at or at
    payload: dict[str, JSON] = {
        "awards": [
            {"alias": award.alias, "quantity": as_text(award.quantity), "price": as_text(award.price)}
            for award in awards
        ]
    }
    command = LotCommand.OFFER_NEXT if origin is DealOrigin.NEXT_BIDDER else LotCommand.HAMMER
    move_lot(lot, command, actor=actor, at=at, payload=payload, hammered_at=hammered_at)
    for award in awards:
        Deal.objects.create(
            lot=lot,
            buyer_id=award.organisation_id,
            alias=award.alias,
            origin=origin,
            quantity=award.quantity,
            price=award.price,
            amount=round_money(award.price * award.quantity),
            hammered_at=hammered_at,
        )
        _retain(lot, award.organisation_id, actor=actor, at=at)


def _retain(lot: Lot, organisation_id: int, *, actor: Actor, at: datetime) -> None:
    """Keep the buyer's deposit. A next bidder whose deposit was ordered back already buys without one."""
    deposit = deposit_queries.deposit_of(lot.pk, organisation_id)
    if deposit is not None and deposit.covered:
        deposits.retain(actor=actor, lot_id=lot.pk, organisation_id=organisation_id, reason="buyer of the lot", at=at)


def take_result(lot_id: int, *, actor: Actor, at: datetime) -> bool:
    """Take over the result of the lot's room, once. True when the lot moved."""
    with transaction.atomic():
        lot = locked_lot(lot_id)
        if lot.state != LotState.METHOD_DECIDED or lot.room_id is None:
            return False
        result = rooms.result(lot.room_id)
        if result is None:
            return False
        awards = [Award(award.organisation_id, award.alias, award.quantity, award.price) for award in result.awards]
        if result.phase == Phase.ENDED and awards:
            hammer(lot, awards, origin=DealOrigin.ROOM, actor=actor, at=at, fell_at=result.ended_at)
        else:
            reason = gettext_noop("The room was set aside by a decision.")
            silent = gettext_noop("The room ended without a deal.")
            fail_lot(lot, reason=reason if result.phase == Phase.VOIDED else silent, actor=actor, at=at)
        return True


def publish_result(lot_id: int, *, actor: Actor, at: datetime) -> bool:
    """Publish the result of a hammered lot: names, quantities and prices, with the PDF. True when this call did it.

    The PDF is made before the transaction; where two timekeepers race, one of them moves the lot.
    """
    lot = Lot.objects.select_related("project__seller").filter(pk=lot_id, state=LotState.HAMMERED.value).first()
    if lot is None:
        return False
    fresh = list(_fresh_deals(lot))
    notice = papers.result_notice(lot, fresh, actor=actor, at=at)
    with transaction.atomic():
        lot = locked_lot(lot_id)
        if lot.state != LotState.HAMMERED:
            return False
        documents.issue(notice, actor=actor, at=at)
        _notify(lot, fresh, notice.document.id, actor=actor, at=at)
    return True


def _fresh_deals(lot: Lot) -> Sequence[Deal]:
    """The deals that the coming notice is about: those not announced yet."""
    deals = Deal.objects.filter(lot=lot, state=DealState.AWARDED.value, notified_at__isnull=True)
    return list(deals.select_related("buyer"))


def _notify(lot: Lot, deals: Sequence[Deal], document_id: int, *, actor: Actor, at: datetime) -> None:
    salts = {row.organisation_id: row.salt for row in Registration.objects.filter(lot=lot)}
    terms = read_terms(lot.project.parameters)
    due_on = working_limit(
        kind=CONTRACT,
        refs=[deal.pk for deal in deals],
        start=at,
        add=terms.contract_working_days,
        region=lot.project.region,
    )
    payload: dict[str, JSON] = {
        # From here on the buyers are public: the salt opens the reference under which their acts were recorded.
        "buyers": [
            {"organisation": f"organisation:{deal.buyer_id}", "salt": salts.get(deal.buyer_id)} for deal in deals
        ],
        "contract_due_on": due_on.isoformat(),
    }
    move_lot(lot, LotCommand.NOTIFY, actor=actor, at=at, payload=payload)
    Deal.objects.filter(pk__in=[deal.pk for deal in deals]).update(notified_at=at, contract_due_on=due_on)
    _open_guarantees(lot, deals, actor=actor, at=at)
    notice = publish_notice(
        actor=actor,
        project_id=lot.project_id,
        lot_id=lot.pk,
        kind=NoticeKind.RESULT,
        body=result_body(lot, deals),
        at=at,
        supersedes=Notice.objects.filter(lot=lot, kind=NoticeKind.RESULT.value).order_by("-id").first(),
        document_id=document_id,
    )
    if lot.room_id is not None:
        reveal_keys(actor=actor, room_id=lot.room_id, at=at)
    _release_losers(lot, actor=actor, at=at)
    _tell_result(lot, deals, notice, at=at)


def _open_guarantees(lot: Lot, deals: Sequence[Deal], *, actor: Actor, at: datetime) -> None:
    """The buyers are named now, and so are the guarantees behind them; those of all others stay closed for good."""
    buyers = {deal.buyer_id for deal in deals}
    for registration in (row for row in Registration.objects.filter(lot=lot) if row.organisation_id in buyers):
        registration.lot = lot
        open_guarantee(registration, actor=actor, at=at)


def result_body(lot: Lot, deals: Sequence[Deal]) -> dict[str, JSON]:
    """What the result notice says, as data."""
    return {
        "lot": str(lot.number),
        "instrument": lot.instrument,
        "method": lot.method,
        "hammered_at": to_text(lot.hammered_at) if lot.hammered_at else None,
        "deals": [
            {
                "buyer": {"name": deal.buyer.name, "uscc": deal.buyer.uscc},
                "alias": deal.alias,
                "quantity": as_text(deal.quantity),
                "price": as_text(deal.price),
                "amount": as_text(deal.amount),
                "amount_in_capitals": capital_yuan(deal.amount),
            }
            for deal in deals
        ],
    }


def _release_losers(lot: Lot, *, actor: Actor, at: datetime) -> None:
    buyers = set(Deal.objects.filter(lot=lot).values_list("buyer_id", flat=True))
    qualified = Registration.objects.filter(lot=lot, state=RegistrationState.QUALIFIED.value)
    for registration in (row for row in qualified if row.organisation_id not in buyers):
        release_deposit(lot, registration.organisation_id, reason="not the buyer", actor=actor, at=at)
        subject = gettext_noop(
            "Lot %(lot)s of %(project)s went to another buyer; your deposit comes back with interest"
        )
        tell(lot, registration.organisation_id, subject, at=at, key="lost")


def _tell_result(lot: Lot, deals: Sequence[Deal], notice: Notice, *, at: datetime) -> None:
    for deal in deals:
        subject = gettext_noop("You bought in lot %(lot)s of %(project)s for %(amount)s yuan. Confirm the result.")
        link = f"/deals/{deal.pk}/"
        tell(lot, deal.buyer_id, subject, at=at, key=f"won:{notice.pk}", link=link, amount=as_text(deal.amount))
    subject = gettext_noop("Lot %(lot)s of %(project)s is sold. Confirm the result.")
    tell(lot, lot.project.seller_id, subject, at=at, key=f"sold:{notice.pk}")
