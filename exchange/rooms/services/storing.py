"""The statements of one batch: few, each for all rooms and bids at once. On SQLite the same, row by row."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.db import connection, models

from commons.evidence import bulk
from exchange.rooms.models import Bid, ReceiptBatch, RefusedFrame, Room, RoomSnapshot
from exchange.rooms.services.orders import FrameNote


class RoomMoved(Exception):
    """Another process was faster: these rooms are not at the expected `seq`, or (where that is not known) some of them.

    Nothing of the batch may be committed.
    """

    def __init__(self, room_ids: Sequence[int] = ()) -> None:
        super().__init__(list(room_ids))
        self.room_ids = tuple(room_ids)


class RoomStep(NamedTuple):
    """A room's row before and after a batch."""

    room_id: int
    expected_seq: int
    seq: int
    head_hash: bytes
    phase: str
    closes_at: Any
    due_at: Any
    ended_at: Any


class BatchRow(NamedTuple):
    """The columns of a batch."""

    id: uuid.UUID
    root: bytes
    size: int
    key: str
    signature: bytes
    head_size: int
    head_root: bytes
    signed_at: datetime


class BidRow(NamedTuple):
    """The columns of a bid."""

    room_id: int
    participant_id: int
    bid_id: str
    seq: int
    verdict: str
    code: str
    fields: str
    price: Any
    quantity: Any
    body_hash: bytes
    received_at: Any
    decided_at: Any
    hash: bytes
    prev_hash: bytes
    batch_id: Any
    batch_index: int
    path: bytes


_MOVE_ROOMS = (
    f"UPDATE {Room._meta.db_table} AS r SET seq = v.seq, head_hash = v.head_hash, phase = v.phase, "  # noqa: S608
    "closes_at = v.closes_at, due_at = v.due_at, ended_at = v.ended_at "
    "FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bytea[], %s::text[], %s::timestamptz[], "
    "%s::timestamptz[], %s::timestamptz[]) "
    "AS v(id, expected, seq, head_hash, phase, closes_at, due_at, ended_at) "
    "WHERE r.id = v.id AND r.seq = v.expected RETURNING r.id"
)


def move_rooms(steps: Sequence[RoomStep]) -> None:
    """Move every room from its expected `seq`; raises `RoomMoved` with those that were not there."""
    moved = _move_at_once(steps) if connection.vendor == "postgresql" else _move_one_by_one(steps)
    if len(moved) != len(steps):
        raise RoomMoved([step.room_id for step in steps if step.room_id not in moved])


def _move_at_once(steps: Sequence[RoomStep]) -> set[int]:
    ordered = sorted(steps)
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_ROOMS, [list(column) for column in zip(*ordered, strict=True)])
        return {row[0] for row in cursor.fetchall()}


def _move_one_by_one(steps: Sequence[RoomStep]) -> set[int]:
    moved = set()
    for step in steps:
        values = {name: getattr(step, name) for name in RoomStep._fields[2:]}
        if Room.objects.filter(pk=step.room_id, seq=step.expected_seq).update(**values):
            moved.add(step.room_id)
    return moved


def insert_bids(rows: Sequence[BidRow]) -> None:
    """Store all bids of a batch."""
    if connection.vendor == "postgresql":
        bulk.insert(Bid, BidRow._fields, rows)
        return
    Bid.objects.bulk_create([Bid(**row._replace(fields=msgspec.json.decode(row.fields))._asdict()) for row in rows])


def insert_batch(batch: BatchRow) -> None:
    """Store what was signed, with its bids."""
    if connection.vendor == "postgresql":
        bulk.insert(ReceiptBatch, BatchRow._fields, [batch])
    else:
        ReceiptBatch(**batch._asdict()).save(force_insert=True)


def insert_snapshots(snapshots: Sequence[tuple[int, int, bytes]]) -> None:
    """Keep the state of rooms after `seq`, so that a reload is short."""
    RoomSnapshot.objects.bulk_create(
        [RoomSnapshot(room_id=room_id, seq=seq, state=state) for room_id, seq, state in snapshots],
        ignore_conflicts=True,
    )


def insert_notes(notes: Sequence[FrameNote], digest: Any) -> None:
    """Keep the record of refused frames."""
    RefusedFrame.objects.bulk_create(
        [
            RefusedFrame(
                room_id=note.room_id,
                alias=note.alias,
                person_id=note.person_id,
                code=note.code,
                detail=note.detail[:200],
                size_bytes=len(note.frame),
                sha256=digest(note.frame),
                received_at=note.received_at,
            )
            for note in notes
        ]
    )


def known_bids(keys: Sequence[tuple[int, str]]) -> "models.QuerySet[Bid]":
    """The bids among `keys` (room, bid_id) that are stored, with their batches."""
    by_room: dict[int, list[str]] = {}
    for room_id, bid_id in keys:
        by_room.setdefault(room_id, []).append(bid_id)
    wanted = models.Q(pk__in=[])
    for room_id, bid_ids in by_room.items():
        wanted |= models.Q(room_id=room_id, bid_id__in=bid_ids)
    return Bid.objects.filter(wanted).select_related("batch")
