"""A database administrator lifts the triggers and changes something: the verification finds it, a thousand times."""

import random
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from commons.evidence.domain import chain, merkle
from commons.evidence.domain.chain import Draft, Head
from commons.evidence.models import (
    EvidenceCheckpoint,
    EvidenceEntry,
    EvidenceGathered,
    EvidenceLeaf,
    EvidenceNode,
    EvidenceSecret,
    EvidenceStream,
    EvidenceTree,
)
from commons.evidence.queries import verify_database
from commons.evidence.queries.nodes import position_of
from commons.evidence.services import Hidden, append_prepared, append_secret, checkpoint, reveal
from tests.integration.commons.evidence.test_appending import ACTOR, AT, DRAFT, append_one, newest
from tests.plugins.append_only import triggers_lifted

pytestmark = pytest.mark.django_db

ROUNDS = 1000


@pytest.fixture
def log():
    """Two streams, gathered in two steps, two checkpoints, and two entries younger than the last."""
    append_prepared(chain.extend("lot:1", chain.START, [DRAFT._replace(payload=b'{"n":"%d"}' % n) for n in range(3)]))
    append_prepared(chain.extend("room:7", chain.START, [DRAFT._replace(key=f"k{n}") for n in range(3)]))
    checkpoint(AT)
    append_one("lot:1")
    checkpoint(AT)
    append_one("lot:1")
    append_one("lot:1")


@pytest.fixture
def whole_log(log):
    """The same with secrets: of one stream those of the first hour are revealed, and one is hidden still."""
    for number in range(2):
        hide(number)
    reveal(stream="room-keys:7", actor=ACTOR, at=AT)
    hide(2)
    append_secret(
        stream="lot:3", type="test", actor=ACTOR, payload={"secret": "x"}, decided_at=AT, hidden=Hidden.PAYLOAD
    )
    checkpoint(AT)
    append_one("lot:1")
    append_one("lot:1")


def hide(number):
    payload = {"alias": f"{number:02d}"}
    append_secret(stream="room-keys:7", type="test", actor=ACTOR, payload=payload, decided_at=AT)


def some(dice, model, **which):
    return dice.choice(list(model.objects.filter(**which).order_by("pk")))


def other_bytes(dice, old):
    changed = bytearray(bytes(old))
    changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def edit_entry(dice):
    row = some(dice, EvidenceEntry)
    field = dice.choice(["stream", "seq", "type", "actor", "payload", "decided_at", "idempotency_key", "prev", "hash"])
    old = getattr(row, field)
    new = {
        "stream": lambda: dice.choice(["lot:2", "room:8"]),
        "seq": lambda: old + dice.choice([-9, 7, 100]),
        "decided_at": lambda: old.replace(microsecond=(old.microsecond + dice.choice([1, 500, 1000])) % 10**6),
        "idempotency_key": lambda: (old or "") + "x" if dice.random() < 0.5 or not old else None,
        "payload": lambda: dice.choice([other_bytes(dice, old), b'{"n": "1"}', b"{}"]),
        "prev": lambda: other_bytes(dice, old),
        "hash": lambda: other_bytes(dice, old),
    }.get(field, lambda: str(old) + "x")()
    EvidenceEntry.objects.filter(pk=row.pk).update(**{field: new})


def delete_entry(dice):
    some(dice, EvidenceEntry).delete()


def insert_entry(dice):
    row = some(dice, EvidenceEntry)
    row.pk = None
    row.seq += dice.choice([1, 10, 100])
    row.idempotency_key = None
    row.save(force_insert=True)


def swap_entries(dice):
    one, two = dice.sample(list(EvidenceEntry.objects.filter(stream="lot:1")), 2)
    for field in ("type", "actor", "payload", "decided_at", "prev", "hash"):
        mine, theirs = getattr(one, field), getattr(two, field)
        setattr(one, field, theirs)
        setattr(two, field, mine)
    for row in (one, two):
        row.actor += dice.choice(["", "", "x"])
        row.save()


