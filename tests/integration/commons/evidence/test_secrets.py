"""What must not be read yet: blinded in the log, committed, sealed, and opened when its time has come."""

import json
from datetime import timedelta

import pytest
from django.db import connection

from commons.domain.actor import Actor
from commons.domain.refusals import IdempotencyConflict
from commons.domain.time import to_text
from commons.evidence import queries
from commons.evidence.domain import blinding, canonical, exports
from commons.evidence.models import EvidenceEntry, EvidenceSecret
from commons.evidence.queries import verify_database
from commons.evidence.services import Hidden, append_secret, checkpoint, export, reveal
from tests.integration.commons.evidence.test_appending import ACTOR
from tests.integration.commons.evidence.test_appending import AT as HOUR
from tests.plugins.append_only import triggers_lifted

pytestmark = pytest.mark.django_db

AT = HOUR + timedelta(minutes=17)
BUYER = Actor(person_id=41, organisation_id=7)
STREAM = "room-keys:7"


def enter(number=1, **changes):
    facts = {
        "stream": STREAM, "type": "RoomKeyVouchedFor", "actor": BUYER,
        "payload": {"statement": f"alias {number:02d}"}, "decided_at": AT, "idempotency_key": f"key-{number}",
    }  # fmt: skip
    return append_secret(**{**facts, **changes})


def everything_stored():
    rows = [*EvidenceEntry.objects.values_list(), *EvidenceSecret.objects.values_list()]
    return b"\n".join(
        bytes(value) if isinstance(value, bytes) else str(value).encode() for row in rows for value in row
    )


def test_a_dump_of_the_database_shows_neither_stream_nor_actor_nor_payload_nor_minute():
    enter()

    stored = everything_stored()
    for secret in (b"room-keys", b"RoomKey", b"person:41", b"alias", b"key-1"):
        assert secret not in stored
    row = EvidenceEntry.objects.get()
    assert to_text(row.decided_at) == f"{to_text(AT)[:13]}:00:00.000Z"
    assert row.type == "evidence.blinded"


def test_entries_of_one_stream_follow_each_other_and_do_not_show_the_same_actor():
    first, second = enter(1), enter(2)
    other = enter(1, stream="room-keys:8")

    assert (first.stream, first.seq, second.seq) == (second.stream, 1, 2)
    assert other.stream != first.stream
    assert len(set(EvidenceEntry.objects.values_list("actor", flat=True))) == 3
    assert len({len(bytes(sealed)) for sealed in EvidenceSecret.objects.values_list("sealed", flat=True)}) == 1
    assert verify_database().holds


def test_the_same_request_again_gets_the_first_entry_and_another_body_is_a_conflict():
    assert enter() == enter()
    with pytest.raises(IdempotencyConflict):
        enter(payload={"statement": "alias 99"})
    assert EvidenceEntry.objects.count() == 1


def test_what_was_hidden_is_revealed_as_entries_of_its_stream_and_anybody_checks_it():
    enter(1)
    enter(2)
    assert reveal(stream=STREAM, actor=ACTOR, at=AT) == 2
    assert reveal(stream=STREAM, actor=ACTOR, at=AT) == 0

    shown = queries.entries(STREAM)
    opened = [blinding.opened(link.payload)[1] for link in shown]
    assert [link.type for link in shown] == ["evidence.revealed"] * 2
    assert [(one.draft.actor, json.loads(one.draft.payload)["statement"]) for one in opened] == [
        ("person:41@7", "alias 01"), ("person:41@7", "alias 02"),
    ]  # fmt: skip
    assert [one.draft.ts for one in opened] == [to_text(AT)] * 2
    report = verify_database()
    assert (report.faults, report.facts["secrets"]) == ([], "2")


def test_only_the_payload_may_be_hidden():
    made = enter(hidden=Hidden.PAYLOAD)
    row = EvidenceEntry.objects.get()
    assert (made.stream, row.type, row.actor) == (STREAM, "RoomKeyVouchedFor", "person:41@7")
    assert b"alias" not in everything_stored()

    reveal(stream=STREAM, actor=ACTOR, at=AT)

    assert [link.type for link in queries.entries(STREAM)] == ["RoomKeyVouchedFor", "evidence.revealed"]
    assert enter(hidden=Hidden.PAYLOAD) == made
    assert verify_database().holds


def test_an_exported_revelation_is_checked_offline():
    enter()
    reveal(stream=STREAM, actor=ACTOR, at=AT)
    checkpoint(AT + timedelta(seconds=1))
    lines = list(export([STREAM], at=AT))
    assert exports.check(lines).holds
    forged = [line.replace(b"alias 01", b"alias 02") for line in lines]

    faults = exports.check(forged).faults

    assert any("is not what was committed to" in fault for fault in faults)


@pytest.mark.parametrize("field", ["actor", "key", "payload", "stream", "ts", "type"])
def test_no_other_opening_fits_a_commitment(field):
    enter()
    reveal(stream=STREAM, actor=ACTOR, at=AT)
    payload = json.loads(queries.entries(STREAM)[0].payload)
    other = {"payload": {"statement": "alias 02"}, "ts": "2026-01-05T02:59:59.999Z"}.get(field, "other")
    payload["opening"][field] = other
    assert list(blinding.revelation_faults(STREAM, canonical.encode(payload)))


def test_a_sealed_opening_opens_nowhere_else():
    enter(1)
    enter(2)
    with triggers_lifted(connection):
        first, second = EvidenceSecret.objects.order_by("seq")
        EvidenceSecret.objects.filter(pk=second.pk).update(sealed=first.sealed)

        assert "cannot be opened" in verify_database(check_triggers=False).faults[0]


def test_without_the_key_nothing_opens(settings, tmp_path):
    enter()
    settings.PLATFORM_KEYS_DIR = tmp_path / "other"

    assert "cannot be opened" in " ".join(verify_database().faults)
