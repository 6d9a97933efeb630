"""Nobody guesses their way in: every spelling of a name counts as one, and codes of a second factor are counted too."""

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from commons.people import services
from commons.people.models import Person
from tests import cast

pytestmark = pytest.mark.django_db
AUTHENTICATE = "/account/2fa/authenticate/"


@pytest.fixture(autouse=True)
def _nobody_has_guessed_yet(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "guesses"}}
    cache.clear()


def sign_in(client: Client, name: str, password: str = cast.PASSWORD) -> HttpResponse:
    return client.post("/account/login/", {"login": name, "password": password})  # type: ignore[return-value]


@pytest.fixture
def secret() -> str:
    made: str = generate_totp_secret()
    TOTP.activate(cast.person("buyer1"), made)
    return made


def right_code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def wrong_code(secret: str) -> str:
    return "000000" if right_code(secret) != "000000" else "000001"


def test_the_lock_holds_for_every_spelling_of_a_name() -> None:
    cast.person("buyer1")
    spellings = ("buyer1", "Buyer1", "bUyer1", "buYer1", "BUYER1")

    statuses = [sign_in(Client(), name, "wrong").status_code for name in spellings]

    assert statuses == [200, 200, 200, 200, 429]
    assert sign_in(Client(), "buyEr1").status_code == 429
    assert sign_in(Client(), "buyer1").status_code == 429


def test_a_name_longer_than_the_table_of_wrong_sign_ins_takes_is_only_wrong() -> None:
    assert sign_in(Client(), "x" * 4000, "wrong").status_code == 200


def test_a_right_password_in_any_spelling_clears_what_was_counted() -> None:
    cast.person("buyer1")
    for _ in range(4):
        sign_in(Client(), "Buyer1", "wrong")

    assert sign_in(Client(), "buyer1")["Location"] == "/workspace/"
    assert sign_in(Client(), "BUYER1", "wrong").status_code == 200


def test_after_five_wrong_codes_even_the_right_one_opens_nothing(secret: str) -> None:
    client = Client()
    assert sign_in(client, "buyer1")["Location"] == AUTHENTICATE

    for _ in range(5):
        client.post(AUTHENTICATE, {"code": wrong_code(secret)})

    assert client.post(AUTHENTICATE, {"code": right_code(secret)}).status_code == 200
    assert client.get("/workspace/").status_code == 302


def test_a_new_browser_begins_no_new_count_of_wrong_codes(secret: str) -> None:
    for _ in range(5):
        client = Client()
        sign_in(client, "buyer1")
        client.post(AUTHENTICATE, {"code": wrong_code(secret)})
    client = Client()
    sign_in(client, "buyer1")

    client.post(AUTHENTICATE, {"code": right_code(secret)})

    assert client.get("/workspace/").status_code == 302


def test_four_wrong_codes_do_no_harm(secret: str) -> None:
    client = Client()
    sign_in(client, "buyer1")
    for _ in range(4):
        client.post(AUTHENTICATE, {"code": wrong_code(secret)})

    client.post(AUTHENTICATE, {"code": right_code(secret)})

    assert client.get("/workspace/").status_code == 200


def test_strangers_without_the_password_close_nobodys_second_factor(secret: str) -> None:
    for _ in range(20):
        Client(REMOTE_ADDR="203.0.113.9").post("/account/login/", {"login": "buyer1", "password": "wrong"})
    client = Client()
    sign_in(client, "buyer1")

    client.post(AUTHENTICATE, {"code": right_code(secret)})

    assert client.get("/workspace/").status_code == 200


def test_who_is_helped_to_sign_in_begins_with_a_clean_count(secret: str) -> None:
    person = cast.person("buyer1")
    client = Client()
    sign_in(client, "buyer1")
    for _ in range(5):
        client.post(AUTHENTICATE, {"code": wrong_code(secret)})

    opened = services.reset_sign_in(actor=cast.actor("staff"), person_id=person.pk, at=timezone.now())
    Authenticator.objects.all().delete()
    TOTP.activate(Person.objects.get(pk=person.pk), secret)
    sign_in(client, "buyer1", opened.first_password)
    client.post(AUTHENTICATE, {"code": right_code(secret)})

    assert client.get("/workspace/")["Location"] == "/account/password/change/", "in, with a password to change"


def test_too_many_sign_ins_from_one_address_are_told_in_the_readers_language() -> None:
    statuses = [sign_in(Client(), f"nobody{number}", "wrong").status_code for number in range(31)]
    told = Client(headers={"Accept-Language": "zh-hans"}).post("/account/login/", {"login": "a", "password": "b"})

    assert statuses[-1] == 429
    assert told.status_code == 429
    assert 'lang="zh-Hans"' in told.text
    assert "频繁" in told.text
