"""Every page of the portal: answers, in few queries, in both languages, under the strict policy."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from commons.domain.actor import Role
from tests import cast

pytestmark = pytest.mark.django_db
PUBLIC = [
    "/",
    "/results/",
    "/verify/",
    "/accessibility/",
    "/api/",
    "/design/",
    "/account/login/",
    "/problems/NOT_PERMITTED/",
]
SIGNED_IN = ["/workspace/", "/people/account/", "/account/2fa/", "/account/password/change/", "/account/logout/"]
MOST_QUERIES = 10


def signed_in(key: str) -> Client:
    client = Client()
    client.force_login(cast.person(key), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize("address", PUBLIC)
@pytest.mark.parametrize(("header", "lang"), [("zh-CN", "zh-Hans"), ("en", "en"), ("fr", "zh-Hans")])
def test_public_pages_answer_in_the_readers_language(address: str, header: str, lang: str) -> None:
    response = Client(headers={"Accept-Language": header}).get(address)

    assert response.status_code == 200
    assert f'<html lang="{lang}">' in response.text


@pytest.mark.parametrize("address", PUBLIC)
def test_public_pages_need_few_queries(address: str, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_max_num_queries(MOST_QUERIES):
        Client().get(address)


@pytest.mark.parametrize("key", ["buyer1", "seller", "staff", "finance", "auditor", "owner1", "agency1", "regulator"])
@pytest.mark.parametrize("address", SIGNED_IN)
def test_signed_in_pages_need_few_queries(
    key: str, address: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(key)

    with django_assert_max_num_queries(MOST_QUERIES):
        response = client.get(address, follow=True)

    assert response.status_code == 200


def test_the_actor_costs_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client = signed_in("buyer1")
    client.get("/api/")  # the rooms that open soon are asked for once in ten seconds, by whoever comes first

    with django_assert_num_queries(4) as captured:  # session, person, roles, unread messages
        client.get("/api/")

    assert sum("membership" in query["sql"] for query in captured.captured_queries) == 1


@pytest.mark.parametrize("address", [*PUBLIC, "/no/such/page/", "/health/live", "/api/v1/"])
def test_every_answer_carries_the_strict_policy(address: str) -> None:
    response = Client().get(address)
    policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert "unsafe" not in response["Content-Security-Policy"]
    assert "nonce" not in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("address", PUBLIC)
def test_no_page_has_inline_script_or_style(address: str) -> None:
    text = Client().get(address).text

    inline = [
        tag for tag in re.findall(r"<script\b[^>]*>", text) if "src=" not in tag and "application/json" not in tag
    ]
    assert inline == []
    assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=|javascript:", text)


def test_the_language_switch_keeps_the_address() -> None:
    client = Client()

    response = client.post("/language/", {"language": "en", "next": "/verify/?number=7"})

    assert response["Location"] == "/verify/?number=7"
    assert '<html lang="en">' in client.get("/accessibility/").text


def test_the_language_switch_leads_nowhere_else() -> None:
    response = Client().post("/language/", {"language": "en", "next": "https://evil.example/"})

    assert response["Location"] == "/"


def test_a_person_without_a_role_is_told_what_to_do() -> None:
    from commons.people.models import Person

    client = Client(headers={"Accept-Language": "en"})
    person = Person.objects.create_user("nobody", "luochui-demo", name="nobody")
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert "administrator grants roles" in client.get("/workspace/").text


def test_one_acts_for_another_organisation_only_with_a_role_there() -> None:
    client = signed_in("buyer1")

    refused = client.post("/people/switch/", {"organisation": cast.organisation("lanshi").pk})

    assert refused.status_code == 403


def test_acting_for_another_organisation_changes_roles_too() -> None:
    from commons.people.models import Membership

    person, other = cast.person("buyer1"), cast.organisation("ecology")
    Membership.objects.create(person=person, organisation=other, role="SELLER", granted_at=cast.LONG_AGO)
    client = signed_in("buyer1")

    client.post("/people/switch/", {"organisation": other.pk})

    assert client.get("/workspace/").context["shell"].actor.roles == {"SELLER"}
    assert client.get("/workspace/").context["shell"].actor.organisation_id == other.pk


def test_the_stock_administration_is_offered_to_whom_it_lets_in() -> None:
    client = signed_in("staff")
    assert 'href="/admin/"' not in client.get("/workspace/").text

    person = cast.person("staff")
    person.is_staff = True
    person.save()
    assert 'href="/admin/"' in client.get("/workspace/").text


def test_a_form_that_was_open_before_the_switch_is_not_sent_for_the_other_organisation() -> None:
    from commons.people.models import Membership

    person, other = cast.person("buyer1"), cast.organisation("ecology")
    Membership.objects.create(person=person, organisation=other, role="SELLER", granted_at=cast.LONG_AGO)
    browser = Client(enforce_csrf_checks=True, headers={"accept": "application/json"})
    browser.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")

    def token() -> str:
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get("/people/account/").text)
        assert found
        return found[1]

    one_tab, another = token(), token()
    switch = {"organisation": other.pk, "csrfmiddlewaretoken": another}
    assert browser.post("/people/switch/", switch).status_code == 302

    stale = browser.post("/people/switch/", {**switch, "csrfmiddlewaretoken": one_tab})
    assert (stale.status_code, stale.json()["code"]) == (403, "FORM_EXPIRED")
    assert browser.post("/people/switch/", {**switch, "csrfmiddlewaretoken": token()}).status_code == 302


def test_the_switch_does_not_lead_to_foreign_sites() -> None:
    client = signed_in("buyer1")

    response = client.post(
        "/people/switch/", {"organisation": cast.organisation("jinma").pk, "next": "//evil.example/"}
    )

    assert response["Location"] == "/workspace/"


def test_in_production_the_style_page_is_for_staff(settings: pytest.FixtureRequest) -> None:
    settings.PRODUCTION = True  # type: ignore[attr-defined]  # pytest-django's settings

    assert Client().get("/design/").status_code == 404


def test_every_way_of_the_workspace_has_words() -> None:
    from portal.views.workspace import FOR_EVERYBODY, WAYS

    with translation.override("en"):
        for way in (*FOR_EVERYBODY, *(way for ways in WAYS.values() for way in ways)):
            assert str(way.title)
            assert str(way.hint).endswith(".")


def test_every_role_that_has_pages_finds_a_way() -> None:
    """Experts have none until bids are evaluated here."""
    from portal.views.workspace import WAYS

    assert set(WAYS) == set(Role) - {Role.EXPERT}


def test_sign_up_of_the_library_leads_to_our_registration() -> None:
    response = Client(headers={"Accept-Language": "en"}).post(
        reverse("account_signup"), {"username": "x", "password1": "a-long-password", "password2": "a-long-password"}
    )

    assert (response.status_code, response.headers["Location"]) == (302, "/register/")


def test_a_number_that_needs_quoting_reaches_the_register_whole() -> None:
    response = Client().get("/verify/", {"number": "A&B #1"})

    assert response.headers["Location"].endswith("?number=A%26B+%231")


@pytest.mark.parametrize("typed", ["ｆ０１４４０６", " f014 406 ", "f014406\n"])
def test_a_certificate_is_looked_up_whatever_the_keyboard_made_of_its_number(typed: str) -> None:
    response = Client().get(reverse("certificates:verify_number"), {"number": typed})

    assert response.context["number"] == "F014406"


def test_results_lead_to_each_trade_in_full() -> None:
    text = Client().get(reverse("results")).text

    assert reverse("notices:results") in text
    assert reverse("fulfilment:results") in text
    assert f"{reverse('tenders:list')}?stage=result" in text
    assert "?trade=service" in text


def test_a_page_without_a_trail_of_its_own_leads_to_the_workspace_that_names_it_or_to_the_front_page() -> None:
    seller, english = signed_in("seller"), {"accept-language": "en"}

    assert '<a href="/workspace/">Workspace</a></nav>' in seller.get(reverse("projects:desk"), headers=english).text
    assert '<a href="/">Home</a></nav>' in seller.get(reverse("results"), headers=english).text
    assert '<a href="/">Home</a></nav>' in Client().get("/no/such/page/", headers=english).text
