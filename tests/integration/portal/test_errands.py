import threading

import pytest
from django.db import transaction
from django.utils import timezone

from commons.domain.actor import system_actor
from commons.evidence.services import append
from commons.outbox.models import OutboxMessage
from commons.outbox.services import enqueue
from portal import errands
from tests.integration.commons.evidence.test_appending import newest


@pytest.mark.django_db(transaction=True)
def test_errands_deliver_the_outbox_and_sign_checkpoints_beside_the_timekeeper(monkeypatch, caplog):
    def breaks(at):
        stop.set()
        raise ValueError("one errand that fails does not stop the others")

    with transaction.atomic():
        append(stream="lot:1", type="t", actor=system_actor("t"), payload={}, decided_at=timezone.now())
        enqueue(topic="evidence.checkpoint", key="k", payload={}, at=timezone.now())
    stop = threading.Event()
    monkeypatch.setattr(errands, "ERRANDS", (*errands.ERRANDS, breaks))

    errands.start(stop).join(timeout=10)

    assert stop.is_set()
    assert OutboxMessage.objects.get().state == "DELIVERED"
    assert newest().size == 1
    assert "one errand that fails" in caplog.text
