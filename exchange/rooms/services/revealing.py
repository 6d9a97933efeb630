"""What a room kept secret in the evidence log, opened when its result is public."""

from datetime import datetime

from commons.domain.actor import Actor
from commons.evidence import services as evidence
from exchange.rooms.services.entering import ENTRY
from signatures.signing import services as signing


def reveal_keys(*, actor: Actor, room_id: int, at: datetime) -> int:
    """Open who entered the room with which key under which alias; how many entries. Inside the result's transaction."""
    signed = signing.reveal(actor=actor, subject=f"room:{room_id}", kind=ENTRY, at=at)
    return signed + evidence.reveal(stream=f"room-keys:{room_id}", actor=actor, at=at)
