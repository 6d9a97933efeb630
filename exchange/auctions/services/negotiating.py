"""The negotiated deal 协商交易 with the only qualified buyer: offers go back and forth until one is accepted."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.money import as_text
from commons.domain.refusals import NotAllowedNow, NotPermitted
from commons.domain.text import gettext_noop
from commons.evidence.services import append
from exchange.auctions.domain.methods import Method, NothingToAccept, NotYourOffer, PriceBelowStart
from exchange.auctions.domain.registrations import NeedOutOfRange, RegistrationState
from exchange.auctions.models import Offer, Registration
from exchange.auctions.policies import can_act_as_seller, can_change_registration
from exchange.auctions.services.awarding import Award, hammer
from exchange.auctions.services.registering import blinded
from exchange.auctions.services.telling import tell
from exchange.contracts.models import DealOrigin
from exchange.projects.domain.states import LotState
from exchange.projects.models import Lot
from exchange.projects.services import locked_lot


@transaction.atomic
def make_offer(*, actor: Actor, lot_id: int, price: Decimal, quantity: Decimal, at: datetime) -> int:
    """Put a price forward; an offer that stood is replaced.

    Refuses (`PriceBelowStart`) less than the start price and (`NeedOutOfRange`) more than the buyer is qualified for.
    """
    lot, buyer, by_seller = _negotiation(actor, lot_id, at)
    if price < lot.start_price:
        raise PriceBelowStart(start_price=as_text(lot.start_price))
    if not 0 < quantity <= (buyer.need or 0):
        raise NeedOutOfRange(offered=as_text(buyer.need or 0))
    Offer.objects.filter(lot=lot, answer="").update(answer="REPLACED", answered_at=at)
    offer = Offer.objects.create(
        lot=lot, registration=buyer, by_seller=by_seller, price=price, quantity=quantity, made_at=at
    )
    payload = {"by": "SELLER" if by_seller else "BUYER", "price": as_text(price), "quantity": as_text(quantity)}
    _record(lot, buyer, "OfferMade", payload, actor=actor, at=at)
    other = buyer.organisation_id if by_seller else lot.project.seller_id
    subject = gettext_noop("An offer waits for your answer: lot %(lot)s of %(project)s")
    tell(lot, other, subject, at=at, key=f"offer:{offer.pk}", link=f"/lots/{lot.pk}/negotiation/")
    return offer.pk


@transaction.atomic
def answer_offer(*, actor: Actor, lot_id: int, offer_id: int, accept: bool, at: datetime) -> None:
    """Accept or decline the other side's standing offer. Refuses (`NothingToAccept`, `NotYourOffer`).

    An accepted offer is the hammer: the deal is made at its price.
    """
    lot, buyer, by_seller = _negotiation(actor, lot_id, at)
    offer = Offer.objects.select_for_update().filter(lot=lot, pk=offer_id, answer="").first()
    if offer is None:
        raise NothingToAccept()
    if offer.by_seller == by_seller:
        raise NotYourOffer()
    answer = "ACCEPTED" if accept else "DECLINED"
    Offer.objects.filter(pk=offer.pk, answer="").update(answer=answer, answered_at=at)
    _record(lot, buyer, "OfferAnswered", {"answer": answer}, actor=actor, at=at)
    if accept:
        award = Award(buyer.organisation_id, buyer.alias, offer.quantity, offer.price)
        hammer(lot, [award], origin=DealOrigin.NEGOTIATION, actor=blinded(actor, buyer), at=at)


def _negotiation(actor: Actor, lot_id: int, at: datetime) -> tuple[Lot, Registration, bool]:
    lot = locked_lot(lot_id)
    buyer = Registration.objects.filter(lot=lot, state=RegistrationState.QUALIFIED.value).first()
    if lot.state != LotState.METHOD_DECIDED or lot.method != Method.NEGOTIATION or buyer is None:
        raise NotAllowedNow(command="NEGOTIATE", state=lot.state)
    if lot.negotiation_ends_at is not None and at >= lot.negotiation_ends_at:
        raise NotAllowedNow(command="NEGOTIATE", state="NEGOTIATION_ENDED")
    buyer.lot = lot
    if can_act_as_seller(actor, lot.project):
        return lot, buyer, True
    if can_change_registration(actor, buyer):
        return lot, buyer, False
    raise NotPermitted()


def _record(lot: Lot, buyer: Registration, type: str, payload: dict[str, str], *, actor: Actor, at: datetime) -> None:
    append(stream=f"lot:{lot.pk}", type=type, actor=blinded(actor, buyer), payload=payload, decided_at=at)
