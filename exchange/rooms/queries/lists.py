"""Rooms as lists show them. Results are frozen; aliases stand for bidders until the hammer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from exchange.rooms.domain.phases import Phase
from exchange.rooms.models import Room, RoomParticipant


@dataclass(frozen=True, slots=True)
class AwardView:
    """What a bidder won."""

    organisation_id: int
    alias: str
    bid_id: str
    quantity: Decimal
    price: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class RoomResult:
    """How a room ended. `price` is None and `awards` empty where there was no deal or the room was set aside."""

    room_id: int
    subject: str
    lot_id: int | None
    phase: str
    price: Decimal | None
    awards: tuple[AwardView, ...]
    unsold: Decimal | None
    failed: str
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class ParticipantView:
    """Who takes part. Not for the public before the hammer."""

    participant_id: int
    organisation_id: int
    alias: str
    maximum_quantity: Decimal | None
    group: str


@dataclass(frozen=True, slots=True)
class RoomView:
    """A room as lists show it."""

    room_id: int
    subject: str
    lot_id: int | None
    rules: dict[str, Any]
    phase: str
    seq: int
    epoch: str
    opens_at: datetime
    closes_at: datetime | None
    ended_at: datetime | None


def room(room_id: int) -> RoomView | None:
    """The room of that number."""
    row = Room.objects.filter(pk=room_id).first()
    return _room_view(row) if row else None


def rooms_of_lot(lot_id: int) -> list[RoomView]:
    """Every room that a lot had, newest last."""
    return [_room_view(row) for row in Room.objects.filter(lot_id=lot_id).order_by("id")]


def room_of_subject(subject: str) -> RoomView | None:
    """The newest room of a subject."""
    row = Room.objects.filter(subject=subject).order_by("-id").first()
    return _room_view(row) if row else None


def live_rooms(limit: int = 200) -> list[RoomView]:
    """Rooms that have not ended, the next to open or close first."""
    rows = Room.objects.filter(ended_at__isnull=True).order_by("due_at", "id")[:limit]
    return [_room_view(row) for row in rows]


def opening_soon(now: datetime, *, within: timedelta = timedelta(minutes=5)) -> list[RoomView]:
    """Rooms that open within the next minutes, the next one first."""
    rows = Room.objects.filter(phase=Phase.SCHEDULED.value, opens_at__gt=now, opens_at__lte=now + within)
    return [_room_view(row) for row in rows.order_by("opens_at", "id")]


def ended_rooms(*, after_room_id: int = 0, limit: int = 100) -> list[int]:
    """Rooms that have ended, oldest first, for the subjects that pull results."""
    rows = Room.objects.filter(ended_at__isnull=False, pk__gt=after_room_id).order_by("id")
    return list(rows.values_list("pk", flat=True)[:limit])


def participants(room_id: int) -> Sequence[ParticipantView]:
    """The bidders of a room with their organisations."""
    rows = RoomParticipant.objects.filter(room_id=room_id).order_by("alias")
    return [ParticipantView(row.pk, row.organisation_id, row.alias, row.maximum_quantity, row.group) for row in rows]


def _room_view(row: Room) -> RoomView:
    return RoomView(
        row.pk,
        row.subject,
        row.lot_id,
        row.rules,
        row.phase,
        row.seq,
        row.epoch,
        row.opens_at,
        row.closes_at,
        row.ended_at,
    )


def has_ended(room_id: str) -> bool:
    """Whether there is such a room and it is over: from then on its log is everybody's."""
    return (
        room_id.isascii()
        and room_id.isdecimal()
        and Room.objects.filter(pk=int(room_id[:18]), ended_at__isnull=False).exists()
    )
