"""Verification of the whole log where it lies: chains, heads, tree, checkpoints, triggers.

It runs beside writers without a lock or a snapshot. Everything only grows, so what is read first bounds what is read
next: heads before entries, the size of the tree before its leaves.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from django.db import connection

from commons.domain.time import to_text
from commons.evidence import append_only
from commons.evidence.domain import blinding, canonical, chain, merkle
from commons.evidence.domain.canonical import NotCanonical
from commons.evidence.domain.chain import START, Head
from commons.evidence.domain.notes import BadNote
from commons.evidence.domain.report import Report
from commons.evidence.domain.trust import Keyring
from commons.evidence.models import (
    EvidenceCheckpoint,
    EvidenceEntry,
    EvidenceGathered,
    EvidenceLeaf,
    EvidenceNode,
    EvidenceStream,
)
from commons.evidence.queries.log import keyring
from commons.evidence.queries.nodes import root_of, stored_nodes, tree_size
from commons.evidence.queries.secrets import revealed_faults, secret_faults

_PAGE = 2000

Check = Callable[[Report], Iterator[str]]
_CHECKS: list[Check] = []


def register_check(check: Check) -> None:
    """What a package above keeps beside the log is verified with it: `check` yields faults and adds facts."""
    if check not in _CHECKS:
        _CHECKS.append(check)


def verify_database(
    *, trusted: Keyring | None = None, anchors: Sequence[str] = (), check_triggers: bool = True
) -> Report:
    """Every fault of the log in the database.

    `trusted`: keys from elsewhere instead of the table's. `anchors`: checkpoints (notes) that somebody kept outside;
    only they show that a log was rewound together with its checkpoints.
    """
    report = Report()
    if check_triggers:
        report.add(f"the trigger {name} is missing" for name in append_only.missing())
    believed = trusted or keyring()
    gathered = dict(EvidenceGathered.objects.values_list("stream", "seq"))
    statements = list(EvidenceCheckpoint.objects.order_by("id"))
    size = tree_size()
    report.add(_entry_faults(report))
    report.add(secret_faults(report))
    report.add(_leaf_faults(size, gathered))
    if report.holds:
        # Roots are computed from stored nodes, which are known to be right only now.
        report.add(_checkpoint_faults(statements, size, believed))
        report.add(_anchor_faults(anchors, size, believed))
    for check in _CHECKS:
        report.add(check(report))
    report.facts |= {
        "tree_size": str(size),
        "checkpoints": str(len(statements)),
        "anchors": str(len(anchors)),
        "keys_trusted": trusted is not None,
    }
    return report


def _entry_faults(report: Report) -> Iterator[str]:
    heads = {
        name: Head(seq, bytes(head)) for name, seq, head in EvidenceStream.objects.values_list("name", "seq", "head")
    }
    streams = len(heads)
    rows = EvidenceEntry.objects.order_by("stream", "seq").iterator(chunk_size=_PAGE)
    for name, group in groupby(rows, key=lambda row: row.stream):
        head = heads.pop(name, None)
        yield from _stream_faults(name, head or _head_now(name), group)
    yield from (f"{name}: all its entries are missing" for name, head in heads.items() if head != START)
    report.facts |= {"streams": str(streams), "entries": str(EvidenceEntry.objects.count())}


def _stream_faults(name: str, head: Head | None, rows: Iterable[EvidenceEntry]) -> Iterator[str]:
    if head is None:
        yield f"{name}: has entries but no row among the streams"
        head = START
    at, beyond = START, 0
    for row in rows:
        if row.seq > head.seq:
            beyond = row.seq
            continue
        yield from chain.check_links([row.link], stream=name, head=at)
        yield from _column_faults(row)
        if row.type == blinding.REVEALED:
            yield from blinding.revelation_faults(name, bytes(row.payload))
            yield from revealed_faults(row.link)
        at = row.head
    if at != head:
        yield f"{name}: should stand at seq {head.seq} with hash {head.hash.hex()}, stands at seq {at.seq}"
    if beyond and beyond > (_head_now(name) or START).seq:
        yield f"{name}: has entries up to seq {beyond} beyond its head"


def _column_faults(row: EvidenceEntry) -> Iterator[str]:
    where = f"{row.stream} seq {row.seq}"
    if row.decided_at.microsecond % 1000:
        yield f"{where}: its instant is finer than the hash covers"
    try:
        canonical.decode(bytes(row.payload))
        chain.check_names(row.stream, row.type, row.actor, row.idempotency_key)
    except (NotCanonical, chain.BadName) as error:
        yield f"{where}: {error}"


def _head_now(name: str) -> Head | None:
    row = EvidenceStream.objects.filter(name=name).first()
    return Head(row.seq, bytes(row.head)) if row else None


def _leaf_faults(size: int, gathered: dict[str, int]) -> Iterator[str]:
    """Leaves against entries, nodes against leaves, and how far each stream was gathered."""
    last: dict[str, int] = {}
    for start in range(0, size, _PAGE):
        leaves = _leaves(start, min(start + _PAGE, size))
        yield from _page_faults(start, min(start + _PAGE, size), leaves, last)
    now = dict(EvidenceGathered.objects.values_list("stream", "seq"))
    for stream in sorted({*gathered, *now, *last}):
        if not gathered.get(stream, 0) <= last.get(stream, 0) <= now.get(stream, 0):
            yield f"{stream}: gathered to seq {now.get(stream, 0)}, its leaves reach seq {last.get(stream, 0)}"
    if tree_size() == size:
        yield from _size_faults(size)


Leaf = tuple[int, str, int, bytes | None]
"""Index, stream, seq, hash of the entry."""


def _leaves(start: int, end: int) -> list[Leaf]:
    leaf, entry = EvidenceLeaf._meta.db_table, EvidenceEntry._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT l."index", l.stream, l.seq, e.hash FROM {leaf} l '  # noqa: S608  # table names
            f"LEFT JOIN {entry} e ON e.stream = l.stream AND e.seq = l.seq "
            'WHERE l."index" >= %s AND l."index" < %s ORDER BY l."index"',
            [start, end],
        )
        return [
            (index, stream, seq, None if hashed is None else bytes(hashed))
            for index, stream, seq, hashed in cursor.fetchall()
        ]


def _page_faults(start: int, end: int, leaves: list[Leaf], last: dict[str, int]) -> Iterator[str]:
    if [index for index, _, _, _ in leaves] != list(range(start, end)):
        yield f"the leaves {start} to {end - 1} of the tree are not complete"
        return
    for index, stream, seq, hashed in leaves:
        if hashed is None:
            yield f"leaf {index}: the entry {stream} seq {seq} is missing"
        if seq != last.get(stream, 0) + 1:
            yield f"leaf {index}: {stream} seq {seq} is out of order"
        last[stream] = seq
    yield from _node_faults(start, [hashed or bytes(32) for _, _, _, hashed in leaves])


def _node_faults(start: int, hashes: list[bytes]) -> Iterator[str]:
    edge = stored_nodes(merkle.cover((0, start)))
    right = dict(merkle.grow(start, hashes, lambda place: edge.get(place, bytes(32))))
    stored = stored_nodes(right)
    for place, hashed in right.items():
        if stored.get(place) != hashed:
            yield f"node {place.number} at level {place.level} of the tree is not the hash of what it covers"


def _size_faults(size: int) -> Iterator[str]:
    if (leaves := EvidenceLeaf.objects.count()) != size:
        yield f"the tree should have {size} leaves, it has {leaves}"
    expected = sum(size >> level for level in range(size.bit_length()))
    if (nodes := EvidenceNode.objects.count()) != expected:
        yield f"the tree should have {expected} nodes, it has {nodes}"


def _checkpoint_faults(rows: list[EvidenceCheckpoint], size: int, believed: Keyring) -> Iterator[str]:
    before: EvidenceCheckpoint | None = None
    for row in rows:
        where = f"checkpoint {row.pk}"
        try:
            stated, _ = believed.open(row.note)
        except BadNote as error:
            yield f"{where}: {error}"
            continue
        if (stated.size, stated.root, stated.at) != (row.size, bytes(row.root), to_text(row.issued_at)):
            yield f"{where}: its columns do not say what its note says"
        yield from _root_faults(where, stated.size, stated.root, size)
        if before is not None and (row.size < before.size or row.issued_at < before.issued_at):
            yield f"{where}: is older or smaller than the one before it"
        before = row


def _anchor_faults(anchors: Sequence[str], size: int, believed: Keyring) -> Iterator[str]:
    for number, note in enumerate(anchors, start=1):
        try:
            stated, _ = believed.open(note)
        except BadNote as error:
            yield f"kept checkpoint {number}: {error}"
            continue
        yield from _root_faults(f"kept checkpoint {number}", stated.size, stated.root, size)


def _root_faults(where: str, stated_size: int, stated_root: bytes, size: int) -> Iterator[str]:
    if stated_size > size:
        yield f"{where}: tells of {stated_size} entries, the tree has {size}: the log was rewound"
    elif root_of(stated_size) != stated_root:
        yield f"{where}: the root over the first {stated_size} entries is another one: the log was changed"
