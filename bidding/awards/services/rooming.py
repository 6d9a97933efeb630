"""The price of a section by a live room 竞价: opened after the deadline, its last prices recorded at the hammer."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from bidding.awards.models import SectionRoom
from bidding.awards.policies import can_open_room
from bidding.bids import services as bids
from bidding.profiles.domain.vocabulary import Switch
from bidding.tenders import queries as tenders
from bidding.tenders import services as tender_services
from bidding.tenders.domain.failing import FailureCause
from bidding.tenders.domain.states import SectionState
from bidding.tenders.services.common import takers
from commons.domain.actor import Actor, system_actor
from commons.domain.money import as_text
from commons.domain.refusals import NotAllowedNow
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.evidence.services import append
from exchange.rooms import queries as rooms
from exchange.rooms import services as room_services
from exchange.rooms.services.reversing import last_prices, reverse_rules

KEEPER = system_actor("price-rooms")


@dataclass(frozen=True, slots=True)
class RoomPlan:
    """When the room opens, its step in yuan, and its times."""

    opens_at: datetime
    step: Decimal
    session_ms: int
    extension_ms: int


def open_price_room(*, actor: Actor, section_id: int, plan: RoomPlan, at: datetime) -> int | None:
    """Once the deadline passed: open a descending room for all who took the documents; its number.

    Fewer than needed: the section fails and nothing is opened (None). Refuses `OpeningTooEarly`, `NotAllowedNow`,
    `NotPermitted`.
    """
    with transaction.atomic():
        terms = tenders.locked_terms(section_id)
        can_open_room(actor, terms).require()
        if not terms.profile.has(Switch.ROOM) or terms.state is not SectionState.BIDDING or terms.ceiling is None:
            raise NotAllowedNow(command="OPEN_ROOM", state=terms.state.value)
        if plan.opens_at <= at or plan.step <= 0:
            raise NotAllowedNow(command="OPEN_ROOM", state=to_text(plan.opens_at))
        bidders = takers(terms.tender_id)
        tender_services.take_offers(actor=KEEPER, section_id=section_id, at=at)
        if len(bidders) < terms.minimum_bidders:
            cause = FailureCause.TOO_FEW_BIDS
            tender_services.fail_section(actor=KEEPER, section_id=section_id, cause=cause, at=at)
            return None
        bids.open_bonds(actor=KEEPER, terms=terms, organisation_ids=bidders, at=at)
        return _create(actor, terms, terms.ceiling, bidders, plan, at)


def take_room_results(at: datetime) -> int:
    """The last prices of rooms whose hammer fell become the prices of their sections; how many sections."""
    waiting = SectionRoom.objects.filter(ended_at__isnull=True)
    return sum(_take(row, at) for row in waiting)


def _create(
    actor: Actor, terms: tenders.SectionTerms, ceiling: Decimal, bidders: list[int], plan: RoomPlan, at: datetime
) -> int:
    order = list(bidders)
    secrets.SystemRandom().shuffle(order)
    room_id = room_services.create_room(
        actor=KEEPER,
        subject=terms.stream,
        lot_id=None,
        rules=reverse_rules(
            ceiling=ceiling, step=plan.step, session_ms=plan.session_ms, extension_ms=plan.extension_ms
        ),
        participants=[
            room_services.ParticipantSpec(organisation_id, f"{number:02d}")
            for number, organisation_id in enumerate(order, 1)
        ],
        opens_at=plan.opens_at,
        at=at,
    )
    SectionRoom.objects.create(section_id=terms.section_id, room_id=room_id, opened_by=actor.ref, created_at=at)
    payload = {"room": f"room:{room_id}", "opens_at": to_text(plan.opens_at), "step": as_text(plan.step)}
    append(stream=terms.stream, type="PriceRoomOpened", actor=actor, payload=payload, decided_at=at)
    subject = gettext_noop("%(tender)s: the live room opens at %(opens)s; enter it before")
    for organisation_id in order:
        tender_services.tell_one(
            terms.tender_id, organisation_id, subject, at=at, key=f"room:{room_id}",
            fields={"opens": to_text(plan.opens_at)}, link=f"/rooms/{room_id}/",
        )  # fmt: skip
    return room_id


@transaction.atomic
def _take(row: SectionRoom, at: datetime) -> bool:
    ended = rooms.result(row.room_id)
    if ended is None:
        return False
    organisations = {one.alias: one.organisation_id for one in rooms.participants(row.room_id)}
    void = ended.price is None and not ended.awards
    prices = (
        {} if void else {str(organisations[alias]): as_text(price) for alias, price in last_prices(row.room_id).items()}
    )
    waiting = SectionRoom.objects.filter(pk=row.pk, ended_at__isnull=True)
    if waiting.update(ended_at=ended.ended_at, prices=prices) != 1:
        return False
    payload = {"room": f"room:{row.room_id}", "bidders": str(len(prices))}
    append(stream=f"section:{row.section_id}", type="PriceRoomEnded", actor=KEEPER, payload=payload, decided_at=at)
    return True
