"""What a reader can put into an address or a form never becomes a fault of the server."""

import pytest
from django.test import Client

from tests import cast

pytestmark = pytest.mark.django_db
NUL = [
    "/notices/?q=%00",
    "/notices/?region=%00",
    "/notices/?instrument=%00",
    "/verify/certificate/%00/",
    "/verify/certificate/?number=%00",
    "/parameters/%00/",
    "/api/v1/evidence/proof?stream=%00&seq=1&hash=00",
]
HUGE = [
    "/notices/99999999999999999999999/",
    "/rooms/99999999999999999999999/",
    "/notices/?page=99999999999999999999999",
    "/rooms/1/events/?after=99999999999999999999999",
    "/calendar/?year=99999999999",
    "/parameters/?on=9999-12-31",
    "/api/v1/evidence/checkpoints?after_size=99999999999999999999999",
    "/notices/?q=%ff%fe",
    "/notices/?q=%E2%80%AE%F0%9F%92%A5",
]


@pytest.mark.parametrize("address", NUL)
def test_a_nul_character_in_an_address_is_refused(client: Client, address: str) -> None:
    assert client.get(address).status_code == 400


def test_a_nul_character_in_a_form_is_refused() -> None:
    client = Client()
    client.force_login(cast.person("staff"), backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.post("/approvals/1/reject/", {"reason": "a\0b"}).status_code == 400


@pytest.mark.parametrize("address", HUGE)
def test_numbers_and_letters_beyond_reason_are_no_fault(client: Client, address: str) -> None:
    assert client.get(address).status_code in (200, 400, 404)


@pytest.mark.parametrize("address", ["/", "/notices/", "/results/", "/rooms/", "/log/", "/verify/certificate/"])
def test_public_pages_answer_a_head_as_they_answer_a_get(client: Client, address: str) -> None:
    answer = client.head(address)

    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(("language", "says"), [("en", "Send it in parts"), ("zh-hans", "分批")])
def test_a_form_that_is_too_large_is_told_so_in_the_readers_language(language: str, says: str) -> None:
    answer = Client(headers={"Accept-Language": language}).post(
        "/account/login/", "login=" + "x" * 3_000_000, content_type="application/x-www-form-urlencoded"
    )

    assert answer.status_code == 413
    assert says in answer.text
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_a_program_that_sends_too_much_gets_a_problem() -> None:
    answer = Client().post("/api/v1/guarantees/1/paid", b"{" + b" " * 3_000_000, content_type="application/json")

    assert answer.status_code in (401, 413)
    assert answer["Content-Type"] == "application/problem+json"


def test_an_invented_method_is_counted_among_the_others() -> None:
    client = Client()
    client.generic("BREW", "/")

    text = client.get("/metrics").text

    assert 'method="OTHER"' in text
    assert "BREW" not in text
