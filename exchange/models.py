"""Django looks here for the tables of the package; each subject keeps its own."""

from exchange.rooms.models import (
    Bid,
    ReceiptBatch,
    RefusedFrame,
    Room,
    RoomHeartbeat,
    RoomKey,
    RoomOutage,
    RoomParticipant,
    RoomSnapshot,
)

__all__ = [
    "Bid",
    "ReceiptBatch",
    "RefusedFrame",
    "Room",
    "RoomHeartbeat",
    "RoomKey",
    "RoomOutage",
    "RoomParticipant",
    "RoomSnapshot",
]
