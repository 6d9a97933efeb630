from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from commons.domain.refusals import IdempotencyConflict, NotAllowedNow, NotPermitted
from commons.outbox import queries, registry
from commons.outbox.domain.delivery import LEASE, LONGEST_DELAY, MAX_ATTEMPTS, MessageState, delay_after
from commons.outbox.models import OutboxMessage
from commons.outbox.services import deliver_due, delivering, enqueue, revive
from commons.outbox.tasks import deliver_due_messages
from tests import cast
from tests.plugins.races import at_once

pytestmark = pytest.mark.django_db

AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)


def put(key="k1", topic="test.topic", at=AT, **payload):
    enqueue(topic=topic, key=key, payload=payload, at=at)


@pytest.fixture
def handler(monkeypatch):
    """Registers handlers for one test."""

    def register(function, *, topic="test.topic", transactional=True):
        monkeypatch.setitem(registry._HANDLERS, topic, registry.Handler(function, transactional))

    return register


def state_of(key="k1"):
    return OutboxMessage.objects.get(key=key).state


def test_a_message_reaches_its_handler_once(handler):
    got: list[Any] = []
    handler(got.append)
    put(lot="12")

    assert deliver_due(AT) == 1
    assert deliver_due(AT) == 0
    assert [(message.key, message.payload, message.attempt) for message in got] == [("k1", {"lot": "12"}, 1)]
    assert state_of() == MessageState.DELIVERED


def test_enqueueing_twice_is_one_message():
    put(lot="12")
    put(lot="12")

    assert OutboxMessage.objects.count() == 1


def test_the_same_key_with_another_payload_is_a_conflict():
    put(lot="12")

    with pytest.raises(IdempotencyConflict):
        put(lot="13")


@pytest.mark.django_db(transaction=True)
def test_a_message_of_a_transaction_that_failed_is_never_sent(handler):
    got: list[Any] = []
    handler(got.append)
    with transaction.atomic():
        put()
        transaction.set_rollback(True)

    assert deliver_due(AT) == 0
    assert got == []


@pytest.mark.django_db(transaction=True)
def test_enqueueing_outside_a_transaction_is_a_mistake():
    with pytest.raises(AssertionError):
        put()


def test_a_failed_delivery_is_tried_again_later_and_the_others_go_on(handler):
    attempts = []

    def fails_first(message):
        attempts.append(message.key)
        if attempts == ["k1"]:
            raise ConnectionError("the other side is away")

    handler(fails_first)
    put("k1")
    put("k2")

    assert deliver_due(AT) == 1
    assert OutboxMessage.objects.get(key="k1").last_error == "ConnectionError: the other side is away"
    assert deliver_due(AT + timedelta(seconds=4)) == 0
    assert deliver_due(AT + timedelta(seconds=5)) == 1
    assert attempts == ["k1", "k2", "k1"]


def test_behind_a_slow_receiver_no_message_is_taken_by_two_workers(handler, monkeypatch):
    """Every delivery takes two thirds of a lease: the second message is claimed late, and its lease begins then."""
    passed, got = [0.0], []
    monkeypatch.setattr(delivering, "monotonic", lambda: passed[0])

    def slow(message):
        got.append(message.key)
        passed[0] += LEASE.total_seconds() * 2 / 3
        if message.key == "k2":
            # Meanwhile another worker looks for what is due.
            assert deliver_due(AT + timedelta(seconds=passed[0])) == 0

    handler(slow, transactional=False)
    put("k1")
    put("k2")

    assert deliver_due(AT) == 2
    assert got == ["k1", "k2"]


def test_what_a_failed_handler_wrote_is_rolled_back(handler):
    def writes_and_fails(message):
        cast.organisation("jinma")
        raise ValueError

    handler(writes_and_fails)
    put()
    deliver_due(AT)

    assert not cast.organisation("jinma").memberships.exists()
    assert type(cast.organisation("jinma")).objects.count() == 1, "only the one that this test just made"


def test_delays_grow_to_a_limit():
    delays = [delay_after(attempts) for attempts in range(1, 60)]

    assert delays[:4] == [timedelta(seconds=seconds) for seconds in (5, 10, 20, 40)]
    assert delays == sorted(delays)
    assert delays[-1] == LONGEST_DELAY


