"""Every way of every workspace leads somewhere, for those to whom it is shown, in few queries."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from portal.views.workspace import WAYS
from tests import cast

pytestmark = pytest.mark.django_db
MOST_QUERIES = 10
PARTIES = ["seller", "buyer1", "staff", "staff2", "host", "finance", "treasury", "regulator", "auditor"]


def signed_in(key: str) -> Client:
    client = Client()
    client.force_login(cast.person(key), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize("key", PARTIES)
def test_each_tile_leads_to_a_page_that_needs_few_queries(
    key: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(key)
    context = client.get("/workspace/").context
    tiles = [tile for _, tiles in context["groups"] for tile in tiles] + context["common"]
    assert len(tiles) > 3

    for tile in tiles:
        if tile.url == "/admin/":
            continue  # opens to administrators with a second factor only, see test_admin
        with django_assert_max_num_queries(MOST_QUERIES):
            response = client.get(tile.url)
        assert response.status_code == 200, tile.url


def test_every_way_names_a_page_of_this_installation() -> None:
    from django.urls import reverse

    for ways in WAYS.values():
        for way in ways:
            assert reverse(way.page)
