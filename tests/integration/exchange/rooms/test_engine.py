"""The engine on a real database: who owns a room, what a batch leaves behind, what comes back after a restart."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from commons.evidence.domain import receipts as signed
from commons.evidence.domain.notes import VerifierKey
from commons.evidence.queries import check_receipts, published_head
from commons.evidence.services import checkpoint
from commons.outbox.models import OutboxMessage
from exchange.rooms import queries, records
from exchange.rooms.domain.commands import Tick
from exchange.rooms.domain.evolve import replay
from exchange.rooms.models import Bid, ReceiptBatch, Room, RoomHeartbeat, RoomOutage, RoomParticipant
from exchange.rooms.queries.verdicts import verdicts_of
from exchange.rooms.services import engine as engines
from exchange.rooms.services.engine import Engine
from exchange.rooms.services.heartbeat import beat
from exchange.rooms.services.orders import CommandOrder, Outcome
from exchange.rooms.services.reading import events_after
from exchange.rooms.services.timekeeping import BACK_IN, Timekeeper
from tests.live.rooms import Cast, check_room, english_rules, open_room, order

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)


class Clock:
    """A clock that stands where it is put."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def receipt_of(outcome: Outcome) -> Any:
    assert outcome.receipt is not None, outcome.refusal
    return outcome.receipt


def opened(**rules: Any) -> tuple[Cast, Clock, Engine]:
    room = open_room(english_rules(**rules), opens_at=NOON)
    clock = Clock(NOON + timedelta(seconds=1))
    return room, clock, Engine(clock=clock)


def test_receipts_name_the_head_of_the_log_that_was_published_last() -> None:
    room, clock, engine = opened()
    checkpoint(clock.at)
    before = published_head()

    (done,) = engine.commit([order(room, "buyer1", "20000.00", clock.at, bid_id="b" * 22)]).outcomes
    checkpoint(clock.at)

    proof = json.loads(bytes(receipt_of(done).proof))
    assert before.size > 0
    assert proof["head"] == {"root": b64encode(before.root).decode(), "size": str(before.size)}
    assert ReceiptBatch.objects.get().head_size == before.size
    report = check_receipts([proof])
    assert report.holds, report.faults


def test_batch_leaves_bids_log_and_receipts_that_agree() -> None:
    room, clock, engine = opened()

    done = engine.commit([order(room, "buyer1", "20000.00", clock.at), order(room, "buyer2", "20050.00", clock.at)])

    accepted, refused = (receipt_of(outcome) for outcome in done.outcomes)
    assert (accepted.verdict, refused.verdict, refused.code) == ("ACCEPTED", "REFUSED", "ROOM_BELOW_STEP")
    assert ReceiptBatch.objects.get().size == 2
    for receipt in (accepted, refused):
        proof = signed.from_json(decode_json(bytes(receipt.proof)))
        signed.verify(proof, VerifierKey.parse(proof.batch.key))
    check_room(room.room_id)


def decode_json(data: bytes) -> Any:
    import json

    return json.loads(data)


def test_receipt_looked_up_later_is_the_one_that_was_sent() -> None:
    room, clock, engine = opened()
    placed = order(room, "buyer1", "20000.00", clock.at)

    sent = receipt_of(engine.commit([placed]).outcomes[0])

    (found, unknown) = verdicts_of(room.room_id, placed.participant_id, [placed.frame.bid_id, "b-never-seen"])
    assert found == sent
    assert unknown.bid_id == "b-never-seen"


def test_two_engines_on_one_room_decide_again_instead_of_forking_it() -> None:
    room, clock, first = opened()
    second = Engine(clock=clock)
    second.catch_up([room.room_id])
    first.commit([order(room, "buyer1", "20000.00", clock.at)])

    late = receipt_of(second.commit([order(room, "buyer2", "20000.00", clock.at)]).outcomes[0])

    assert (late.verdict, late.code) == ("REFUSED", "ROOM_BELOW_STEP")
    check_room(room.room_id)


