"""Events and states as bytes, and what the room's row repeats of its state."""

from datetime import datetime
from typing import NamedTuple

import msgspec

from commons.domain.time import from_text
from commons.evidence.domain.chain import Link
from exchange.rooms.domain.events import Event, event_of
from exchange.rooms.domain.model import RoomState
from exchange.rooms.domain.timing import due_at

_encode = msgspec.json.Encoder(order="sorted").encode
"""RFC 8785 for payloads whose names are ASCII (see `commons.evidence.domain.canonical`)."""
_decode = msgspec.json.Decoder().decode
_encode_state = msgspec.json.Encoder(decimal_format="string").encode
_state_decoder = msgspec.json.Decoder(RoomState)


class Row(NamedTuple):
    """What the room's row repeats of its state."""

    phase: str
    closes_at: datetime | None
    due_at: datetime | None
    ended_at: datetime | None


def encode_event(event: Event) -> tuple[str, bytes]:
    """Type and canonical payload, as the evidence log holds them."""
    return event.type, _encode(event.payload())


def decode_event(link: Link) -> Event:
    """The event that a log entry holds."""
    return event_of(link.type, seq=link.seq, at=from_text(link.ts), payload=_decode(link.payload))


def encode_state(state: RoomState) -> bytes:
    """A snapshot of the state: a short cut past old events, never the truth itself."""
    return _encode_state(state)


def decode_state(data: bytes) -> RoomState:
    """The state that `encode_state` wrote."""
    return _state_decoder.decode(data)


def row_of(state: RoomState) -> Row:
    """The columns by which the timekeeper and lists find the room."""
    over = state.is_over
    return Row(
        phase=state.phase.value,
        closes_at=None if over else state.closes_at,
        due_at=None if over else due_at(state),
        ended_at=state.at if over else None,
    )
