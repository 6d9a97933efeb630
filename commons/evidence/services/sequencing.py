"""The sequencer: takes new entries of all streams into one Merkle tree, and signs checkpoints of it.

How no late commit is skipped: a stream's row is moved in the transaction of its entries, and its seq has no gaps, so
whoever sees the row at seq N sees all entries up to N. The sequencer compares each stream's seq with how far it has
gathered that stream (a side table, so that no writer ever waits for it) and takes exactly what lies between. Neither
ids nor clocks nor the order of commits play a part.
"""

import logging
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter

from django.db import connection, transaction

from commons.domain.time import to_text
from commons.evidence import bulk, keys
from commons.evidence.domain import merkle, notes
from commons.evidence.domain.notes import Checkpoint
from commons.evidence.models import (
    EvidenceCheckpoint,
    EvidenceEntry,
    EvidenceGathered,
    EvidenceLeaf,
    EvidenceNode,
    EvidenceStream,
    EvidenceTree,
)
from commons.evidence.queries.nodes import position_of, root_of, stored_nodes

logger = logging.getLogger(__name__)

BATCH = 1000
"""Entries in one transaction: short enough that an embedded room hardly notices."""

CHECKPOINT_EVERY = timedelta(seconds=60)
QUIET_CHECKPOINT_EVERY = timedelta(hours=1)
"""When nothing happened: a sign that the log is alive and was not rewound."""

Found = tuple[str, int, bytes]
"""Stream, seq, hash."""


def gather() -> int:
    """Take all waiting entries into the tree; how many there were."""
    gathered = 0
    broken: set[str] = set()
    # Under a stream of new entries this still ends: what comes later is for the next call.
    for _ in range(1000):
        known = len(broken)
        taken = _gather_batch(broken)
        gathered += taken
        if taken < BATCH and len(broken) == known:
            break
    return gathered


def checkpoint(at: datetime) -> Checkpoint:
    """Gather, then sign and keep a checkpoint: called every minute, and at every deadline."""
    gather()
    keys.publish(at=at)
    with transaction.atomic():
        size = _locked_tree().seq
        at = _not_before_the_last(at)
        statement = Checkpoint(keys.name_of(keys.Purpose.LOG), size, root_of(size), to_text(at))
        note = notes.sign(statement.text(), keys.signing_key(keys.Purpose.LOG))
        EvidenceCheckpoint.objects.create(size=size, root=statement.root, issued_at=at, note=note)
    return statement


def checkpoint_due(at: datetime) -> Checkpoint | None:
    """For the timekeeper: a checkpoint when the last is a minute old and something happened since, or an hour old."""
    last = EvidenceCheckpoint.objects.order_by("-id").first()
    if last is not None and at < last.issued_at + CHECKPOINT_EVERY:
        return None
    gather()
    unchanged = last is not None and not _something_happened(last.size)
    if last is not None and unchanged and at < last.issued_at + QUIET_CHECKPOINT_EVERY:
        return None
    return checkpoint(at)


ABOUT_CHECKPOINTS = ("time-stamp:", "witness:")
"""Streams that tell of checkpoints themselves: each would make another one, for ever, every minute."""


def _something_happened(since: int) -> bool:
    fresh = EvidenceLeaf.objects.filter(index__gte=since)
    for prefix in ABOUT_CHECKPOINTS:
        fresh = fresh.exclude(stream__startswith=prefix)
    return fresh.exists()


def _not_before_the_last(at: datetime) -> datetime:
    """The clocks of two processes differ a little; checkpoints stand in the order of their instants."""
    last = EvidenceCheckpoint.objects.order_by("-id").values_list("issued_at", flat=True).first()
    return at if last is None else max(at, last)


