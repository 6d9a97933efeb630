"""What a person and an administrator do on the pages of people."""

import pytest
from django.test import Client

from commons.people import queries
from commons.people.models import Membership, Person
from tests import cast

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en"}


def signed_in(key: str) -> Client:
    client = Client(headers=ENGLISH)
    client.force_login(cast.person(key), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def administrator() -> Client:
    Membership.objects.create(
        person=cast.person("buyer1"),
        organisation=cast.organisation("jinma"),
        role="ADMINISTRATOR",
        granted_at=cast.LONG_AGO,
    )
    return signed_in("buyer1")


def colleague() -> Person:
    return Person.objects.create_user("colleague", "luochui-demo", name="colleague")


def test_an_administrator_grants_and_ends_a_role(administrator: Client) -> None:
    person = colleague()

    administrator.post("/people/members/", {"username": "colleague", "role": "BIDDER"})
    held = queries.roles_of(person.pk)
    assert [one.role for one in held] == ["BIDDER"]

    administrator.post(f"/people/members/roles/{held[0].membership_id}/end/", {"reason": "moved"})
    assert queries.roles_of(person.pk) == ()


def test_an_unknown_name_is_an_error_of_the_form(administrator: Client) -> None:
    response = administrator.post("/people/members/", {"username": "nobody", "role": "BIDDER"})

    assert response.status_code == 422
    assert "error-summary" in response.text


def test_the_form_offers_no_role_that_the_organisation_cannot_have(administrator: Client) -> None:
    colleague()

    response = administrator.post("/people/members/", {"username": "colleague", "role": "REGULATOR"})

    assert response.status_code == 422


@pytest.mark.parametrize("address", ["/people/members/", "/people/members/open/"])
@pytest.mark.parametrize(("key", "status"), [("buyer2", 403), ("host", 403), ("staff", 200)])
def test_only_administrators_and_operations_see_members(address: str, key: str, status: int) -> None:
    assert signed_in(key).get(address).status_code == status


def test_nobody_ends_a_role_of_another_organisation(administrator: Client) -> None:
    other = queries.roles_of(cast.person("buyer2").pk)[0]

    response = administrator.post(f"/people/members/roles/{other.membership_id}/end/", {"reason": "spite"})

    assert response.status_code in (404, 422)
    assert queries.roles_of(cast.person("buyer2").pk)[0].membership_id == other.membership_id


def test_a_first_password_is_shown_once_and_not_kept(administrator: Client) -> None:
    form = {"name": "李娜", "username": "li.na", "role": "BIDDER", "seen": "on"}

    response = administrator.post("/people/members/open/", form)
    password = response.context["opened"].first_password

    assert password in response.text
    assert response["Cache-Control"] == "no-store"
    assert password not in administrator.get("/people/members/open/").text
    assert Person.objects.get(username="li.na").check_password(password)


@pytest.mark.parametrize("name", ["Li", "1abc", "a b", "root!", "ａｂｃ", "x" * 40, ""])
def test_a_sign_in_name_that_invites_confusion_is_refused(administrator: Client, name: str) -> None:
    form = {"name": "李娜", "username": name, "role": "BIDDER", "seen": "on"}

    assert administrator.post("/people/members/open/", form).status_code == 422


def test_an_account_is_opened_only_for_somebody_who_was_seen(administrator: Client) -> None:
    form = {"name": "李娜", "username": "li.na", "role": "BIDDER"}

    assert administrator.post("/people/members/open/", form).status_code == 422
    assert not Person.objects.filter(username="li.na").exists()


def test_signing_out_everywhere_ends_the_other_browser_too() -> None:
    phone, desk = signed_in("buyer1"), signed_in("buyer1")

    phone.post("/people/account/end-sessions/")

    assert desk.get("/workspace/").status_code == 302


def test_a_key_is_shown_once_works_and_ends() -> None:
    client = signed_in("buyer1")
    key = client.post("/people/keys/", {"label": "ERP", "days": "90"}).context["key"]
    headers = {"Authorization": f"Bearer {key}"}

    assert Client().get("/api/v1/me", headers=headers).status_code == 200
    assert key not in client.get("/people/keys/").text

    number = client.get("/people/keys/").context["keys"][0][0].id
    client.post(f"/people/keys/{number}/end/")
    assert Client().get("/api/v1/me", headers=headers).status_code == 401


def test_a_person_without_an_organisation_makes_no_key() -> None:
    client = Client(headers=ENGLISH)
    client.force_login(colleague(), backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.post("/people/keys/", {"label": "ERP"}).status_code == 422


def test_a_colleague_who_is_locked_out_gets_a_new_password(administrator: Client) -> None:
    person = colleague()
    administrator.post("/people/members/", {"username": "colleague", "role": "BIDDER"})
    browser = Client()
    for _ in range(5):
        browser.post("/account/login/", {"login": "colleague", "password": "wrong"})
    assert browser.post("/account/login/", {"login": "colleague", "password": "luochui-demo"}).status_code == 429

    password = administrator.post(f"/people/members/{person.pk}/reset/").context["opened"].first_password

    assert browser.post("/account/login/", {"login": "colleague", "password": password})["Location"] == "/workspace/"


def test_an_administrator_has_no_power_over_people_who_act_elsewhere_too(administrator: Client) -> None:
    person = colleague()
    administrator.post("/people/members/", {"username": "colleague", "role": "BIDDER"})
    Membership.objects.create(
        person=person, organisation=cast.organisation("lanshi"), role="BIDDER", granted_at=cast.LONG_AGO
    )

    assert administrator.post(f"/people/members/{person.pk}/reset/").status_code == 403
    assert Person.objects.get(pk=person.pk).check_password("luochui-demo")


def test_nobody_resets_their_own_sign_in(administrator: Client) -> None:
    assert administrator.post(f"/people/members/{cast.person('buyer1').pk}/reset/").status_code == 403
