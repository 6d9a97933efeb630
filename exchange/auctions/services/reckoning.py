"""Limits of deals and negotiations that move when the holidays of their year are published.

What was promised is not cut: an earlier day leaves the announced one standing, a later one is told. Registration and
qualification are instants of the notice, which only an amended notice moves.
"""

from collections.abc import Callable
from datetime import date, datetime

from commons.calendar import reckoning
from commons.domain.actor import system_actor
from commons.domain.money import Money
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.evidence.services import append
from exchange.auctions.domain.timetable import END_OF_BUSINESS, at_time
from exchange.auctions.services.limits import CONTRACT, NEGOTIATION, PAYMENT
from exchange.auctions.services.settling import locked_deal, payment_subject
from exchange.auctions.services.telling import tell
from exchange.contracts.domain.deals import DealState
from exchange.contracts.models import Deal
from exchange.deposits import services as deposits
from exchange.projects.domain.states import LotState
from exchange.projects.models import Lot
from exchange.projects.services import locked_lot

TIMEKEEPER = system_actor("timekeeper")


def _contract_moved(ref: str, was: date, now: date, at: datetime) -> None:
    deal = locked_deal(int(ref))
    waits = deal.state in (DealState.AWARDED, DealState.CONFIRMED)
    if waits and deal.contract_due_on == was and now > was:
        Deal.objects.filter(pk=deal.pk).update(contract_due_on=now)
        _told(deal, gettext_noop("The contract for lot %(lot)s of %(project)s is due by %(due_on)s now"), now, at=at)


def _payment_moved(ref: str, was: date, now: date, at: datetime) -> None:
    deal = locked_deal(int(ref))
    if deal.state != DealState.CONTRACTED or deal.payment_due_on != was or now <= was:
        return
    Deal.objects.filter(pk=deal.pk).update(payment_due_on=now)
    deposits.expect_payment(
        actor=TIMEKEEPER,
        subject=payment_subject(deal),
        lot_id=deal.lot_id,
        organisation_id=deal.buyer_id,
        amount=Money(deal.amount),
        due_at=at_time(now, END_OF_BUSINESS),
        at=at,
    )
    _told(deal, gettext_noop("The price of lot %(lot)s of %(project)s is due by %(due_on)s now"), now, at=at)


def _told(deal: Deal, subject: str, now: date, *, at: datetime) -> None:
    for organisation_id in (deal.buyer_id, deal.lot.project.seller_id):
        key, link = f"moved:{deal.pk}:{now.isoformat()}", f"/deals/{deal.pk}/"
        tell(deal.lot, organisation_id, subject, at=at, key=key, link=link, due_on=now.isoformat())


def _negotiation_moved(ref: str, was: date, now: date, at: datetime) -> None:
    lot = locked_lot(int(ref))
    ends_at = at_time(now, END_OF_BUSINESS)
    stands = lot.state == LotState.METHOD_DECIDED and lot.negotiation_ends_at == at_time(was, END_OF_BUSINESS)
    if not stands or now <= was:
        return
    Lot.objects.filter(pk=lot.pk).update(negotiation_ends_at=ends_at)
    append(
        stream=f"lot:{lot.pk}",
        type="NegotiationExtended",
        actor=TIMEKEEPER,
        payload={"ends_at": to_text(ends_at)},
        decided_at=at,
    )
    subject = gettext_noop("The negotiation of lot %(lot)s of %(project)s runs until %(due_on)s now")
    for registration in lot.registrations.filter(state="QUALIFIED"):
        tell(lot, registration.organisation_id, subject, at=at, key=f"moved:{now.isoformat()}", due_on=now.isoformat())
    tell(lot, lot.project.seller_id, subject, at=at, key=f"moved:{now.isoformat()}", due_on=now.isoformat())


_MOVERS: dict[str, Callable[[str, date, date, datetime], None]] = {
    CONTRACT: _contract_moved,
    PAYMENT: _payment_moved,
    NEGOTIATION: _negotiation_moved,
}


def register_all() -> None:
    """Take part in the reckoning anew, once at start."""
    for kind, moved in _MOVERS.items():
        reckoning.register(kind, moved)
