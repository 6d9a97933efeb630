"""What the pages of a room ask: its state and tape for a viewer, a bidder's receipts, which rooms to list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from commons.domain.time import to_text
from commons.evidence import queries as evidence
from commons.secrecy.fields import Party
from exchange.rooms import records
from exchange.rooms.broadcast import rendering
from exchange.rooms.broadcast.peers import Viewer
from exchange.rooms.models import Bid, Room, RoomParticipant
from exchange.rooms.protocol import Receipt, StateFrame
from exchange.rooms.queries.lists import RoomView, _room_view
from exchange.rooms.queries.loading import Loaded, load, loaded_from
from exchange.rooms.queries.verdicts import receipt_of_row

MOST_EVENTS = 200


@dataclass(frozen=True, slots=True)
class Scene:
    """A room as it stands, for a page: what lists show of it, and what a viewer may see."""

    row: RoomView
    loaded: Loaded

    @property
    def head_hash(self) -> str:
        return self.loaded.head_hash.hex()

    def frame(self, viewer: Viewer) -> dict[str, Any]:
        """A full `state` frame (docs/protocol.md) for the viewer, except that its tape is longer."""
        loaded, state = self.loaded, self.loaded.state
        frame = StateFrame(
            full=True,
            room=str(loaded.room_id),
            epoch=loaded.epoch,
            seq=state.shown_seq,
            since=0,
            at=to_text(rendering.shown_at(state)),
            state=rendering.room_view(state, watchers=0),
            events=rendering.event_views(state, loaded.tape, viewer),
        )
        found: dict[str, Any] = msgspec.to_builtins(frame)
        return found

    def you(self, alias: str) -> dict[str, Any]:
        """The bidder's `you` frame."""
        found: dict[str, Any] = msgspec.to_builtins(rendering.you_view(self.loaded.state, alias))
        return found

    def receipts(self, participant_id: int, limit: int = 100) -> list[Receipt]:
        """The receipts of a bidder's bids, the newest first."""
        rows = Bid.objects.filter(participant_id=participant_id).select_related("batch").order_by("-seq")
        over = self.loaded.state.is_over
        return [receipt_of_row(row, self.loaded.seal, over=over) for row in rows[:limit]]


def scene(room_id: int) -> Scene | None:
    """The room now, with the end of its tape; None when there is no such room."""
    room = Room.objects.filter(pk=room_id).first()
    return None if room is None else Scene(_room_view(room), loaded_from(room, tape=MOST_EVENTS))


def history(room_id: int, viewer: Viewer, *, after: int) -> dict[str, Any] | None:
    """Up to 200 events after a `seq` as the viewer may see them, and from where to ask on while there are more."""
    loaded = load(room_id, tape=MOST_EVENTS)
    if loaded is None:
        return None
    if loaded.state.is_hidden:
        views = rendering.event_views(loaded.state, loaded.tape, viewer)
        seen = [view for view in views if view.seq > after]
        return {"events": msgspec.to_builtins(seen), "upto": loaded.state.shown_seq, "more": False}
    events = _views(loaded, viewer, after=after)
    upto = min(after + MOST_EVENTS, loaded.seq)
    return {"events": msgspec.to_builtins(events), "upto": upto, "more": upto < loaded.seq}


def _views(loaded: Loaded, viewer: Viewer, *, after: int) -> list[Any]:
    links = evidence.entries(loaded.stream, after_seq=after, limit=MOST_EVENTS)
    events = [records.decode_event(link, loaded.seal) for link in links if link.seq <= loaded.seq]
    return rendering.event_views(loaded.state, events, viewer)


def recently_ended(limit: int = 30) -> list[RoomView]:
    """Rooms that have ended, the last one first."""
    rows = Room.objects.filter(ended_at__isnull=False).order_by("-ended_at", "-id")[:limit]
    return [_room_view(row) for row in rows]


def rooms_with(organisation_id: int | None, room_ids: Sequence[int]) -> frozenset[int]:
    """Those of the rooms in which the organisation takes part."""
    if organisation_id is None:
        return frozenset()
    rows = RoomParticipant.objects.filter(party__in=[Party(room_id, organisation_id) for room_id in room_ids])
    return frozenset(rows.values_list("room_id", flat=True))


def own_place(room_id: int, organisation_id: int | None) -> tuple[str, str] | None:
    """The organisation's alias in the room and its qualified need (empty: not limited), if it takes part."""
    if organisation_id is None:
        return None
    row = RoomParticipant.objects.filter(party=Party(room_id, organisation_id)).first()
    if row is None:
        return None
    return row.alias, "" if row.maximum_quantity is None else f"{row.maximum_quantity:.3f}"


def rehearsal_of(person_id: int | None) -> int | None:
    """The rehearsal that the person has running, if there is one."""
    rows = Room.objects.filter(subject=f"rehearsal:{person_id}", ended_at__isnull=True)
    return rows.values_list("pk", flat=True).first()
