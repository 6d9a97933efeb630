"""Reading rooms back: the newest snapshot, and the events of the log after it."""

import hashlib
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import msgspec

from commons.evidence import queries as evidence
from commons.evidence.domain.chain import Link
from commons.secrecy.keys import key_for
from exchange.rooms import records
from exchange.rooms.domain.events import Event, RoomScheduled
from exchange.rooms.domain.evolve import begin, evolve
from exchange.rooms.domain.model import RoomState
from exchange.rooms.domain.phases import Format
from exchange.rooms.domain.sealing import Seal, reveal_stream
from exchange.rooms.models import Room, RoomSnapshot

TAPE = 20
PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Loaded:
    """A room as of `seq`."""

    room_id: int
    stream: str
    epoch: str
    seq: int
    head_hash: bytes
    state: RoomState
    snapshot_seq: int
    tape: tuple[Event, ...] = ()
    """The last events, for those who come now."""
    seal: Seal | None = None
    """Of a sealed call: what its orders are stored under."""

    def digest(self, body: bytes) -> bytes:
        """By which a retry is told from another bid under the same id."""
        return hashlib.sha256(body).digest() if self.seal is None else self.seal.digest(body)

    def after(self, state: RoomState, head_hash: bytes, events: Sequence[Event], snapshot_seq: int) -> "Loaded":
        """The room once `events` happened."""
        tape = (*self.tape, *events)[-TAPE:]
        return replace(self, seq=state.seq, head_hash=head_hash, state=state, snapshot_seq=snapshot_seq, tape=tape)


def load(room_id: int, *, tape: int = TAPE) -> Loaded | None:
    """The room from its rows with its last `tape` events; None when there is no such room."""
    room = Room.objects.filter(pk=room_id).only("pk", "epoch", "rules", "ended_at").first()
    return None if room is None else loaded_from(room, tape=tape)


def loaded_from(room: Room, *, tape: int = TAPE) -> Loaded:
    """The room from its rows with its last `tape` events: two questions, and one more for each 1,000 events."""
    seal = seal_of(room)
    snapshot = RoomSnapshot.objects.filter(room=room).order_by("-seq").first()
    state, at_seq = None, 0
    if snapshot is not None:
        state, at_seq = records.decode_state(bytes(snapshot.state), snapshot.seq, seal), snapshot.seq
    head_hash, events = b"", deque[Event](maxlen=tape)
    for link in _links_after(room.stream, max(0, at_seq - tape)):
        event, head_hash = records.decode_event(link, seal), link.hash
        events.append(event)
        if state is None:
            assert isinstance(event, RoomScheduled), "a room begins with being scheduled"
            state = begin(event)
        elif link.seq > at_seq:
            state = evolve(state, event)
    assert state is not None, "a room has a first event"
    return Loaded(room.pk, room.stream, room.epoch, state.seq, head_hash, state, at_seq, tuple(events), seal)


def catch_up(held: Loaded) -> Loaded:
    """The room after the events that others stored since."""
    state, head_hash = held.state, held.head_hash
    events: list[Event] = []
    for link in _links_after(held.stream, held.seq):
        event = records.decode_event(link, held.seal)
        state, head_hash = evolve(state, event), link.hash
        events.append(event)
    return held.after(state, head_hash, events, held.snapshot_seq) if events else held


def seal_of(room: Room) -> Seal | None:
    """The seal of a sealed call: under a key that is not in the database until the call has ended."""
    if room.rules["format"] != Format.SEALED_CALL:
        return None
    if room.ended_at is not None and (published := evidence.entries(reveal_stream(room.pk), limit=1)):
        return Seal(room.pk, bytes.fromhex(msgspec.json.decode(published[0].payload)["key"]))
    return Seal(room.pk, key_for(f"room:{room.pk}:{room.epoch}"))


def seal_of_id(room_id: int) -> Seal | None:
    """The same, by the room's id; None also where there is no such room."""
    room = Room.objects.filter(pk=room_id).only("pk", "epoch", "rules", "ended_at").first()
    return None if room is None else seal_of(room)


def _links_after(stream: str, seq: int) -> Iterator[Link]:
    while page := evidence.entries(stream, after_seq=seq, limit=PAGE):
        yield from page
        seq = page[-1].seq
        if len(page) < PAGE:
            return
