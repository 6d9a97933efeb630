import os
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction

from commons.evidence import keys, queries
from commons.evidence.domain import chain, merkle, notes
from commons.evidence.domain.notes import Checkpoint
from commons.evidence.models import EvidenceCheckpoint, EvidenceEntry, EvidenceLeaf, PlatformKey
from commons.evidence.services import append_prepared, checkpoint, checkpoint_due, gather
from commons.outbox.services import deliver_due, enqueue
from tests.integration.commons.evidence.test_appending import AT, DRAFT, append_one, newest
from tests.plugins.append_only import triggers_lifted
from tests.plugins.races import at_once

pytestmark = pytest.mark.django_db


def fill(streams=3, entries=4):
    for number in range(streams):
        append_prepared(chain.extend(f"lot:{number}", chain.START, [DRAFT] * entries))


def hashes_in_tree():
    hashes = {(row.stream, row.seq): bytes(row.hash) for row in EvidenceEntry.objects.all()}
    return [hashes[leaf.stream, leaf.seq] for leaf in EvidenceLeaf.objects.order_by("index")]


def test_every_entry_stands_once_in_the_tree_whenever_it_was_gathered():
    fill(3, 4)
    assert gather() == 12
    append_one("lot:1")
    append_one("lot:9")
    assert gather() == 2
    assert gather() == 0

    assert queries.tree_size() == 14
    assert queries.root_of(14) == merkle.root(hashes_in_tree())
    assert queries.root_of(12) == merkle.root(hashes_in_tree()[:12])


def test_large_streams_are_gathered_in_several_transactions(monkeypatch):
    monkeypatch.setattr("commons.evidence.services.sequencing.BATCH", 5)
    fill(2, 13)

    assert gather() == 26
    assert queries.root_of(26) == merkle.root(hashes_in_tree())


def test_every_entry_can_be_proven_in_every_tree_that_holds_it():
    fill(2, 5)
    gather()

    for size in range(1, 11):
        for index, leaf in enumerate(EvidenceLeaf.objects.order_by("index")[:size]):
            proof = queries.inclusion(leaf.stream, leaf.seq, size=size)
            assert proof is not None
            found = merkle.root_from_inclusion(hashes_in_tree()[index], index, size, proof.path)
            assert found == queries.root_of(size)


def test_proofs_of_many_entries_take_two_queries(django_assert_num_queries):
    fill(1, 40)
    gather()

    with django_assert_num_queries(2):
        assert len(queries.inclusions("lot:0", range(1, 41), size=40)) == 40


def test_what_is_not_gathered_has_no_proof():
    append_one("lot:1")

    assert queries.inclusion("lot:1", 1) is None


def test_a_checkpoint_is_a_note_that_the_published_key_signed():
    fill()

    statement = checkpoint(AT)

    view = newest()
    text, signer = notes.opened(view.note, notes.by_id(*(trusted.key for trusted in queries.keyring().keys.values())))
    assert Checkpoint.parse(text) == statement
    assert signer == keys.signing_key(keys.Purpose.LOG).verifier
    assert (view.size, view.root) == (12, merkle.root(hashes_in_tree()))
    assert statement.origin == signer.name == "localhost:8000/log"


def test_later_checkpoints_extend_earlier_ones():
    fill(1, 3)
    first = checkpoint(AT)
    fill(0)
    append_one("lot:7")
    second = checkpoint(AT + timedelta(minutes=1))

    proof = queries.consistency(first.size, second.size)
    assert merkle.is_consistent(first.size, first.root, second.size, second.root, proof)


def test_an_empty_log_can_be_checkpointed():
    assert checkpoint(AT).root == merkle.EMPTY_ROOT


def test_checkpoints_come_every_minute_when_something_happens_and_hourly_when_nothing_does():
    def issued(**later):
        return checkpoint_due(AT + timedelta(**later)) is not None

    append_one()
    assert issued(seconds=0)
    append_one()
    assert not issued(seconds=59)
    assert issued(seconds=60)
    assert not issued(minutes=30)
    assert issued(minutes=61)


def test_checkpoints_never_go_back_in_time_when_clocks_differ():
    checkpoint(AT)
    second = checkpoint(AT - timedelta(seconds=3))

    assert second.at == "2026-01-05T02:00:00.123Z"
    assert queries.verify_database().holds


def test_a_deadline_asks_for_a_checkpoint_through_the_outbox():
    append_one()
    enqueue(topic="evidence.checkpoint", key="room:7:hammer", payload={}, at=AT)

    assert deliver_due(AT) == 1
    assert newest().size == 1


def test_a_stream_with_a_hole_raises_an_alarm_and_does_not_stop_the_others(caplog):
    fill(2, 4)
    with triggers_lifted(connection):
        EvidenceEntry.objects.filter(stream="lot:0", seq=2).delete()

    assert gather() == 4

    assert "lot:0" in caplog.text
    assert {leaf.stream for leaf in EvidenceLeaf.objects.all()} == {"lot:1"}


