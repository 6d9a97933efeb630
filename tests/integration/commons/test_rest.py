"""Requests of programs: answered once, only of what was read, within what their key opens."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from commons.calendar.models import CalendarDay
from commons.domain.actor import system_actor
from commons.domain.refusals import Refusal
from commons.evidence.models import EvidenceEntry
from commons.inbox import services as inbox
from commons.people import services as people
from commons.people.domain.scopes import Scope
from commons.people.models import ApiKey
from commons.rest import services
from commons.rest.models import AnsweredRequest
from tests import cast
from tests.plugins.races import at_once

pytestmark = pytest.mark.django_db
DAY = "/api/v1/calendar/days/2031-03-14"
BODY = {"working": False, "name": "Typhoon", "source": "佛府办〔2031〕1号"}


def key(party: str = "staff", *scopes: Scope) -> dict[str, str]:
    made = people.make_api_key(
        actor=cast.actor(party), label="test", scopes=frozenset(scopes or set(Scope)), at=timezone.now()
    )
    return {"Authorization": f"Bearer {made}"}


def put(headers: dict[str, str], body: Any = BODY, **more: str) -> Any:
    return Client().put(DAY, json.dumps(body), content_type="application/json", headers={**headers, **more})


def version(address: str = DAY) -> str:
    return str(Client().get(address)["ETag"])


def numbered(**more: str) -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4()), "If-Match": version(), **more}


def test_the_same_request_gets_the_first_answer_and_changes_nothing_again() -> None:
    headers = {**key(), **numbered()}

    first, second = put(headers), put(headers)

    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert "Idempotent-Replayed" not in first
    assert second["Idempotent-Replayed"] == "true"
    assert CalendarDay.objects.filter(on="2031-03-14").count() == 1


def test_the_same_number_with_another_body_is_a_conflict() -> None:
    headers = {**key(), **numbered()}
    put(headers)

    answer = put(headers, {**BODY, "name": "Flood"})

    assert (answer.status_code, answer.json()["code"]) == (409, "IDEMPOTENCY_CONFLICT")


def test_numbers_belong_to_whoever_makes_them() -> None:
    headers = numbered()
    put({**key("staff"), **headers})

    answer = put({**key("staff2"), **headers})

    assert (answer.status_code, answer.json()["code"]) == (412, "VERSION_MOVED")


def test_a_refused_request_stays_refused_under_its_number() -> None:
    headers = {**key(), **numbered()}
    refused = put(headers, {**BODY, "source": " "})

    assert refused.status_code == 400
    assert put(headers, {**BODY, "source": " "}).json() == refused.json()
    assert not CalendarDay.objects.filter(on="2031-03-14").exists()


@pytest.mark.parametrize(
    ("missing", "code", "status"),
    [("Idempotency-Key", "IDEMPOTENCY_KEY_NEEDED", 400), ("If-Match", "VERSION_NEEDED", 428)],
)
def test_a_change_needs_number_and_version(missing: str, code: str, status: int) -> None:
    headers = {**key(), **numbered()}
    del headers[missing]

    answer = put(headers)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("number", ["short", "x" * 81, "with space 1", "ümläute-1234", "line\tbreak-12"])
def test_a_strange_number_is_malformed(number: str) -> None:
    answer = put({**key(), **numbered(), "Idempotency-Key": number})

    assert (answer.status_code, answer.json()["code"]) == (400, "MALFORMED")


def test_what_moved_since_it_was_read_is_not_changed() -> None:
    old = version()
    put({**key(), **numbered()})

    answer = put({**key(), **numbered(), "If-Match": old}, {**BODY, "name": "Flood", "reason": "it was no typhoon"})

    assert answer.status_code == 412
    assert CalendarDay.objects.get(on="2031-03-14").name == "Typhoon"


def test_an_answer_leaves_its_receipt_in_the_log() -> None:
    answer = put({**key(), **numbered()})

    stream, seq, digest = answer["Luochui-Receipt"].split("#")
    entry = EvidenceEntry.objects.get(stream=stream, seq=int(seq))
    assert bytes(entry.hash).hex() == digest
    assert entry.type == "RequestAnswered"


def test_a_reading_that_knows_the_version_gets_no_body() -> None:
    first = Client().get("/api/v1/parameters/")

    again = Client().get("/api/v1/parameters/", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")


def test_a_key_opens_only_its_scopes() -> None:
    answer = put({**key("staff", Scope.TRADE), **numbered()})

    assert (answer.status_code, answer.json()["code"]) == (403, "SCOPE_MISSING")


def test_a_key_ends_by_itself() -> None:
    headers = key()
    ApiKey.objects.update(valid_until=timezone.now() - timedelta(seconds=1))

    assert Client().get("/api/v1/me", headers=headers).status_code == 401


def test_a_scope_gives_no_role() -> None:
    answer = put({**key("buyer1"), **numbered()})

    assert (answer.status_code, answer.json()["code"]) == (403, "NOT_PERMITTED")


def test_messages_are_paged_and_marked_as_read() -> None:
    for number in range(3):
        inbox.deliver(
            subject_msgid="Hello", fields={}, link="", at=timezone.now(), key=f"k{number}",
            person_id=cast.person("buyer1").pk,
        )  # fmt: skip
    headers = key("buyer1")
    first = Client().get("/api/v1/inbox/?limit=2", headers=headers).json()
    second = Client().get(f"/api/v1/inbox/?limit=2&cursor={first['next']}", headers=headers).json()
    read = first["items"][0]["id"]

    answer = Client().post(f"/api/v1/inbox/{read}/read", headers={**headers, "Idempotency-Key": "read-0001"})

    assert (len(first["items"]), len(second["items"]), second["next"]) == (2, 1, None)
    assert answer.json()["read"] is True
    unread = Client().get("/api/v1/inbox/?unread=true", headers=headers).json()["items"]
    assert read not in [one["id"] for one in unread]


def test_nobody_reads_the_messages_of_others() -> None:
    number = inbox.deliver(
        subject_msgid="Hello", fields={}, link="", at=timezone.now(), key="k", person_id=cast.person("buyer1").pk
    )

    answer = Client().post(f"/api/v1/inbox/{number}/read", headers={**key("buyer2"), "Idempotency-Key": "read-0001"})

    assert answer.status_code == 404


def test_answers_are_never_changed() -> None:
    put({**key(), **numbered()})

    with pytest.raises(IntegrityError):
        AnsweredRequest.objects.update(status=500)


class Retry(Refusal):
    code = "TEST_RETRY"
    retryable = True


def test_a_refusal_that_invites_to_try_again_is_not_kept() -> None:
    tries = []

    def perform() -> tuple[int, Any]:
        tries.append(1)
        if len(tries) == 1:
            raise Retry()
        return 200, {"done": True}

    asked: Any = {"actor": system_actor("test"), "number": "again-01", "fingerprint": "0" * 64, "perform": perform}
    with pytest.raises(Retry):
        services.answer_once(**asked, at=timezone.now())

    assert services.answer_once(**asked, at=timezone.now()).body == {"done": True}


@pytest.mark.django_db(transaction=True)
def test_a_request_sent_twice_at_once_is_decided_once() -> None:
    headers = {**key(), **numbered()}

    first, second = at_once(lambda: put(headers), lambda: put(headers))

    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert sorted(answer.get("Idempotent-Replayed", "") for answer in (first, second)) == ["", "true"]
    assert CalendarDay.objects.filter(on="2031-03-14").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_of_what_was_read_at_once_one_is_told_to_read_again() -> None:
    old, one, two = version(), key("staff"), key("staff2")
    bodies = [{**BODY, "name": "Typhoon"}, {**BODY, "name": "Flood", "reason": "it was a flood"}]

    answers = at_once(
        lambda: put({**one, **numbered(), "If-Match": old}, bodies[0]),
        lambda: put({**two, **numbered(), "If-Match": old}, bodies[1]),
    )

    assert sorted(answer.status_code for answer in answers) in ([200, 409], [200, 412])
    assert CalendarDay.objects.filter(on="2031-03-14").count() == 1
