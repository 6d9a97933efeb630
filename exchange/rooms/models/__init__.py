from exchange.rooms.models.bid import Bid, ReceiptBatch, RefusedFrame, Verdict
from exchange.rooms.models.room import Room, RoomKey, RoomParticipant, RoomSnapshot, Voucher
from exchange.rooms.models.service import RoomHeartbeat, RoomOutage

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
    "Verdict",
    "Voucher",
]