@transaction.atomic
def _gather_batch(broken: set[str]) -> int:
    """One transaction's share; streams with missing entries are added to `broken` and left out from then on."""
    tree = _locked_tree()
    found, reached = _waiting(BATCH, broken)
    if not found:
        return 0
    edge = stored_nodes(merkle.cover((0, tree.seq)))
    fresh = list(merkle.grow(tree.seq, [hashed for _, _, hashed in found], edge.__getitem__))
    bulk.insert(EvidenceNode, _NODE_COLUMNS, [(position_of(place), hashed) for place, hashed in fresh])
    leaves = [(tree.seq + offset, stream, seq) for offset, (stream, seq, _) in enumerate(found)]
    bulk.insert(EvidenceLeaf, _LEAF_COLUMNS, leaves)
    _remember(reached)
    EvidenceTree.objects.filter(id=1).update(seq=tree.seq + len(found))
    return len(found)


_NODE_COLUMNS = {"position": "bigint", "hash": "bytea"}
_LEAF_COLUMNS = {"index": "bigint", "stream": "text", "seq": "bigint"}


def _locked_tree() -> EvidenceTree:
    """The one row whose lock makes one sequencer at a time."""
    locked = EvidenceTree.objects.select_for_update()
    tree = locked.filter(id=1).first()
    if tree is None:
        EvidenceTree.objects.bulk_create([EvidenceTree(id=1)], ignore_conflicts=True)
        tree = locked.get(id=1)
    return tree


def _waiting(limit: int, broken: set[str]) -> tuple[list[Found], dict[str, int]]:
    """At most `limit` entries not yet in the tree, by stream and seq, and how far each stream is then gathered.

    A stream of which entries are gone raises an alarm and is left out: the others must go on.
    """
    found: list[Found] = []
    reached: dict[str, int] = {}
    for stream, entries in groupby(_wanted(limit, broken), key=itemgetter(0)):
        seqs = [(seq, hashed) for _, seq, hashed in entries]
        if any(hashed is None for _, hashed in seqs):
            logger.critical("evidence of %s is incomplete at seq %s; run verify_log", stream, seqs[0][0])
            broken.add(stream)
            continue
        found += [(stream, seq, hashed) for seq, hashed in seqs if hashed is not None]
        reached[stream] = seqs[-1][0]
    return found, reached


def _wanted(limit: int, broken: set[str]) -> list[tuple[str, int, bytes | None]]:
    """The next entries that there must be, with their hashes; None for one that is not there."""
    wanted: list[tuple[str, int]] = []
    for stream, gathered, seq in _moved_streams(limit, sorted(broken)):
        last = min(seq, gathered + limit - len(wanted))
        wanted += [(stream, number) for number in range(gathered + 1, last + 1)]
    hashes = _hashes(wanted)
    return [(stream, seq, hashes.get((stream, seq))) for stream, seq in wanted]


def _hashes(wanted: list[tuple[str, int]]) -> dict[tuple[str, int], bytes]:
    if not wanted:
        return {}
    places = ", ".join(["(%s, %s)"] * len(wanted))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT stream, seq, hash FROM {EvidenceEntry._meta.db_table} WHERE (stream, seq) IN (VALUES {places})",  # noqa: S608
            [value for pair in wanted for value in pair],
        )
        return {(stream, int(seq)): bytes(hashed) for stream, seq, hashed in cursor.fetchall()}


def _moved_streams(limit: int, without: list[str]) -> list[tuple[str, int, int]]:
    streams, gathered = EvidenceStream._meta.db_table, EvidenceGathered._meta.db_table
    others = f"AND s.name NOT IN ({', '.join(['%s'] * len(without))}) " if without else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s.name, COALESCE(g.seq, 0), s.seq FROM {streams} s LEFT JOIN {gathered} g ON g.stream = s.name "  # noqa: S608
            f"WHERE s.seq > COALESCE(g.seq, 0) {others}ORDER BY s.name LIMIT %s",
            [*without, limit],
        )
        return [(name, int(before), int(now)) for name, before, now in cursor.fetchall()]


def _remember(reached: dict[str, int]) -> None:
    EvidenceGathered.objects.bulk_create(
        [EvidenceGathered(stream=stream, seq=seq) for stream, seq in reached.items()],
        update_conflicts=True,
        update_fields=["seq"],
        unique_fields=["stream"],
    )
