"""Redis is away: people sign in, bidders read their pages, guesses are still counted."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache, caches
from django.test import Client

from commons.hints import HintsCache
from tests import cast

pytestmark = pytest.mark.django_db
NOWHERE = "unix:///nowhere/redis"


@pytest.fixture(autouse=True)
def _away(settings: pytest.FixtureRequest) -> None:
    there = {"BACKEND": "commons.hints.HintsCache", "LOCATION": NOWHERE}
    settings.CACHES = {"default": there}  # type: ignore[attr-defined]  # pytest-django's settings
    HintsCache._away_until.clear()
    cache.clear()


def sign_in(client: Client, password: str = cast.PASSWORD) -> str:
    answer = client.post("/account/login/", {"login": "buyer1", "password": password})
    return answer.headers.get("Location", str(answer.status_code))


def test_a_bidder_signs_in_and_reads_pages() -> None:
    cast.person("buyer1")
    client = Client()

    assert sign_in(client) == "/workspace/"
    for page in ("/workspace/", "/rooms/", "/notices/", "/inbox/"):
        assert client.get(page).status_code == 200, page


def test_who_signs_in_too_often_is_still_held_up() -> None:
    assert [sign_in(Client(), "wrong") for _ in range(31)][-1] == "429"


def test_wrong_codes_are_still_counted() -> None:
    TOTP.activate(cast.person("buyer1"), generate_totp_secret())
    client = Client()
    sign_in(client)

    texts = [client.post("/account/2fa/authenticate/", {"code": "abcdef"}).content for _ in range(6)]

    assert texts[5] != texts[4], "another sentence: too many"


def test_what_is_remembered_meanwhile_ends_and_is_forgotten_like_elsewhere() -> None:
    hints = caches["default"]

    assert hints.add("a", 1)
    assert not hints.add("a", 2)
    assert hints.get_many(["a", "b"]) == {"a": 1}
    assert hints.incr("a") == 2
    assert hints.touch("a", 10)
    assert "a" in hints
    assert hints.delete("a")
    assert hints.get("a", "nothing") == "nothing"
    hints.set("b", 1)
    hints.clear()
    assert hints.get("b") is None


def test_a_redis_that_is_away_is_asked_once_in_a_while_only(monkeypatch: pytest.MonkeyPatch) -> None:
    hints = HintsCache(NOWHERE, {})
    asked: list[str] = []

    def refuse(key: str, default: object = None, version: object = None) -> None:
        asked.append(key)
        raise ConnectionError

    HintsCache._away_until.clear()
    monkeypatch.setattr(hints._shared, "get", refuse)
    for number in range(5):
        hints.get(str(number))

    assert asked == ["0"]
