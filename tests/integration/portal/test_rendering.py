"""A refusal reaches a page, a fragment, a program and a socket, each in its form."""

import json

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.utils import translation

from commons.domain.actor import require_role
from commons.domain.refusals import AssuranceTooLow, Malformed, NotAllowedNow, Refusal
from portal import rendering, urls
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.integration.portal.test_rendering")]


class StepTooSmall(Refusal):
    code = "TEST_STEP_TOO_SMALL"
    message = "The price must be at least %(least)s."
    retryable = False


def refuse(request: HttpRequest) -> HttpResponse:
    raise StepTooSmall(least="20,600.00")


def refuse_role(request) -> HttpResponse:
    require_role(request.actor).require()
    return HttpResponse()


def refuse_level(request: HttpRequest) -> HttpResponse:
    raise AssuranceTooLow(needed=3, actual=2)


def break_down(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("secret detail")


urlpatterns = [
    path("refuse/", refuse),
    path("api/refuse/", refuse),
    path("role/", refuse_role),
    path("level/", refuse_level),
    path("broken/", break_down),
    path("api/broken/", break_down),
    *urls.urlpatterns,
]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
ENGLISH = {"Accept-Language": "en"}


def client(*, raise_request_exception: bool = True) -> Client:
    return Client(headers=ENGLISH, raise_request_exception=raise_request_exception)


def test_a_page_says_what_happened_and_leads_back() -> None:
    response = client().get("/refuse/", headers={"Referer": "http://testserver/lots/3/"})

    assert response.status_code == 409
    assert 'role="alert">The price must be at least 20,600.00.' in response.text
    assert 'href="http://testserver/lots/3/"' in response.text
    assert "TEST_STEP_TOO_SMALL" in response.text


def test_a_page_does_not_lead_back_to_a_foreign_site() -> None:
    response = client().get("/refuse/", headers={"Referer": "https://evil.example/"})

    assert "evil.example" not in response.text


def test_htmx_gets_a_fragment_for_the_place_of_messages() -> None:
    response = client().post("/refuse/", headers={"HX-Request": "true"})

    assert response.status_code == 409
    assert response["HX-Retarget"] == "#messages"
    assert "<html" not in response.text
    assert "at least 20,600.00" in response.text


def test_a_program_gets_problem_details() -> None:
    response = client().get("/api/refuse/")

    assert response["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": "http://localhost:8000/problems/TEST_STEP_TOO_SMALL/",
        "title": "TEST_STEP_TOO_SMALL",
        "status": 409,
        "detail": "The price must be at least 20,600.00.",
        "instance": "/api/refuse/",
        "code": "TEST_STEP_TOO_SMALL",
        "fields": {"least": "20,600.00"},
        "retryable": False,
    }


@pytest.mark.parametrize(
    ("accept", "program"),
    [("application/json", True), ("text/html,application/json;q=0.5", False), ("*/*", False), ("", False)],
)
def test_who_prefers_json_is_a_program(accept: str, program: bool) -> None:
    response = client().get("/refuse/", headers={"Accept": accept})

    assert (response["Content-Type"] == "application/problem+json") is program


def test_an_anonymous_reader_is_asked_to_sign_in_and_comes_back() -> None:
    response = client().get("/role/?lot=3")

    assert response.status_code == 302
    assert response["Location"] == "/account/login/?next=/role/%3Flot%3D3"


def test_an_anonymous_sender_is_told_to_sign_in_and_comes_back_to_the_form() -> None:
    response = client().post("/role/", headers={"Referer": "http://testserver/role/?lot=3"})

    assert response.status_code == 403
    assert "SIGNED_OUT" in response.text
    assert 'href="/account/login/?next=%2Frole%2F%3Flot%3D3"' in response.text


def test_a_sign_in_after_a_refused_form_leads_to_no_foreign_site() -> None:
    response = client().post("/role/", headers={"Referer": "https://evil.example/role/"})

    assert "evil.example" not in response.text
    assert 'href="/account/login/"' in response.text


def test_a_signed_in_reader_without_the_role_is_refused() -> None:
    reader = client()
    reader.force_login(cast.person("buyer1"), backend="allauth.account.auth_backends.AuthenticationBackend")

    assert reader.get("/role/").status_code == 403


def test_a_weak_session_is_led_to_a_second_factor() -> None:
    reader = client()
    reader.force_login(cast.person("buyer1"), backend="allauth.account.auth_backends.AuthenticationBackend")

    response = reader.get("/level/")

    assert response.status_code == 403
    assert 'href="/account/2fa/"' in response.text
    assert "L3" in response.text


def test_a_frame_speaks_the_language_of_its_socket() -> None:
    with translation.override("en"):
        frame = rendering.frame(NotAllowedNow(command="bid", state="PAUSED"), language="en")

    assert frame == {
        "type": "refusal",
        "code": "NOT_ALLOWED_NOW",
        "message": "This step cannot be taken now: it comes later, or is over. Reload the page to see what comes next.",
        "fields": {"command": "bid", "state": "PAUSED"},
        "retryable": False,
    }
    assert rendering.frame(Malformed(field="price", reason="zero"), language="zh-hans")["message"] != frame["message"]


def test_our_own_fault_tells_no_detail_but_a_number() -> None:
    reader = client(raise_request_exception=False)

    response = reader.get("/broken/")

    assert response.status_code == 500
    assert "secret detail" not in response.text
    assert response["X-Request-ID"] in response.text


def test_our_own_fault_is_a_problem_for_programs() -> None:
    response = client(raise_request_exception=False).get("/api/broken/")

    assert response.status_code == 500
    assert response["Content-Type"] == "application/problem+json"
    assert "secret detail" not in response.text


def test_a_missing_page_is_a_page_for_readers_and_a_problem_for_programs() -> None:
    assert client().get("/no/such/").status_code == 404
    assert client().get("/api/v1/no/such").json()["code"] == "NOT_FOUND"


def test_a_forged_form_is_refused_with_the_way_out() -> None:
    strict = Client(enforce_csrf_checks=True, headers=ENGLISH)

    response = strict.post("/language/", {"language": "en"})

    assert response.status_code == 403
    assert "Allow cookies" in response.text


@override_settings(ALLOWED_HOSTS=["city.example"])
def test_a_foreign_host_name_is_a_bad_request() -> None:
    assert client(raise_request_exception=False).get("/").status_code == 400


def test_a_request_number_from_the_proxy_is_kept_and_nonsense_is_not() -> None:
    assert client().get("/", headers={"X-Request-ID": "abcdef-123456"})["X-Request-ID"] == "abcdef-123456"
    assert client().get("/", headers={"X-Request-ID": "<script>"})["X-Request-ID"] != "<script>"


def test_bad_input_of_the_interface_names_its_place() -> None:
    problem = json.loads(rendering.problem_response(Malformed(field="limit", reason="zero")).content)

    assert problem["fields"]["field"] == "limit"
