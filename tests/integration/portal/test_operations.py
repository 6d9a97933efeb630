"""The operations page: what waits and what died, for those who run the platform."""

from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from commons.evidence import services as evidence
from commons.outbox import services as outbox
from commons.outbox.models import OutboxMessage
from portal import pulses, timekeeping
from portal.views.health import CHECKS
from portal.views.operations import KEPT, NAMES
from tests import cast

pytestmark = pytest.mark.django_db


def signed_in(key: str) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(cast.person(key), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def message(*, state: str = "PENDING") -> OutboxMessage:
    at = timezone.now() - timedelta(minutes=5)
    with transaction.atomic():
        outbox.enqueue(topic="nobody.handles", key="k", payload={}, at=at)
    OutboxMessage.objects.update(state=state)
    return OutboxMessage.objects.get()


@pytest.mark.parametrize("key", ["buyer1", "seller", "host", "finance", "regulator"])
def test_others_do_not_see_it(key: str) -> None:
    assert signed_in(key).get("/operations/").status_code == 403


def test_it_counts_what_waits() -> None:
    message()

    backlog = signed_in("staff").get("/operations/").context["backlog"]

    assert (backlog.waiting, backlog.dead) == (1, 0)
    assert backlog.oldest is not None


def test_a_dead_message_is_delivered_again_by_an_operator_only() -> None:
    dead = message(state="DEAD")
    assert "nobody.handles" in signed_in("auditor").get("/operations/").text
    assert signed_in("auditor").post(f"/operations/outbox/{dead.pk}/revive/").status_code == 403

    assert signed_in("staff").post(f"/operations/outbox/{dead.pk}/revive/").status_code == 302

    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == ("PENDING", 0)


def test_it_says_when_the_timekeeper_is_late() -> None:
    long_ago = timezone.now() - timedelta(minutes=10)
    evidence.checkpoint(long_ago)
    assert not signed_in("staff").get("/operations/").context["signed"].late

    with transaction.atomic():
        evidence.append(stream="test:1", type="Test", actor=cast.actor("staff"), payload={}, decided_at=timezone.now())
    evidence.gather()
    assert signed_in("staff").get("/operations/").context["signed"].late


def test_it_says_when_no_timekeeper_is_heard_of(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pulses"}}
    now = timezone.now()
    page = "/operations/"

    assert not signed_in("staff").get(page).context["time_is_kept"]
    pulses.beat(now - timedelta(minutes=1))
    assert not signed_in("staff").get(page).context["time_is_kept"]
    assert pulses.seconds_since() >= 60
    pulses.beat(now)
    assert signed_in("staff").get(page).context["time_is_kept"]
    assert "luochui_timekeeper_heard_seconds" in Client().get("/metrics").text


@pytest.mark.django_db(transaction=True)
def test_a_timekeeper_is_heard_of_and_touches_its_file(tmp_path: Path, settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "keeper"}}
    stop, file = StopAfterOneRound(), tmp_path / "pulse"

    timekeeping.run(stop, only_rooms=True, pulse=file)

    assert file.exists()
    assert pulses.is_kept(timezone.now())


class StopAfterOneRound(Event):
    """Lets the loop go round once."""

    def wait(self, timeout: float | None = None) -> bool:
        self.set()
        return True


def test_each_check_has_words_and_each_page_that_staff_keep_is_there() -> None:
    context = signed_in("staff").get("/operations/").context

    assert [name for name, _ in context["checks"]] == [str(NAMES[name]) for name in CHECKS]
    assert len(context["kept"]) == len(KEPT)
