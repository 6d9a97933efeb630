"""The stock admin opens only after a second factor, and deletes nothing."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory

from commons.people.models import Person
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> Person:
    person = cast.person("staff")
    Person.objects.filter(pk=person.pk).update(is_staff=True, is_superuser=True)
    return Person.objects.get(pk=person.pk)


def sign_in(client: Client, password: str = "luochui-demo"):
    return client.post("/account/login/", {"login": "staff", "password": password})


def current_code(secret: str) -> str:
    counter = int(time.time()) // 30
    return str(format_hotp_value(hotp_value(secret, counter)))


def test_a_password_alone_does_not_open_it(administrator: Person) -> None:
    client = Client()
    sign_in(client)

    assert client.get("/admin/").status_code == 302
    assert client.get("/admin/login/").status_code == 403
    assert client.get("/admin/login/").context["staff"] is True


def test_password_and_code_open_it(administrator: Person) -> None:
    secret = generate_totp_secret()
    TOTP.activate(administrator, secret)
    client = Client()

    response = sign_in(client)
    assert response["Location"] == "/account/2fa/authenticate/"
    assert client.get("/admin/").status_code == 302
    client.post("/account/2fa/authenticate/", {"code": current_code(secret)})

    assert client.get("/admin/").status_code == 200
    assert Authenticator.objects.count() == 1


def test_strangers_are_sent_to_the_platforms_own_sign_in() -> None:
    response = Client().get("/admin/", follow=True)

    assert response.redirect_chain[-1][0].startswith("/account/login/")


def test_people_who_are_no_administrators_are_told_so() -> None:
    client = Client()
    client.force_login(cast.person("buyer1"), backend="allauth.account.auth_backends.AuthenticationBackend")

    response = client.get("/admin/login/")

    assert response.status_code == 403
    assert response.context["staff"] is False


def test_nothing_can_be_deleted_in_any_admin(administrator: Person) -> None:
    request = RequestFactory().get("/admin/")
    request.user = administrator

    assert len(admin.site._registry) > 0
    for registered in admin.site._registry.values():
        assert registered.has_delete_permission(request) is False, registered
        assert "delete_selected" not in registered.get_actions(request), registered


def test_the_admin_of_nobody_is_closed() -> None:
    request = RequestFactory().get("/admin/")
    request.user = AnonymousUser()

    assert admin.site.has_permission(request) is False
