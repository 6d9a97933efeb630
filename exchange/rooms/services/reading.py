"""What the reader's thread of a web process looks up, away from the writer."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from commons.evidence import queries as evidence
from commons.people import queries as people
from exchange.rooms import records
from exchange.rooms.domain.events import Event
from exchange.rooms.models import Room, RoomKey
from exchange.rooms.queries.loading import seal_of_id
from exchange.rooms.services.signing import PublicKey, load_key


@dataclass(frozen=True, slots=True)
class KeyView:
    """A room key, ready to verify with."""

    participant_id: int
    alias: str
    public_key: PublicKey


def room_key(room_id: int, key_id: str) -> KeyView | None:
    """The key that was vouched for on entry, if there is one that may bid."""
    row = RoomKey.objects.filter(room_id=room_id, key_id=key_id, ended_at=None).select_related("participant").first()
    if row is None:
        return None
    return KeyView(row.participant_id, row.participant.alias, load_key(bytes(row.public_key)))


@dataclass(frozen=True, slots=True)
class Rows:
    """What the rows say of rooms, which news of it may not have told."""

    seqs: dict[int, int]
    ended_keys: list[tuple[int, str]]
    """Room and id of keys that bid no more."""
    socket_epochs: dict[int, int]
    """Of those people who may still have sockets at all."""


def rows_of(room_ids: Sequence[int], person_ids: Collection[int] = ()) -> Rows:
    """Where the rows of those rooms and people stand, and which keys of the rooms have ended; three queries."""
    ended = RoomKey.objects.filter(room__in=room_ids, ended_at__isnull=False)
    return Rows(
        dict(Room.objects.filter(pk__in=room_ids).values_list("pk", "seq")),
        list(ended.values_list("room_id", "key_id")),
        people.socket_epochs(person_ids),
    )


def events_after(room_id: int, seq: int, limit: int) -> list[Event]:
    """The events of a room after `seq`, unmasked, oldest first."""
    links, seal = evidence.entries(f"room:{room_id}", after_seq=seq, limit=limit), seal_of_id(room_id)
    return [records.decode_event(link, seal) for link in links]


def is_current(person_id: int, socket_epoch: int) -> bool:
    """Whether the sessions under which a ticket was issued still live."""
    return people.socket_epochs([person_id]).get(person_id) == socket_epoch
