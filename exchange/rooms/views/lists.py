"""Which rooms there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from commons.domain.actor import Actor, Role
from commons.pages import actor_of, csv_response
from exchange.rooms import queries
from exchange.rooms.domain.phases import Format, Phase
from exchange.rooms.policies import OVERSEERS
from exchange.rooms.queries import RoomView, pages
from exchange.rooms.subjects import Subject
from exchange.rooms.views import texts
from exchange.rooms.views.naming import is_rehearsal, subjects
from exchange.rooms.views.rulesheet import FORMATS
from exchange.rooms.views.showing import phase_tone, tag


@dataclass(frozen=True, slots=True)
class Card:
    """A room in the list."""

    room: RoomView
    subject: Subject
    is_mine: bool
    may_host: bool

    @property
    def title(self) -> str:
        return self.subject.title

    @property
    def rehearsal(self) -> bool:
        return is_rehearsal(self.room)

    @property
    def phase(self) -> Phase:
        return Phase(self.room.phase)

    @property
    def phase_tag(self) -> SafeString:
        return tag(phase_tone(self.phase), texts.PHASES[self.room.phase])

    @property
    def mine_tag(self) -> SafeString:
        return tag("info", _("You take part"))

    @property
    def format(self) -> str:
        return FORMATS[Format(self.room.rules["format"])]()

    @property
    def price_label(self) -> str:
        return _("Start price")

    @property
    def price(self) -> str:
        return f"¥{Decimal(self.room.rules['start_price']):,.2f}"

    @property
    def time_label(self) -> str:
        if self.room.ended_at is not None:
            return _("Ended at")
        return _("Opens at") if self.phase is Phase.SCHEDULED else _("Closes at")

    @property
    def time(self) -> datetime | None:
        room = self.room
        return room.ended_at or (room.opens_at if self.phase is Phase.SCHEDULED else room.closes_at)

    @property
    def url(self) -> str:
        return reverse("rooms:replay" if self.room.ended_at else "rooms:room", args=[self.room.room_id])

    @property
    def action(self) -> str:
        if self.room.ended_at is not None:
            return _("Replay")
        return _("Enter") if self.is_mine else _("Watch")

    @property
    def ready_url(self) -> str:
        return reverse("rooms:ready", args=[self.room.room_id]) if self.is_mine and not self.room.ended_at else ""

    @property
    def host_url(self) -> str:
        return reverse("rooms:host", args=[self.room.room_id]) if self.may_host and not self.room.ended_at else ""


@require_safe
def all_rooms(request: HttpRequest) -> HttpResponseBase:
    """Rooms under way, ahead and ended; rehearsals only for those who take part in them."""
    actor = actor_of(request)
    cards = cards_for(actor, [*queries.live_rooms(), *pages.recently_ended()])
    if request.GET.get("format") == "csv":
        return _csv(cards)
    return _page(request, actor, cards)


def cards_for(actor: Actor, rooms: Sequence[RoomView]) -> list[Card]:
    """The rooms that the actor may find in a list."""
    mine = (
        pages.rooms_with(actor.organisation_id, [room.room_id for room in rooms])
        if actor.has(Role.BIDDER)
        else frozenset()
    )
    shown = [room for room in rooms if not is_rehearsal(room) or room.room_id in mine]
    names = subjects(shown)
    may_host = actor.has(*OVERSEERS)
    return [Card(room, names[room.room_id], room.room_id in mine, may_host) for room in shown]


def _page(request: HttpRequest, actor: Actor, cards: Sequence[Card]) -> HttpResponse:
    ended = [card for card in cards if card.room.ended_at is not None]
    ahead = [card for card in cards if card.phase is Phase.SCHEDULED]
    live = [card for card in cards if card not in ended and card not in ahead]
    groups: list[dict[str, Any]] = [
        {"name": "live", "title": _("Live now"), "rooms": live, "empty": _("No room is open at this moment.")},
        {
            "name": "ahead",
            "title": _("Opening soon"),
            "rooms": ahead,
            "empty": _("No room is scheduled. Notices say when the next one opens."),
        },
        {"name": "ended", "title": _("Ended"), "rooms": ended, "empty": _("No room has ended yet.")},
    ]
    context = {"groups": groups, "can_rehearse": actor.has(Role.BIDDER)}
    return render(request, "exchange/rooms/list.html", context)


def _csv(cards: Sequence[Card]) -> HttpResponseBase:
    header = ("room", "title", "notice", "format", "phase", "start_price", "opens_at", "closes_at", "ended_at")
    rows = (
        (
            card.room.room_id,
            card.title,
            card.subject.notice,
            card.room.rules["format"],
            card.room.phase,
            card.room.rules["start_price"],
            card.room.opens_at.isoformat(),
            card.room.closes_at.isoformat() if card.room.closes_at else "",
            card.room.ended_at.isoformat() if card.room.ended_at else "",
        )
        for card in cards
    )
    return csv_response("rooms", header, rows)
