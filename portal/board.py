"""What the front page shows of the trading floor, asked of exchange, bidding and marketplace."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bidding.profiles.domain.vocabulary import SECTOR_LABELS, Sector
from bidding.tenders.queries import pages as tenders
from commons.domain.money import normal_text
from exchange.notices import queries as notices
from exchange.projects import queries as projects
from exchange.rooms import queries as rooms
from marketplace.procurement import queries as procurements
from marketplace.procurement.labels import method_label
from portal.templatetags.design import UNITS, grouped

MOST_ROOMS = 6
MOST_NOTICES = 8
MOST_INVITATIONS = 4
SOON = timedelta(days=1)

PHASES: Mapping[str, tuple[str | Promise, str]] = {
    "SCHEDULED": (_("Not open yet"), "neutral"),
    "FREE": (_("Free bidding"), "done"),
    "WAITING": (_("Waiting"), "waiting"),
    "TIMED": (_("Timed bidding"), "done"),
    "OPEN": (_("Bidding"), "done"),
    "PAUSED": (_("Paused"), "stop"),
}
"""Words and tone of each phase in which a room can still be watched."""


@dataclass(frozen=True, slots=True)
class BoardRoom:
    """A room that is open or opens soon."""

    title: str
    quantity: str
    url: str
    phase: str | Promise
    tone: str
    opens_at: datetime
    closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class BoardNotice:
    """A lot whose registration is open or still to begin."""

    title: str
    seller: str
    lot: projects.LotView
    url: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """Something that can be answered until a moment: bids for a tender, sign-ups for a service."""

    title: str
    by: str
    what: str
    until: datetime
    url: str


def live_rooms(now: datetime) -> Sequence[BoardRoom]:
    """Rooms of lots that are open now or open within a day, the next to change first."""
    soon = [room for room in rooms.live_rooms() if room.lot_id and room.phase in PHASES and room.opens_at <= now + SOON]
    shown = soon[:MOST_ROOMS]
    titles = projects.lot_titles([room.lot_id for room in shown if room.lot_id]) if shown else {}
    return [_board_room(room, titles[room.lot_id]) for room in shown if room.lot_id in titles]


def current_notices(now: datetime) -> Sequence[BoardNotice]:
    """Lots whose registration is open or announced, the latest notice first."""
    found = [
        lot
        for stage in ("registering", "announced")
        for lot in notices.published_lots(notices.Search(stage=stage))[:MOST_NOTICES]
    ]
    return [
        BoardNotice(
            lot.project.title, lot.project.seller.name, projects.lot_view(lot), _address("auctions:lot", lot.pk)
        )
        for lot in found[:MOST_NOTICES]
    ]


def open_tenders(now: datetime) -> Sequence[Invitation]:
    """Tenders to which bids can be handed in now, the newest first."""
    found = tenders.public_tenders(tenders.Search(stage="bidding")).filter(
        Q(bid_deadline__gt=now) | Q(sections__own_deadline__gt=now)
    )[:MOST_INVITATIONS]
    return [
        Invitation(
            one.title,
            one.project.owner.name,
            gettext(SECTOR_LABELS[Sector(one.project.sector)]),
            max(ends),
            _address("tenders:tender", one.pk),
        )
        for one in found
        if (ends := [at for section in one.sections.all() if (at := section.deadline) is not None])
    ]


def open_procurements(now: datetime) -> Sequence[Invitation]:
    """Services for which agencies can sign up now, the newest first."""
    found = procurements.published(procurements.NoticeSearch(stage="open")).filter(sign_up_until__gt=now)
    return [
        Invitation(
            one.title,
            one.owner.organisation.name,
            f"{one.item.name} · {method_label(one.method)}",
            one.sign_up_until,
            _address("procurement:notice", one.pk),
        )
        for one in found[:MOST_INVITATIONS]
        if one.sign_up_until is not None
    ]


def _board_room(room: rooms.RoomView, title: projects.LotTitle) -> BoardRoom:
    phase, tone = PHASES[room.phase]
    quantity = grouped(Decimal(normal_text(title.quantity)))
    return BoardRoom(
        title=title.project_title,
        quantity=f"{title.instrument_label} {quantity} {UNITS.get(title.unit, title.unit)}",
        url=_address("rooms:room", room.room_id),
        phase=phase,
        tone=tone,
        opens_at=room.opens_at,
        closes_at=room.closes_at,
    )


def _address(name: str, number: int) -> str:
    try:
        return reverse(name, args=[number])
    except NoReverseMatch:
        return "#"