def test_without_the_conditional_update_two_engines_would_fork_the_room(monkeypatch: pytest.MonkeyPatch) -> None:
    room, clock, first = opened()
    second = Engine(clock=clock)
    second.catch_up([room.room_id])
    first.commit([order(room, "buyer1", "20000.00", clock.at)])
    # Without the guard the second engine would hand out a receipt on its stale state.
    monkeypatch.setattr(second, "_store", lambda attempt, _notes: attempt.signed())

    forked = receipt_of(second.commit([order(room, "buyer2", "20000.00", clock.at)]).outcomes[0])

    assert forked.verdict == "ACCEPTED", "both bidders would hold the same price"


def test_same_bid_again_gets_its_first_verdict_and_another_body_a_conflict() -> None:
    room, clock, engine = opened()
    placed = order(room, "buyer1", "20000.00", clock.at)
    first = receipt_of(engine.commit([placed]).outcomes[0])
    stranger = Engine(clock=clock)

    again = receipt_of(stranger.commit([placed, placed]).outcomes[1])
    other_body = order(room, "buyer1", "90000.00", clock.at, bid_id=placed.frame.bid_id)
    conflict = stranger.commit([other_body]).outcomes[0]

    assert (again.seq, again.hash) == (first.seq, first.hash)
    assert conflict.refusal is not None
    assert conflict.refusal.code == "IDEMPOTENCY_CONFLICT"
    assert Bid.objects.count() == 1


def test_database_error_refuses_the_batch_and_asks_for_a_retry(monkeypatch: pytest.MonkeyPatch) -> None:
    room, clock, engine = opened()
    placed = order(room, "buyer1", "20000.00", clock.at)

    def broken(*_: object) -> None:
        raise OperationalError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(engine, "_store", broken)
        refused = engine.commit([placed]).outcomes[0]
    again = receipt_of(engine.commit([placed]).outcomes[0])

    assert refused.refusal is not None
    assert (refused.refusal.code, refused.refusal.retryable) == ("ROOM_TRY_AGAIN", True)
    assert again.verdict == "ACCEPTED"
    check_room(room.room_id)


def test_state_read_back_equals_the_state_that_was_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    room, clock, engine = opened()
    monkeypatch.setattr(engines, "SNAPSHOT_EVERY", 3)
    for step in range(5):
        clock.at += timedelta(seconds=1)
        engine.commit([order(room, ("buyer1", "buyer2")[step % 2], f"{20_000 + 100 * step}.00", clock.at)])
    held = engine.rooms[room.room_id].state

    reader = Engine()
    reader.catch_up([room.room_id])

    from_snapshot = reader.rooms[room.room_id]
    from_log = replay(events_after(room.room_id, 0, 1_000))
    assert 0 < from_snapshot.snapshot_seq < from_snapshot.seq
    assert from_snapshot.state == from_log == held
    assert records.decode_state(records.encode_state(held), held.seq) == held


def test_steps_one_by_one_and_one_exchange_store_the_same() -> None:
    room, clock, engine = opened()

    with transaction.atomic():  # inside a transaction the engine stores step by step
        inside = receipt_of(engine.commit([order(room, "buyer1", "20000.00", clock.at)]).outcomes[0])
    outside = receipt_of(engine.commit([order(room, "buyer2", "20100.00", clock.at)]).outcomes[0])

    assert (inside.verdict, outside.verdict) == ("ACCEPTED", "ACCEPTED")
    assert outside.seq > inside.seq
    check_room(room.room_id)


def test_room_ends_by_its_rules_however_late_the_timekeeper_comes() -> None:
    room, clock, engine = opened(session_ms=60_000, extension_ms=0)
    engine.commit([order(room, "buyer1", "20000.00", clock.at)])

    Timekeeper(Engine(clock=Clock(NOON + timedelta(hours=3)))).advance(at=NOON + timedelta(hours=3))

    result = queries.result(room.room_id)
    assert result is not None
    assert (result.price, result.awards[0].alias) == (Decimal("20000.00"), "01")
    assert Room.objects.get().due_at is None