def test_a_message_that_fails_too_often_dies_visibly_and_can_be_revived(handler):
    handler(lambda message: 1 / 0)
    put()
    at = AT
    for _ in range(MAX_ATTEMPTS):
        deliver_due(at)
        at += LONGEST_DELAY

    assert state_of() == MessageState.DEAD
    assert deliver_due(at) == 0
    letter = queries.dead_letters(cast.actor("staff"))[0]
    assert (letter.topic, letter.attempts, letter.last_error[:17]) == ("test.topic", 12, "ZeroDivisionError")
    assert queries.counts() == {"PENDING": 0, "DELIVERED": 0, "DEAD": 1}

    handler(lambda message: None)
    revive(actor=cast.actor("staff"), message_id=letter.id, at=at)
    assert deliver_due(at) == 1
    with pytest.raises(NotAllowedNow):
        revive(actor=cast.actor("staff"), message_id=letter.id, at=at)


def test_only_operators_see_and_revive_the_dead():
    with pytest.raises(NotPermitted):
        queries.dead_letters(cast.actor("buyer1"))
    with pytest.raises(NotPermitted):
        revive(actor=cast.actor("buyer1"), message_id=1, at=AT)


def test_a_topic_without_a_handler_waits():
    put(topic="nobody.knows")

    assert deliver_due(AT) == 0
    assert "no handler" in OutboxMessage.objects.get().last_error
    assert state_of() == MessageState.PENDING


def test_what_a_dead_worker_had_claimed_is_taken_over_after_the_lease(handler):
    got: list[Any] = []
    handler(got.append)
    put()
    assert delivering._claim(OutboxMessage.objects.get().pk, AT)

    assert deliver_due(AT + LEASE - timedelta(seconds=1)) == 0
    assert deliver_due(AT + LEASE) == 1
    assert [message.attempt for message in got] == [2]


def test_a_worker_that_wakes_after_its_lease_changes_nothing(handler):
    """Redelivery: the sleeper's work is rolled back, the other's stands, and the message is delivered once."""
    put()
    message_id = OutboxMessage.objects.get().pk
    made: list[str] = []

    def slow(message):
        if not made:
            made.append("slow")
            assert deliver_due(AT + LEASE) == 1, "another worker takes over meanwhile"
        else:
            made.append("other")
            cast.organisation("jinma")

    handler(slow, transactional=False)
    lease = delivering._claim(message_id, AT)

    assert delivering._deliver(message_id, lease, AT) is False
    assert made == ["slow", "other"]
    assert state_of() == MessageState.DELIVERED


def test_a_message_can_come_twice_so_handlers_are_idempotent(handler):
    """The effect happened, the mark was lost: the same message comes again under the same key."""
    ledger: dict[str, Any] = {}

    def idempotent(message):
        first = message.key not in ledger
        ledger.setdefault(message.key, message.payload)
        if first:
            raise ConnectionError("the connection broke after the effect")

    handler(idempotent, transactional=False)
    put(amount="100.00")
    deliver_due(AT)
    deliver_due(AT + timedelta(seconds=5))

    assert ledger == {"k1": {"amount": "100.00"}}
    assert state_of() == MessageState.DELIVERED


def test_no_more_than_the_limit_is_delivered(handler):
    handler(lambda message: None)
    for number in range(5):
        put(f"k{number}")

    assert deliver_due(AT, limit=2) == 2
    assert deliver_due(AT, limit=9) == 3


def test_the_task_delivers_what_is_due_now(handler):
    handler(lambda message: None)
    put()

    assert deliver_due_messages() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_deliver_every_message_once(handler):
    got: list[Any] = []
    handler(lambda message: got.append(message.key), transactional=False)
    with transaction.atomic():
        for number in range(20):
            put(f"k{number:02d}")

    assert sum(at_once(lambda: deliver_due(AT), lambda: deliver_due(AT))) == 20
    assert sorted(got) == [f"k{number:02d}" for number in range(20)]


@pytest.mark.django_db(transaction=True)
def test_without_the_claim_two_workers_deliver_the_same_message(handler, monkeypatch):
    got: list[Any] = []
    handler(lambda message: got.append(message.key), transactional=False)
    monkeypatch.setattr(delivering, "_claim", lambda message_id, at: "x")
    monkeypatch.setattr(delivering, "_settle", lambda *args, **values: None)
    with transaction.atomic():
        put()

    at_once(lambda: deliver_due(AT), lambda: deliver_due(AT))

    assert got == ["k1", "k1"]
