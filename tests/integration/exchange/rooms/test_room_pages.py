"""The room pages over HTTP: who sees what, few queries, and what is refused."""

import json
from base64 import b64encode
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from exchange.rooms.client import KeyPair
from exchange.rooms.services.engine import Engine
from exchange.rooms.services.timekeeping import Timekeeper
from tests import cast
from tests.live.rooms import Cast, english_rules, open_room

pytestmark = pytest.mark.django_db(transaction=True)
MOST_QUERIES = 10


@pytest.fixture
def room() -> Cast:
    return open_room(english_rules())


def client_of(person: str = "") -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    if person:
        client.force_login(cast.person(person), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize(
    ("person", "path", "status"),
    [
        ("", "/rooms/", 200),
        ("", "/rooms/{}/", 200),
        ("", "/rooms/{}/replay/", 302),
        ("", "/rooms/{}/log/", 409),
        ("", "/rooms/{}/ready/", 302),
        ("", "/rooms/{}/host/", 302),
        ("", "/rooms/rehearsal/", 302),
        ("", "/rooms/999999/", 404),
        ("", "/rooms/999999/events/", 404),
        ("", "/rooms/{}/events/?after=x", 400),
        ("buyer1", "/rooms/{}/", 200),
        ("buyer1", "/rooms/{}/ready/", 200),
        ("buyer1", "/rooms/{}/host/", 403),
        ("buyer1", "/rooms/rehearsal/", 200),
        ("seller", "/rooms/{}/", 200),
        ("seller", "/rooms/{}/ready/", 403),
        ("host", "/rooms/{}/host/", 200),
        ("regulator", "/rooms/{}/host/", 200),
        ("auditor", "/rooms/{}/host/", 200),
    ],
)
def test_each_page_answers_as_its_reader_deserves(room: Cast, person: str, path: str, status: int) -> None:
    assert client_of(person).get(path.format(room.room_id)).status_code == status


def test_bidders_get_the_bidders_screen_and_others_the_watchers(room: Cast) -> None:
    address = f"/rooms/{room.room_id}/"

    assert b"data-bid-form" in client_of("buyer1").get(address).content
    assert b"data-bid-form" not in client_of("seller").get(address).content
    assert b"data-bid-form" not in client_of().get(address).content


@pytest.mark.parametrize(
    ("person", "path"),
    [
        ("buyer1", "/rooms/"),
        ("", "/rooms/"),
        ("", "/rooms/{}/"),
        ("buyer1", "/rooms/{}/"),
        ("seller", "/rooms/{}/"),
        ("buyer1", "/rooms/{}/ready/"),
        ("host", "/rooms/{}/"),
        ("host", "/rooms/{}/host/"),
    ],
)
def test_pages_ask_few_questions(
    room: Cast, person: str, path: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(person)
    client.get(path.format(room.room_id))

    with django_assert_max_num_queries(MOST_QUERIES):
        client.get(path.format(room.room_id))


def test_entering_wants_the_right_statement_for_the_right_key(room: Cast) -> None:
    client, key, alias = client_of("buyer1"), KeyPair.generate(), room.aliases["buyer1"]
    address = f"/rooms/{room.room_id}/enter/"

    def post(statement: str) -> int:
        body = {"key": b64encode(key.spki).decode(), "statement": statement}
        return client.post(address, json.dumps(body), content_type="application/json").status_code

    assert post(key.statement(room.room_id + 1, alias)) == 400
    assert post(key.statement(room.room_id, "99")) == 400
    assert post(key.statement(room.room_id, alias)) == 200
    assert post(key.statement(room.room_id, alias)) == 200, "the same key again is harmless"
    assert client.post(address, b"\xff{", content_type="application/json").status_code == 400
    assert client_of("seller").post(address, b"{}", content_type="application/json").status_code in (400, 403)


def test_the_log_of_an_ended_room_is_for_everybody(room: Cast) -> None:
    later = timezone.now() + timedelta(minutes=5)
    keeper = Timekeeper(Engine(clock=lambda: later))
    keeper.advance(at=later)
    keeper.advance(at=later)

    answer = client_of().get(f"/rooms/{room.room_id}/log/")

    assert answer.status_code == 200
    lines = answer.getvalue().splitlines()
    assert json.loads(lines[0])
    assert len(lines) > 2
    assert client_of().get(f"/rooms/{room.room_id}/replay/").status_code == 200


def test_the_list_can_be_kept_as_csv(room: Cast) -> None:
    answer = client_of("buyer1").get("/rooms/?format=csv")

    assert answer.getvalue().count(b"\n") >= 2


def test_conduct_is_for_staff_and_needs_a_reason(room: Cast) -> None:
    address = f"/rooms/{room.room_id}/conduct/"

    assert client_of("buyer1").post(address, {"act": "pause", "reason": "x"}).status_code == 403
    assert client_of("regulator").post(address, {"act": "pause", "reason": "x"}).status_code == 403
    assert client_of("host").post(address, {"act": "pause", "reason": ""}).status_code == 400
    assert client_of("host").post(address, {"act": "sing"}).status_code == 404
    assert client_of("host").post(address, {"act": "approve", "approval": "77"}).status_code == 404
    assert client_of("host").post(address, {"act": "pause", "reason": "power cut"}).status_code == 302


def test_voiding_needs_the_decision_and_its_document(room: Cast) -> None:
    answer = client_of("host").post(
        f"/rooms/{room.room_id}/conduct/", {"act": "void", "void-reason": "x", "void-decided_by": "the seller"}
    )

    assert answer.status_code == 400
    assert b"void-decision_no" in answer.content
