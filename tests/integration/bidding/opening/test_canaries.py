"""Canaries: what a bid says, whose it is and that there is one, looked for in everything that leaves a trace.

Before the opening none is found: in no page or answer for any role, no export, no line of a log, no metric, no mail or
message, no key of Redis, no file on the disk, no row of the database. After the opening everything is there.
"""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.test import Client
from django.urls import reverse

from bidding.opening import services as halls
from bidding.opening.queries import Viewer, mask, scene
from commons.evidence import services as evidence
from tests import cast
from tests.dumps import dump
from tests.integration.bidding.opening import story as stories
from tests.integration.bidding.opening.story import FACE, LISTED, SIGNING_IN

pytestmark = pytest.mark.django_db

PRICE = "8237461.53"
WORDS = "捌佰贰拾叁万柒仟肆佰陆拾壹元伍角叁分"
CONTENT = "canary-4f1d7c-content"
FILE_NAME = "canary-9b2e-volume.pdf"
DEVICE = "canary-device-77aa"
SECRETS = (PRICE, WORDS, CONTENT, FILE_NAME, DEVICE)
ROLES = ("", "buyer2", "seller", "staff", "host", "officer1", "finance", "regulator", "auditor", "treasury")


def files_with_canaries(found: stories.Opening) -> list[tuple[str, bytes]]:
    made = stories.bid_of(found, "buyer1", price={"figures": PRICE, "words": WORDS}, note=CONTENT)
    volume = (FILE_NAME, stories.pdf() + b"\n%" + CONTENT.encode())
    return [*made, volume]


def identity() -> tuple[str, ...]:
    organisation = cast.organisation("jinma")
    return organisation.name, organisation.uscc, f"organisation:{organisation.pk}", f"@{organisation.pk}"


def plant(found: stories.Opening) -> str:
    """The bid is handed in, replaced, and its bidder signs in; the number of the receipt."""
    stories.hand_in(found, "buyer1", files=files_with_canaries(found))
    number = stories.hand_in(found, "buyer1", files=files_with_canaries(found))
    face = halls.Face(matched=True, device=DEVICE)
    halls.sign_in(actor=stories.bidder("buyer1"), hall_id=found.hall_id, face=face, at=SIGNING_IN)
    return number


@pytest.fixture
def planted(caplog: pytest.LogCaptureFixture) -> Iterator[tuple[stories.Opening, set[str]]]:
    """A section with one bid; and every row of the database before it."""
    for key in (*filter(None, ROLES), "buyer1"):
        cast.actor(key)
    found = stories.opening()
    evidence.checkpoint(stories.AT)  # what the story before left in the log is gathered
    before = set(dump().splitlines())
    with caplog.at_level(logging.DEBUG):
        plant(found)
        yield found, before


def found_in(text: str, words: tuple[str, ...]) -> list[str]:
    return [word for word in words if word in text]


def test_the_database_tells_nothing_of_a_bid(planted: tuple[stories.Opening, set[str]]) -> None:
    found, before = planted
    fresh = [line for line in dump().splitlines() if line not in before]

    assert fresh, "the bid left its sealed rows"
    for line in fresh:
        assert found_in(line, (*SECRETS, *identity())) == [], line
        assert f"section:{found.section.pk}" not in line, line
        assert f"hall:{found.hall_id}" not in line, line


def test_no_log_line_mail_or_message_tells_of_it(
    planted: tuple[stories.Opening, set[str]], caplog: pytest.LogCaptureFixture
) -> None:
    told = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    told += "\n".join(f"{one.subject} {one.body}" for one in mail.outbox)

    assert found_in(told, (*SECRETS, *identity()[:2])) == []


def test_no_file_on_the_disk_tells_of_it(planted: tuple[stories.Opening, set[str]]) -> None:
    words = [word.encode() for word in (*SECRETS, *identity()[:2])]
    seen = 0
    for path in Path(django_settings.DATA_DIR).rglob("*"):
        assert not found_in(str(path), SECRETS)
        if path.is_file():
            seen += 1
            content = path.read_bytes()
            assert not [word for word in words if word in content], path

    assert seen, "the sealed bids lie there"


def test_redis_holds_nothing_of_it(planted: tuple[stories.Opening, set[str]]) -> None:
    held = ""
    if django_settings.REDIS_URL:
        import redis

        client = redis.Redis.from_url(django_settings.REDIS_URL)
        for key in client.scan_iter():
            value = client.get(key) if client.type(key) == b"string" else client.dump(key)
            held += f"{key!r} {value!r}"

    assert found_in(held, (*SECRETS, *identity()[:2])) == []


def addresses(found: stories.Opening) -> list[str]:
    hall, intake = found.hall_id, found.sealed.intake_id
    return [
        "/", "/halls/", f"/halls/{hall}/", f"/halls/{hall}/scene.json", f"/halls/{hall}/replay/",
        f"/halls/{hall}/log.json", f"/halls/{hall}/bids.csv", f"/halls/{hall}/sign-in/",
        f"/sections/{found.section.pk}/bid/", f"/sections/{found.section.pk}/bid/rules.json", "/bids/library/",
        "/openings/", f"/openings/{intake}/", f"/openings/{intake}/terms.json", "/openings/officer/", "/guarantees/",
        "/workspace/", "/operations/", "/metrics", "/inbox/", "/draws/", "/verify/",
        "/finance/", "/health/ready", "/api/v1/", "/api/v1/openapi.json", "/api/v1/draws", "/api/v1/lots",
        "/api/v1/evidence/checkpoints", "/api/v1/inbox",
    ]  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_no_page_or_answer_tells_any_role(role: str, planted: tuple[stories.Opening, set[str]]) -> None:
    found, _ = planted
    client = Client(raise_request_exception=False)
    if role:
        client.force_login(cast.person(role))
    answered = 0
    for address in addresses(found):
        answer = client.get(address)
        assert answer.status_code < 500, address
        answered += answer.status_code == 200
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        text = body.decode("utf-8", "replace") + str(dict(answer.headers))
        assert found_in(text, SECRETS) == [], address
        if role != "finance":
            assert found_in(text, identity()[:2]) == [], address

    assert answered > 5


def test_the_exported_log_tells_nothing_not_even_that_somebody_signed_in(
    planted: tuple[stories.Opening, set[str]],
) -> None:
    found, _ = planted
    text = b"".join(evidence.export(at=SIGNING_IN)).decode()

    assert found_in(text, SECRETS) == []
    assert f"hall:{found.hall_id}" not in text


def test_after_the_opening_everything_is_there() -> None:
    found = stories.opening()
    stories.hand_in(found, "buyer1", files=files_with_canaries(found))
    for key in ("buyer2", "buyer3"):
        stories.hand_in(found, key)
    halls.sign_in(actor=stories.bidder("buyer1"), hall_id=found.hall_id, face=FACE, at=SIGNING_IN)
    halls.publish_list(actor=cast.actor("host"), hall_id=found.hall_id, at=LISTED)
    at = stories.drawn(found, stories.decrypted(found, *stories.PRICES))
    halls.read_out(actor=stories.owner(), hall_id=found.hall_id, at=at)

    told = json.dumps(mask(scene(found.hall_id), Viewer.PUBLIC), ensure_ascii=False)
    assert PRICE in told
    assert cast.organisation("jinma").name in told
    assert FILE_NAME in dump()
    assert PRICE in Client().get(reverse("opening:scene", args=[found.hall_id])).content.decode()
