"""Questions about rooms for other subjects and for pages."""

from exchange.rooms.queries.lists import (
    AwardView,
    ParticipantView,
    RoomResult,
    RoomView,
    ended_rooms,
    has_ended,
    live_rooms,
    opening_soon,
    participants,
    room,
    room_of_subject,
    rooms_of_lot,
)
from exchange.rooms.queries.results import result

__all__ = [
    "AwardView",
    "ParticipantView",
    "RoomResult",
    "RoomView",
    "ended_rooms",
    "has_ended",
    "live_rooms",
    "opening_soon",
    "participants",
    "result",
    "room",
    "room_of_subject",
    "rooms_of_lot",
]