def renumber_entries(dice):
    one, two = dice.sample(list(EvidenceEntry.objects.filter(stream="lot:1")), 2)
    EvidenceEntry.objects.filter(pk=one.pk).update(seq=999)
    EvidenceEntry.objects.filter(pk=two.pk).update(seq=one.seq)
    EvidenceEntry.objects.filter(pk=one.pk).update(seq=two.seq)


def rewrite_stream(dice):
    """The chain from the edited entry on is computed anew, head included: only the tree still knows."""
    changed = dice.randrange(3)
    rows = list(EvidenceEntry.objects.filter(stream="room:7").order_by("seq"))
    drafts = [Draft(r.type, r.actor, bytes(r.payload), r.link.ts, r.idempotency_key) for r in rows]
    drafts[changed] = drafts[changed]._replace(payload=b'{"forged":"%d"}' % dice.randrange(999))
    _store_chain("room:7", drafts)


def rewrite_stream_and_tree(dice):
    """Chain, head, leaves and every node are computed anew: only the signed checkpoints still know."""
    rewrite_stream(dice)
    _make_tree_anew()


def _make_tree_anew():
    hashes = {(row.stream, row.seq): bytes(row.hash) for row in EvidenceEntry.objects.all()}
    leaves = [hashes[leaf.stream, leaf.seq] for leaf in EvidenceLeaf.objects.order_by("index")]
    for place, hashed in merkle.grow(0, leaves, lambda place: b""):
        EvidenceNode.objects.filter(position=position_of(place)).update(hash=hashed)


def rewind_stream(dice):
    """The last entries and the head go back together."""
    keep = dice.randrange(0, 3)
    EvidenceEntry.objects.filter(stream="room:7", seq__gt=keep).delete()
    last = EvidenceEntry.objects.filter(stream="room:7", seq=keep).first()
    head = last.head if last else chain.START
    EvidenceStream.objects.filter(name="room:7").update(seq=head.seq, head=head.hash)


def reorder_rewritten(dice):
    """Two entries change places and the chain is mended."""
    rows = list(EvidenceEntry.objects.filter(stream="lot:1").order_by("seq"))
    drafts = [Draft(r.type, r.actor, bytes(r.payload), r.link.ts, r.idempotency_key) for r in rows]
    one = dice.randrange(3)
    two = dice.choice([place for place in range(4) if drafts[place] != drafts[one]])
    drafts[one], drafts[two] = drafts[two], drafts[one]
    _store_chain("lot:1", drafts)


def change_stream(dice):
    row = some(dice, EvidenceStream)
    if dice.random() < 0.3:
        row.delete()
    elif dice.random() < 0.5:
        EvidenceStream.objects.filter(pk=row.pk).update(seq=row.seq + dice.choice([-1, 1, 5]))
    else:
        EvidenceStream.objects.filter(pk=row.pk).update(head=other_bytes(dice, row.head))


def change_tree(dice):
    row = some(dice, EvidenceNode)
    match dice.randrange(6):
        case 0:
            row.delete()
        case 1:
            EvidenceNode.objects.filter(pk=row.pk).update(hash=other_bytes(dice, row.hash))
        case 2:
            EvidenceNode.objects.create(position=row.pk + 1000, hash=bytes(32))
        case 3:
            some(dice, EvidenceLeaf).delete()
        case 4:
            EvidenceLeaf.objects.filter(pk=some(dice, EvidenceLeaf).pk).update(
                seq=dice.choice([55, 77]), stream="lot:1"
            )
        case 5:
            EvidenceTree.objects.update(seq=EvidenceTree.objects.get().seq + dice.choice([-1, 1, 2]))


def swap_leaves(dice):
    one, two = dice.sample(list(EvidenceLeaf.objects.all()), 2)
    EvidenceLeaf.objects.filter(pk=one.pk).update(seq=999)
    EvidenceLeaf.objects.filter(pk=two.pk).update(stream=one.stream, seq=one.seq)
    EvidenceLeaf.objects.filter(pk=one.pk).update(stream=two.stream, seq=two.seq)