def test_broken_streams_with_much_waiting_do_not_starve_the_others(monkeypatch):
    monkeypatch.setattr("commons.evidence.services.sequencing.BATCH", 3)
    fill(4, 10)
    with triggers_lifted(connection):
        EvidenceEntry.objects.filter(stream__in=["lot:0", "lot:2"], seq__in=[1, 9]).delete()

    assert gather() == 20
    assert {leaf.stream for leaf in EvidenceLeaf.objects.all()} == {"lot:1", "lot:3"}


def test_a_rotated_key_still_opens_old_checkpoints(settings, tmp_path):
    settings.PLATFORM_KEYS_DIR = tmp_path
    checkpoint(AT)
    old = newest()
    keys.rotate(keys.Purpose.LOG, at=AT + timedelta(days=1))
    checkpoint(AT + timedelta(days=2))

    known = notes.by_id(*(trusted.key for trusted in queries.keyring().keys.values()))
    signers = {notes.opened(note, known)[1] for note in (old.note, newest().note)}
    assert len(signers) == 2
    ended = PlatformKey.objects.get(name="localhost:8000/log", valid_until__isnull=False)
    assert ended.valid_until == AT + timedelta(days=1) + keys.OVERLAP


def test_keys_keep_their_name_when_the_site_moves_to_another_address(settings, tmp_path):
    settings.PLATFORM_KEYS_DIR = tmp_path
    append_one("lot:1")
    checkpoint(AT)
    settings.PLATFORM_NAME = "trade.moved.example"
    append_one("lot:2")
    checkpoint(AT + timedelta(days=1))
    keys.rotate(keys.Purpose.LOG, at=AT + timedelta(days=2))
    checkpoint(AT + timedelta(days=3))

    assert {trusted.key.name for trusted in queries.keyring().keys.values() if "/log" in trusted.key.name} == {
        "localhost:8000/log"
    }
    assert queries.verify_database().faults == []


def test_a_key_that_was_given_another_name_is_believed_under_both(settings, tmp_path):
    settings.PLATFORM_KEYS_DIR = tmp_path
    append_one("lot:1")
    checkpoint(AT)
    file = tmp_path / "log.pem"
    file.write_text(file.read_text().replace("localhost:8000/log", "trade.moved.example/log"))
    os.utime(file, ns=(1, 1))
    checkpoint(AT + timedelta(days=1))

    assert [row.note.partition("\n")[0] for row in EvidenceCheckpoint.objects.order_by("id")] == [
        "localhost:8000/log",
        "trade.moved.example/log",
    ]
    assert queries.verify_database().faults == []


def test_a_key_made_elsewhere_signs_under_the_name_of_the_platform(settings, tmp_path):
    settings.PLATFORM_KEYS_DIR, settings.PLATFORM_NAME = tmp_path, "trade.example"
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "log.pem").write_bytes(pem)

    assert keys.signing_key(keys.Purpose.LOG).name == "trade.example/log"


def test_a_missing_key_is_never_made_in_production(settings, tmp_path):
    settings.PLATFORM_KEYS_DIR = tmp_path
    settings.PLATFORM_KEYS_MAY_BE_MADE = False

    with pytest.raises(ImproperlyConfigured, match="platform_keys"):
        keys.signing_key(keys.Purpose.LOG)


def test_threads_that_need_the_first_key_at_once_get_the_same(settings, tmp_path):
    settings.PLATFORM_KEYS_DIR = tmp_path

    made = at_once(*[lambda: keys.signing_key(keys.Purpose.RECEIPTS).verifier] * 8)

    assert len(set(made)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["receipts.pem"]


def test_keys_are_files_that_only_their_owner_reads(settings, tmp_path):
    settings.PLATFORM_KEYS_DIR = tmp_path / "keys"
    keys.signing_key(keys.Purpose.LOG)

    assert [oct(path.stat().st_mode & 0o777) for path in (tmp_path / "keys").iterdir()] == ["0o600"]


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_an_entry_that_commits_late_is_not_skipped():
    """Two transactions append; the one with the lower id commits last, after the sequencer has been by."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    with transaction.atomic():
        append_one("lot:early")  # takes the lower id, not committed yet
        _in_thread(lambda: _committed_append("lot:late"))
        _in_thread(gather)
        gathered_meanwhile = _in_thread(lambda: [leaf.stream for leaf in EvidenceLeaf.objects.all()])

    assert gathered_meanwhile == ["lot:late"]
    assert gather() == 1
    assert [leaf.stream for leaf in EvidenceLeaf.objects.order_by("index")] == ["lot:late", "lot:early"]


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_two_sequencers_at_once_take_every_entry_once():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    with transaction.atomic():
        fill(20, 10)

    assert sum(at_once(gather, gather, gather)) == 200
    assert queries.tree_size() == 200
    assert queries.root_of(200) == merkle.root(hashes_in_tree())


def _committed_append(stream):
    with transaction.atomic():
        append_one(stream)


def _closing(work, results=None):
    try:
        result = work()
        if results is not None:
            results.append(result)
    finally:
        connection.close()


def _in_thread(work):
    results: list[Any] = []
    thread = Thread(target=_closing, args=(work, results))
    thread.start()
    thread.join()
    return results[0]


def test_a_forgotten_checkpoint_table_is_empty_at_first():
    assert not EvidenceCheckpoint.objects.exists()
    assert queries.latest_checkpoint() is None
    assert queries.checkpoint_covering(0) is None
