"""What a room kept secret in the evidence log, opened when its result is public."""

from datetime import datetime

from commons.domain.actor import Actor
from commons.evidence import services as evidence


def reveal_keys(*, actor: Actor, room_id: int, at: datetime) -> int:
    """Open who entered the room with which key under which alias; how many entries. Inside the result's transaction."""
    return evidence.reveal(stream=f"room-keys:{room_id}", actor=actor, at=at)
