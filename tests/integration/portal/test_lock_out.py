"""Five wrong passwords lock the name for that address, say what to do, and lock out nobody else."""

import pytest
from django.http import HttpResponse
from django.test import Client

from tests import cast

pytestmark = pytest.mark.django_db
STRANGER, BIDDER = "203.0.113.9", "198.51.100.7"


@pytest.fixture(autouse=True)
def _behind_the_proxy(settings) -> None:
    settings.BEHIND_TLS_PROXY = True
    cast.person("buyer1")


def sign_in(address: str, password: str) -> HttpResponse:
    client = Client(headers={"X-Forwarded-For": address, "Accept-Language": "en"})
    return client.post("/account/login/", {"login": "buyer1", "password": password})  # type: ignore[return-value]


def test_the_lock_comes_with_the_fifth_wrong_password_and_refuses_the_right_one_too() -> None:
    statuses = [sign_in(STRANGER, "wrong").status_code for _ in range(5)]

    assert statuses == [200, 200, 200, 200, 429]
    locked = sign_in(STRANGER, "luochui-demo")
    assert locked.status_code == 429
    assert "What you can do" in locked.text


def test_a_strangers_wrong_passwords_do_not_lock_the_bidder_out() -> None:
    for _ in range(6):
        sign_in(STRANGER, "wrong")

    assert sign_in(BIDDER, "luochui-demo")["Location"] == "/workspace/"


def test_an_address_that_the_caller_invents_does_not_help_against_the_lock() -> None:
    for number in range(5):
        sign_in(f"10.0.0.{number}, {STRANGER}", "wrong")

    assert sign_in(f"10.9.9.9, {STRANGER}", "luochui-demo").status_code == 429


def test_without_a_proxy_the_header_is_not_believed(settings) -> None:
    settings.BEHIND_TLS_PROXY = False
    for number in range(5):
        sign_in(f"10.0.0.{number}", "wrong")

    assert sign_in("10.0.0.77", "luochui-demo").status_code == 429