def hide_from_the_tree(dice):
    now = EvidenceGathered.objects.get(stream="lot:1").seq
    EvidenceGathered.objects.filter(stream="lot:1").update(seq=dice.choice([1, 2, 3, now - 1, now + 1, 60]))


def change_checkpoint(dice):
    row = some(dice, EvidenceCheckpoint)
    match dice.randrange(4):
        case 0:
            EvidenceCheckpoint.objects.filter(pk=row.pk).update(size=row.size - 1)
        case 1:
            EvidenceCheckpoint.objects.filter(pk=row.pk).update(root=other_bytes(dice, row.root))
        case 2:
            EvidenceCheckpoint.objects.filter(pk=row.pk).update(
                note=row.note.replace(f"\n{row.size}\n", f"\n{row.size - 1}\n")
            )
        case 3:
            signature = row.note[-60:-2]
            EvidenceCheckpoint.objects.filter(pk=row.pk).update(note=row.note.replace(signature, signature[::-1]))


def _store_chain(stream, drafts):
    links = chain.extend(stream, Head(0, chain.GENESIS), drafts)
    EvidenceEntry.objects.filter(stream=stream).update(idempotency_key=None)
    for link in links:
        EvidenceEntry.objects.filter(stream=stream, seq=link.seq).update(
            type=link.type, actor=link.actor, payload=link.payload, decided_at=link.ts,
            idempotency_key=link.key, prev=link.prev, hash=link.hash,
        )  # fmt: skip
    EvidenceStream.objects.filter(name=stream).update(head=links[-1].hash)


def change_secret(dice):
    row = some(dice, EvidenceSecret)
    EvidenceSecret.objects.filter(pk=row.pk).update(sealed=other_bytes(dice, row.sealed))


def delete_secret(dice):
    some(dice, EvidenceSecret).delete()


def insert_secret(dice):
    row = some(dice, EvidenceSecret)
    entry = dice.choice(list(EvidenceEntry.objects.filter(stream__startswith="lot:1")))
    EvidenceSecret.objects.create(stream=entry.stream, seq=entry.seq, sealed=row.sealed)


def swap_secrets(dice):
    one, two = dice.sample(list(EvidenceSecret.objects.all()), 2)
    EvidenceSecret.objects.filter(pk=one.pk).update(sealed=two.sealed)
    EvidenceSecret.objects.filter(pk=two.pk).update(sealed=one.sealed)


def edit_blinded(dice):
    """A commitment is changed, the chain of the blinded stream mended."""
    stream = some(dice, EvidenceSecret, stream__startswith="blind:").stream
    rows = list(EvidenceEntry.objects.filter(stream=stream).order_by("seq"))
    drafts = [Draft(r.type, r.actor, bytes(r.payload), r.link.ts, r.idempotency_key) for r in rows]
    changed = dice.randrange(len(drafts))
    drafts[changed] = drafts[changed]._replace(payload=b'{"commitment":"%064x"}' % dice.randrange(1 << 250))
    _store_chain(stream, drafts)


def forge_revelation(dice):
    """What was revealed is told otherwise, and the chain mended."""
    rows = list(EvidenceEntry.objects.filter(stream="room-keys:7").order_by("seq"))
    drafts = [Draft(r.type, r.actor, bytes(r.payload), r.link.ts, r.idempotency_key) for r in rows]
    changed = dice.randrange(len(drafts))
    forged = drafts[changed].payload.replace(b'"alias":"0', b'"alias":"%d' % dice.randrange(1, 9))
    drafts[changed] = drafts[changed]._replace(payload=forged)
    _store_chain("room-keys:7", drafts)


def forge_revelation_and_tree(dice):
    """The same with every node and checkpoint made anew by whoever holds the key: the commitment still knows."""
    forge_revelation(dice)
    _make_tree_anew()
    EvidenceCheckpoint.objects.all().delete()
    checkpoint(AT)