def test_the_hammer_asks_for_a_checkpoint_once_and_in_the_same_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    room, clock, engine = opened(session_ms=60_000, extension_ms=0)
    engine.commit([order(room, "buyer1", "20000.00", clock.at)])
    assert not OutboxMessage.objects.filter(topic="evidence.checkpoint").exists()
    late = NOON + timedelta(minutes=2)

    def broken(*_: object) -> None:
        raise OperationalError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(engines, "append_prepared", broken)
        Timekeeper(Engine(clock=Clock(late))).advance(at=late)
    assert not OutboxMessage.objects.filter(topic="evidence.checkpoint").exists()
    assert Room.objects.get().ended_at is None

    for _ in range(2):
        Timekeeper(Engine(clock=Clock(late))).advance(at=late)

    message = OutboxMessage.objects.get(topic="evidence.checkpoint")
    assert message.key == f"room:{room.room_id}:ENDED"
    assert Room.objects.get().ended_at is not None
    check_room(room.room_id)


def test_bid_after_the_close_is_refused_even_before_the_hammer_was_announced() -> None:
    room, clock, engine = opened(session_ms=60_000, extension_ms=0)
    engine.commit([order(room, "buyer1", "20000.00", clock.at)])
    clock.at = NOON + timedelta(seconds=61)

    late = receipt_of(engine.commit([order(room, "buyer2", "30000.00", clock.at)]).outcomes[0])

    assert (late.verdict, late.code) == ("REFUSED", "ROOM_CLOSED")
    check_room(room.room_id)


def test_outage_pauses_the_room_and_gives_the_time_back() -> None:
    room, clock, engine = opened(session_ms=60_000, extension_ms=0, allowed_outage_ms=10_000)
    engine.commit([order(room, "buyer1", "20000.00", clock.at)])
    beat(at=NOON + timedelta(seconds=20))
    keeper = Timekeeper(Engine(clock=clock))

    clock.at = NOON + timedelta(seconds=62)  # past the close, but nobody could bid for 42 seconds
    keeper.advance(at=clock.at)
    paused = Room.objects.get()
    clock.at = NOON + timedelta(seconds=90)
    beat(at=clock.at)
    keeper.advance(at=clock.at)
    keeper.advance(at=clock.at)

    resumed = Room.objects.get()
    assert paused.phase == "PAUSED"
    assert RoomOutage.objects.count() == 1
    assert RoomHeartbeat.objects.get().beat_at == clock.at
    assert resumed.phase == "OPEN"
    assert resumed.closes_at == clock.at + BACK_IN + timedelta(seconds=40)
    check_room(room.room_id)


def test_short_silence_changes_nothing() -> None:
    room, clock, engine = opened(session_ms=60_000, extension_ms=0, allowed_outage_ms=30_000)
    engine.commit([order(room, "buyer1", "20000.00", clock.at)])
    beat(at=NOON + timedelta(seconds=50))
    keeper = Timekeeper(Engine(clock=clock))

    clock.at = NOON + timedelta(seconds=65)
    keeper.advance(at=clock.at)
    waiting = Room.objects.get().phase
    beat(at=clock.at)
    keeper.advance(at=clock.at)

    assert waiting == "OPEN", "whether the silence lasts too long is not known yet"
    assert Room.objects.get().phase == "ENDED"
    check_room(room.room_id)


def test_tick_that_finds_nothing_due_leaves_no_trace() -> None:
    room, _, engine = opened()
    engine.commit([CommandOrder(room.room_id, Tick(), "system:timekeeper")])
    before = Room.objects.get().seq

    engine.commit([CommandOrder(room.room_id, Tick(), "system:timekeeper")])

    assert Room.objects.get().seq == before
    assert RoomParticipant.objects.filter(room_id=room.room_id).count() == 3
    assert connection.vendor in ("postgresql", "sqlite")
