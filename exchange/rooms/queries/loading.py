"""Reading rooms back: the newest snapshot, and the events of the log after it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from commons.evidence import queries as evidence
from commons.evidence.domain.chain import Link
from exchange.rooms import records
from exchange.rooms.domain.events import Event, RoomScheduled
from exchange.rooms.domain.evolve import begin, evolve
from exchange.rooms.domain.model import RoomState
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

    def after(self, state: RoomState, head_hash: bytes, events: Sequence[Event], snapshot_seq: int) -> "Loaded":
        """The room once `events` happened."""
        tape = (*self.tape, *events)[-TAPE:]
        return replace(self, seq=state.seq, head_hash=head_hash, state=state, snapshot_seq=snapshot_seq, tape=tape)


def load(room_id: int) -> Loaded | None:
    """The room from its rows; None when there is no such room."""
    room = Room.objects.filter(pk=room_id).only("pk", "epoch").first()
    if room is None:
        return None
    loaded = catch_up(_from_snapshot(room) or _from_first_event(room))
    return replace(loaded, tape=_tape(room, loaded.seq)) if len(loaded.tape) < TAPE else loaded


def catch_up(held: Loaded) -> Loaded:
    """The room after the events that others stored since."""
    state, head_hash = held.state, held.head_hash
    events: list[Event] = []
    for link in _links_after(held.stream, held.seq):
        event = records.decode_event(link)
        state, head_hash = evolve(state, event), link.hash
        events.append(event)
    return held.after(state, head_hash, events, held.snapshot_seq) if events else held


def _tape(room: Room, seq: int) -> tuple[Event, ...]:
    links = evidence.entries(room.stream, after_seq=max(0, seq - TAPE), limit=TAPE)
    return tuple(records.decode_event(link) for link in links if link.seq <= seq)


def _from_snapshot(room: Room) -> Loaded | None:
    snapshot = RoomSnapshot.objects.filter(room=room).order_by("-seq").first()
    if snapshot is None:
        return None
    link = evidence.entries(room.stream, after_seq=snapshot.seq - 1, limit=1)[0]
    state = records.decode_state(bytes(snapshot.state))
    return Loaded(room.pk, room.stream, room.epoch, link.seq, link.hash, state, snapshot.seq)


def _from_first_event(room: Room) -> Loaded:
    link = evidence.entries(room.stream, limit=1)[0]
    first = records.decode_event(link)
    assert isinstance(first, RoomScheduled), "a room begins with being scheduled"
    return Loaded(room.pk, room.stream, room.epoch, link.seq, link.hash, begin(first), 0)


def _links_after(stream: str, seq: int) -> Iterator[Link]:
    while page := evidence.entries(stream, after_seq=seq, limit=PAGE):
        yield from page
        seq = page[-1].seq
        if len(page) < PAGE:
            return