def delete_revelation(dice):
    EvidenceEntry.objects.filter(stream="room-keys:7", seq=dice.choice([1, 2])).delete()


ATTACKS: list[Callable[[random.Random], None]] = [
    edit_entry, edit_entry, edit_entry, delete_entry, insert_entry, swap_entries, renumber_entries, rewrite_stream,
    rewrite_stream_and_tree, rewind_stream, reorder_rewritten, change_stream, change_tree, swap_leaves,
    hide_from_the_tree, change_checkpoint, change_secret, delete_secret, insert_secret, swap_secrets, edit_blinded,
    forge_revelation, forge_revelation_and_tree, delete_revelation,
]  # fmt: skip


def test_an_untouched_log_holds(log):
    report = verify_database()

    assert report.as_json() == {
        "holds": True, "streams": "2", "entries": "9", "secrets": "0", "tree_size": "7", "checkpoints": "2",
        "anchors": "0", "keys_trusted": False, "fault_count": "0", "faults": [], "stamped": "0", "stamps_unproven": "0",
        "ts_pending": "2",
    }  # fmt: skip


def test_a_thousand_random_changes_are_each_found(whole_log):
    dice, unseen, refused = random.Random(20260105), [], 0
    with triggers_lifted(connection):
        for number in range(ROUNDS):
            attack = ATTACKS[number % len(ATTACKS)]
            point = transaction.savepoint()
            try:
                with transaction.atomic():
                    attack(dice)
                if verify_database(check_triggers=False).holds:
                    unseen.append((number, repr(attack)))
            except IntegrityError:
                # A constraint refused the change: found earlier still.
                refused += 1
            transaction.savepoint_rollback(point)
        assert verify_database(check_triggers=False).holds

    assert unseen == []
    assert refused < ROUNDS / 10


@pytest.mark.parametrize("attack", dict.fromkeys(ATTACKS))
def test_each_kind_of_change_is_found_and_named(whole_log, attack):
    with triggers_lifted(connection):
        attack(random.Random(1))

        assert verify_database(check_triggers=False).faults


def test_a_rewound_log_is_found_by_whoever_kept_a_checkpoint(log):
    kept = newest().note
    with triggers_lifted(connection):
        EvidenceCheckpoint.objects.filter(size=7).delete()
        EvidenceLeaf.objects.filter(index=6).delete()
        EvidenceNode.objects.filter(position=6).delete()
        EvidenceTree.objects.update(seq=6)
        EvidenceGathered.objects.filter(stream="lot:1").update(seq=3)
        EvidenceEntry.objects.filter(stream="lot:1", seq__gt=3).delete()
        last = EvidenceEntry.objects.get(stream="lot:1", seq=3)
        EvidenceStream.objects.filter(name="lot:1").update(seq=3, head=last.hash)

        assert verify_database(check_triggers=False).holds, "the database alone cannot know"
        report = verify_database(check_triggers=False, anchors=[kept])

    assert "rewound" in report.faults[0]


def test_a_forked_log_is_found_by_whoever_kept_a_checkpoint(log):
    kept = newest().note
    with triggers_lifted(connection):
        rewrite_stream_and_tree(random.Random(1))
        EvidenceCheckpoint.objects.all().delete()
        checkpoint(AT)

        assert verify_database(check_triggers=False).holds, "the database alone cannot know"
        report = verify_database(check_triggers=False, anchors=[kept])

    assert "another one" in report.faults[0]


def test_missing_triggers_are_a_fault(log):
    with transaction.atomic(), connection.cursor() as cursor:
        on = " ON commons_evidenceentry" if connection.vendor == "postgresql" else ""
        kind = "change" if connection.vendor == "postgresql" else "update"
        cursor.execute(f"DROP TRIGGER commons_evidenceentry_no_{kind}{on}")

        assert verify_database().faults == [f"the trigger commons_evidenceentry_no_{kind} is missing"]
        transaction.set_rollback(True)
