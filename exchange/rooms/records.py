"""Events and states as bytes, and what the room's row repeats of its state. Those of a sealed call are sealed."""

from datetime import datetime
from typing import NamedTuple

import msgspec

from commons.domain.time import from_text
from commons.evidence.domain.chain import Link
from exchange.rooms.domain.events import BidAccepted, BidRefused, BidWithdrawn, Event, WithdrawalRefused, event_of
from exchange.rooms.domain.model import RoomState
from exchange.rooms.domain.sealing import TYPE, Seal
from exchange.rooms.domain.timing import due_at

_encode = msgspec.json.Encoder(order="sorted").encode
"""RFC 8785 for payloads whose names are ASCII (see `commons.evidence.domain.canonical`)."""
_decode = msgspec.json.Decoder().decode
_encode_state = msgspec.json.Encoder(decimal_format="string").encode
_state_decoder = msgspec.json.Decoder(RoomState)


ORDERS = (BidAccepted, BidRefused, BidWithdrawn, WithdrawalRefused)


class Row(NamedTuple):
    """What the room's row repeats of its state."""

    phase: str
    closes_at: datetime | None
    due_at: datetime | None
    ended_at: datetime | None


def encode_event(event: Event, seal: Seal | None = None) -> tuple[str, bytes]:
    """Type and canonical payload, as the evidence log holds them."""
    if seal is not None and isinstance(event, ORDERS):
        return seal.close(event.type, _encode(event.payload()), event.seq)
    return event.type, _encode(event.payload())


def decode_event(link: Link, seal: Seal | None = None) -> Event:
    """The event that a log entry holds."""
    type_, payload = link.type, _decode(link.payload)
    if type_ == TYPE:
        assert seal is not None, "a sealed call has a seal"
        type_, payload = seal.open(payload, link.seq)
    return event_of(type_, seq=link.seq, at=from_text(link.ts), payload=payload)


def encode_state(state: RoomState, seal: Seal | None = None) -> bytes:
    """A snapshot of the state: a short cut past old events, never the truth itself."""
    data = _encode_state(state)
    return data if seal is None else seal.hide(data, f"snapshot:{state.seq}")


def decode_state(data: bytes, seq: int, seal: Seal | None = None) -> RoomState:
    """The state after `seq` that `encode_state` wrote."""
    return _state_decoder.decode(data if seal is None else seal.show(data, f"snapshot:{seq}"))


def row_of(state: RoomState) -> Row:
    """The columns by which the timekeeper and lists find the room."""
    over = state.is_over
    return Row(
        phase=state.phase.value,
        closes_at=None if over else state.closes_at,
        due_at=None if over else due_at(state),
        ended_at=state.at if over else None,
    )
