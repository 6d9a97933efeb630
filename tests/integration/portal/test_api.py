"""The root of the REST interface: described, keyed, paged, and its errors are problems."""

import pytest
from django.test import Client

from commons.domain.refusals import Malformed
from commons.paging import decode_cursor, encode_cursor, page
from commons.people.models import Organisation
from portal.api import as_refusal
from tests import cast

pytestmark = pytest.mark.django_db


def test_the_interface_describes_itself() -> None:
    document = Client().get("/api/v1/openapi.json").json()

    assert document["openapi"].startswith("3.1")
    assert {"/api/v1/", "/api/v1/me"} <= set(document["paths"])


def test_the_root_tells_the_servers_time() -> None:
    answer = Client().get("/api/v1/").json()

    assert answer["server_time"].endswith("Z")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer lck_unknown", "Basic eDp5", "lck_unknown"])
def test_a_wrong_key_is_a_problem(header: str) -> None:
    response = Client().get("/api/v1/me", headers={"Authorization": header})

    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_session_is_no_key() -> None:
    client = Client()
    client.force_login(cast.person("buyer1"), backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.get("/api/v1/me").status_code == 401


def test_our_own_faults_are_not_dressed_as_refusals() -> None:
    assert as_refusal(RuntimeError("secret")) is None


def names(*, cursor: str | None, limit: int) -> tuple[list[str], str | None]:
    found = page(Organisation.objects.all(), cursor=cursor, limit=limit, view=lambda row: row.name)
    return list(found.items), found.next_cursor


def test_pages_by_cursor_meet_every_row_once_while_rows_are_added() -> None:
    expected = [cast.organisation(key).name for key in ("centre", "ecology", "jinma", "lanshi")][::-1]

    first, cursor = names(cursor=None, limit=3)
    cast.organisation("nanfeng")
    second, end = names(cursor=cursor, limit=3)

    assert first + second == expected
    assert end is None


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJhIl0", "e30", "WzEuNV0", "W3RydWVd", "é", encode_cursor(3) + "!!"])
def test_a_cursor_that_we_did_not_make_is_malformed(cursor: str) -> None:
    with pytest.raises(Malformed):
        decode_cursor(cursor)


@pytest.mark.parametrize("limit", [0, -1, 201])
def test_a_page_is_neither_empty_nor_endless(limit: int) -> None:
    with pytest.raises(Malformed):
        names(cursor=None, limit=limit)


def test_a_cursor_comes_back_as_it_was() -> None:
    assert decode_cursor(encode_cursor(123_456)) == 123_456
