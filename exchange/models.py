"""Django looks here for the tables of the package; each subject keeps its own."""

from exchange.auctions.models import Offer, Registration
from exchange.complaints.models import Objection
from exchange.projects.models import CodeCounter, CompletenessCheck, Lot, Project
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
    "CodeCounter",
    "CompletenessCheck",
    "Lot",
    "Objection",
    "Offer",
    "Project",
    "ReceiptBatch",
    "RefusedFrame",
    "Registration",
    "Room",
    "RoomHeartbeat",
    "RoomKey",
    "RoomOutage",
    "RoomParticipant",
    "RoomSnapshot",
]
