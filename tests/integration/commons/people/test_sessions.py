"""Sessions end everywhere: rows, hashes, listeners, other processes."""

import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from commons.evidence.models import EvidenceEntry
from commons.people import announcements
from commons.people.announcements import SessionsEnded
from commons.people.models import Person, PersonSession
from commons.people.services import end_sessions
from commons.people.sessions import session_ref
from tests import cast

AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def heard():
    announced: list[SessionsEnded] = []
    unsubscribe = announcements.subscribe(announced.append)
    yield announced
    unsubscribe()


def signed_in(key: str) -> Client:
    client = Client()
    client.force_login(cast.person(key), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.django_db
def test_a_session_knows_whose_it_is() -> None:
    client = signed_in("buyer1")

    assert PersonSession.objects.get(pk=client.session.session_key).person_id == cast.person("buyer1").pk


@pytest.mark.django_db
def test_every_session_of_the_person_is_over_and_nobody_elses() -> None:
    phone, desk, other = signed_in("buyer1"), signed_in("buyer1"), signed_in("buyer2")

    end_sessions(person_id=cast.person("buyer1").pk, reason="TEST", at=AT)

    assert phone.get("/workspace/").status_code == 302
    assert desk.get("/workspace/").status_code == 302
    assert other.get("/workspace/").status_code == 200


@pytest.mark.django_db
def test_the_epoch_alone_refuses_a_session_whose_row_survived() -> None:
    """A row written back by a request under way would otherwise bring the session to life again."""
    client = signed_in("buyer1")

    Person.objects.filter(pk=cast.person("buyer1").pk).update(session_epoch=7)

    assert client.get("/workspace/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_listeners_hear_of_it_after_the_commit_only(heard: list[SessionsEnded]) -> None:
    person_id = cast.person("buyer1").pk

    with transaction.atomic():
        end_sessions(person_id=person_id, reason="TEST", at=AT)
        assert heard == []

    assert heard == [SessionsEnded(person_id, "", "TEST", AT)]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_told_when_the_change_is_rolled_back(heard: list[SessionsEnded]) -> None:
    with transaction.atomic():
        end_sessions(person_id=cast.person("buyer1").pk, reason="TEST", at=AT)
        transaction.set_rollback(True)

    assert heard == []


@pytest.mark.django_db
def test_the_end_is_on_record_without_a_name() -> None:
    person = cast.person("buyer1")

    end_sessions(person_id=person.pk, reason="TEST", at=AT)

    entry = EvidenceEntry.objects.get(stream=f"person:{person.pk}", type="SessionsEnded")
    assert person.username.encode() not in bytes(entry.payload)


@pytest.mark.django_db(transaction=True)
def test_signing_out_tells_the_sockets_of_that_session(heard: list[SessionsEnded]) -> None:
    client = signed_in("buyer1")
    reference = session_ref(client.session.session_key)

    before = cast.person("buyer1").socket_epoch
    client.post("/account/logout/")

    assert cast.person("buyer1").socket_epoch == before + 1, "who did not hear it finds it there"
    assert [(one.person_id, one.session_ref) for one in heard] == [(cast.person("buyer1").pk, reference)]


@pytest.mark.django_db
def test_a_listener_that_fails_does_not_silence_the_others(heard: list[SessionsEnded]) -> None:
    def fail(ended: SessionsEnded) -> None:
        raise RuntimeError

    announcements._listeners.insert(0, fail)
    try:
        announcements.publish(SessionsEnded(1, "", "TEST", AT))
    finally:
        announcements._listeners.remove(fail)

    assert len(heard) == 1


OTHER_PROCESS = """
import django; django.setup()
from datetime import UTC, datetime
from commons.people.announcements import SessionsEnded, publish
publish(SessionsEnded(41, "", "ELSEWHERE", datetime(2026, 1, 5, 2, 0, tzinfo=UTC)))
"""


@pytest.mark.services
@pytest.mark.skipif(not settings.REDIS_URL, reason="needs Redis")
def test_another_process_hears_within_a_second() -> None:
    arrived = threading.Event()
    moments: list[float] = []

    def listen(ended: SessionsEnded) -> None:
        if ended.person_id == 41:
            moments.append(time.monotonic())
            arrived.set()

    unsubscribe = announcements.subscribe(listen)
    try:
        time.sleep(0.3)  # the ear has subscribed by then
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings"}
        subprocess.run([sys.executable, "-c", OTHER_PROCESS], cwd=ROOT, check=True, env=environment)
        finished = time.monotonic()

        assert arrived.wait(1.0)
        assert moments[0] - finished < 1.0
    finally:
        unsubscribe()
