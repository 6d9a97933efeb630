"""The last minute of a popular notice as its agencies see it: 500 browsers post their sign-up, twice."""

import heapq
import http.client
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone

from benchmarks import stage
from benchmarks.figures import Line, Rounds, at_most
from benchmarks.signups import market_item
from commons.domain.actor import Assurance, Role

AGENCIES = 500
BROWSERS = 32
"""Connections at once; the next request goes out when it is due, whether the one before is answered or not."""
WINDOW_S = 58.0
AGAIN_S = 0.5
"""After so long everybody sends the same once more: the answer was lost on the way, or the button was pressed twice."""
CSRF = "c" * 32
LIMIT_MS = 1_000


@dataclass(frozen=True, slots=True)
class Browser:
    """A signed-in agency and the form that it sends."""

    cookie: str
    form: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request came to, and how long after it was due."""

    status: int
    location: str
    after_s: float


def peak(rounds: Rounds) -> Iterator[Line]:
    """500 agencies sign up over HTTP in the last minute, each request twice; the deadline falls a second later"""
    del rounds  # one minute is one minute
    need, browsers = _stage()
    with stage.serving() as served:
        _warm(served.port, need, browsers[0])
        _let_end(need, timedelta(seconds=WINDOW_S + AGAIN_S + 1))
        answers = _play(served.port, need, browsers)
    in_time = [answer for pair in answers for answer in pair if answer.status == 302]
    receipts = [{answer.location for answer in pair} for pair in answers]
    counted = _counted(need)
    yield Line(f"{len(in_time)} of {2 * AGENCIES} requests answered with a receipt", len(in_time) == 2 * AGENCIES)
    yield Line(f"{counted} of {AGENCIES} counted", counted == AGENCIES)
    yield Line(f"the second request led to the first one's receipt: {sum(len(one) == 1 for one in receipts)}")
    waits = sorted(answer.after_s * 1000 for answer in in_time)
    yield at_most("answered after, p99", [waits[int(len(waits) * 0.99)]], LIMIT_MS, " ms")


def _stage() -> tuple[int, list[Browser]]:
    """A published need and 500 agencies with somebody signed in."""
    from commons.people import services as people
    from commons.people.models import Person
    from portal.demo.cast import CLERK
    from tests.integration.marketplace import story
    from tests.integration.marketplace.test_peak import agencies

    item = market_item()
    need = story.published(item, at=timezone.now())
    browsers = []
    with transaction.atomic():
        for number, actor in enumerate(agencies(item, AGENCIES, first=20_000)):
            assert actor.organisation_id is not None
            person = people.enrol_person(
                actor=CLERK,
                username=f"peak{number}",
                name=f"员{number}",
                password_hash="!",
                assurance=Assurance.FACE_OR_LICENCE,
                organisation_id=actor.organisation_id,
                roles=(Role.AGENCY,),
                at=story.AT,
            )
            browsers.append(_browser(Person.objects.get(pk=person), Decimal(100_000 + number)))
    return need, browsers


def _browser(person: object, quote: Decimal) -> Browser:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")  # type: ignore[arg-type]
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    said = {"key": str(uuid4()), "quote": str(quote), "promise": "on", "csrfmiddlewaretoken": CSRF}
    cookie = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={CSRF}"
    return Browser(cookie, urlencode(said).encode())


def _let_end(need: int, after: timedelta) -> None:
    """The deadline of the notice is near; for the figure alone, no service moves one like that."""
    from marketplace.procurement.models import Procurement

    Procurement.objects.filter(pk=need).update(sign_up_until=timezone.now() + after)


def _counted(need: int) -> int:
    from marketplace.procurement import queries as procurements
    from marketplace.signups import queries, services

    until = procurements.procurement(need).sign_up_until
    assert until is not None
    while timezone.now() < until:
        time.sleep(0.1)
    services.close_signups(procurement_id=need, at=timezone.now())
    return len(queries.sign_ups_of(need))


def _play(port: int, need: int, browsers: list[Browser]) -> list[list[Answer]]:
    """Everybody's two answers; when each comes is chance, the same in every run."""
    chance = random.Random(20_261_127)  # a load, no secret
    due = [(chance.uniform(0, WINDOW_S), place) for place in range(len(browsers))]
    due += [(at + AGAIN_S, place) for at, place in due]
    heapq.heapify(due)
    answers: list[list[Answer]] = [[] for _ in browsers]
    guard, began = threading.Lock(), time.perf_counter()

    def work() -> None:
        while True:
            with guard:
                if not due:
                    return
                at, place = heapq.heappop(due)
            time.sleep(max(0.0, began + at - time.perf_counter()))
            status, location = _post(port, need, browsers[place])
            answers[place].append(Answer(status, location, time.perf_counter() - began - at))

    threads = [threading.Thread(target=work) for _ in range(BROWSERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _post(port: int, need: int, browser: Browser) -> tuple[int, str]:
    return _ask(port, "POST", need, browser, browser.form)


def _warm(port: int, need: int, browser: Browser) -> None:
    """The first page loads what a process loads once."""
    assert _ask(port, "GET", need, browser, b"")[0] == 200


def _ask(port: int, method: str, need: int, browser: Browser, body: bytes) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Host": "localhost", "Cookie": browser.cookie, "Content-Type": "application/x-www-form-urlencoded"}
    try:
        connection.request(method, f"/supermarket/notices/{need}/sign-up/", body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers.get("Location", "")
    finally:
        connection.close()


BENCHMARKS = {"peak": peak}
