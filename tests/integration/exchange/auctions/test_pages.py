"""Every page of the procedure: who may see it, that it works in both languages, and how many queries it costs."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from commons.domain.actor import Assurance
from exchange.auctions import services as auctions
from exchange.projects.models import Lot, Project
from tests.cast import person
from tests.integration.exchange.auctions import story

pytestmark = pytest.mark.django_db
MOST_QUERIES = 10


@pytest.fixture(autouse=True)
def _signed_in_with_a_second_factor(settings: Any) -> None:
    settings.PASSWORD_ASSURANCE = Assurance.FACE_OR_LICENCE.value


@pytest.fixture
def lot() -> Lot:
    """A lot of a notice whose registration is open now, by the clock of the wall."""
    story.registry("buyer1", "buyer2")
    now = timezone.now()
    project_id = story.draft(story.terms(opens_at=now + timedelta(days=30)), at=now - timedelta(days=20))
    (found,) = story.publish(project_id, at=now - timedelta(days=4))
    auctions.advance_due(now)
    found.refresh_from_db()
    return found


def signed_in(client: Client, key: str) -> Client:
    client.force_login(person(key), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_public_pages_work_without_signing_in_in_both_languages(client: Client, lot: Lot) -> None:
    addresses = ["/notices/", f"/notices/{lot.project_id}/", f"/lots/{lot.pk}/", "/results/", "/verify/certificate/"]

    for language, word in (("zh-hans", "公告"), ("en", "Notices")):
        for address in addresses:
            response = client.get(address, headers={"accept-language": language})
            assert response.status_code == 200, address
        assert word in client.get("/notices/", headers={"accept-language": language}).content.decode()


def test_public_pages_cost_at_most_ten_queries(
    client: Client, lot: Lot, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for address in ("/notices/", f"/notices/{lot.project_id}/", f"/lots/{lot.pk}/", "/results/"):
        with django_assert_max_num_queries(MOST_QUERIES):
            client.get(address)


def test_the_list_finds_by_word_stage_and_pollutant_through_its_address(client: Client, lot: Lot) -> None:
    hits = ["?q=氨氮", "?stage=registering", "?instrument=NH3-N", f"?q={lot.project.code}", "?q=储备中心"]
    misses = ["?q=二氧化硫", "?stage=sold", "?instrument=COD", "?region=110000"]

    assert all(f"/lots/{lot.pk}/" in client.get(f"/notices/{query}").content.decode() for query in hits)
    assert all(f"/lots/{lot.pk}/" not in client.get(f"/notices/{query}").content.decode() for query in misses)


def test_csv_exports_cannot_carry_a_formula(client: Client, lot: Lot) -> None:
    Project.objects.filter(pk=lot.project_id).update(title="=HYPERLINK(1)")

    text = b"".join(client.get("/notices/?format=csv")).decode()

    assert "'=HYPERLINK(1)" in text
    assert text.startswith("\ufeff")


def test_a_page_has_its_data_and_its_dates_beside_it(client: Client, lot: Lot) -> None:
    data = client.get(f"/notices/{lot.project_id}/data.json").json()
    dates = client.get(f"/notices/{lot.project_id}/dates.ics")

    assert data["lots"][0]["start_price"] == "20000.00"
    assert data["notice"]["rules"]["deposit.share"]["source"]
    assert dates["Content-Type"].startswith("text/calendar")
    assert dates.content.decode().count("BEGIN:VEVENT") >= 4


def test_drafts_are_nobodys_business(client: Client) -> None:
    project_id = story.draft()

    assert client.get(f"/notices/{project_id}/").status_code == 404
    assert client.get(f"/seller/projects/{project_id}/").status_code == 302
    assert signed_in(client, "buyer1").get(f"/seller/projects/{project_id}/").status_code == 403
    assert client.get(f"/lots/{Lot.objects.get(project_id=project_id).pk}/").status_code == 404


def test_a_seller_drafts_and_hands_in_through_the_pages(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    signed_in(client, "seller")
    words = {
        "trade_type": "EMISSION_RIGHTS",
        "title": "氨氮出让",
        "region": "440600",
        "decision_body": "佛山市生态环境局",
        "decision_no": "5号",
        "contact_name": "陈工",
        "contact_phone": "0757-00000000",
    }
    opens_at = (timezone.now() + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M")
    terms = {
        "instrument": "NH3-N",
        "quantity": "1.680",
        "term_years": "5",
        "start_price": "20000",
        "step": "100",
        "profile": "FOSHAN_2018",
        "opens_at": opens_at,
    }

    assert client.post("/seller/projects/new/", {**words, "title": ""}).status_code == 400
    page = client.post("/seller/projects/new/", words)["Location"]
    assert client.post(f"{page}lots/new/", {**terms, "step": "30000"}).status_code == 400
    assert client.post(f"{page}lots/new/", terms).status_code == 302
    file = SimpleUploadedFile("decision.pdf", story.PDF, "application/pdf")
    assert client.post(f"{page}documents/", {"title": "出让决定", "file": file}).status_code == 302
    with django_assert_max_num_queries(MOST_QUERIES):
        assert "出让决定" in client.get(page).content.decode()
    with django_assert_max_num_queries(MOST_QUERIES):
        client.get("/seller/projects/")
    assert client.post(f"{page}submit/").status_code == 302

    assert Project.objects.get().state == "SUBMITTED"


def test_staff_check_and_a_second_person_publishes_through_the_pages(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    story.registry()
    now = timezone.now()
    project_id = story.draft(story.terms(opens_at=now + timedelta(days=30)), at=now - timedelta(days=1))
    page, publish = f"/centre/projects/{project_id}/", f"/centre/projects/{project_id}/publish/"

    signed_in(client, "staff")
    with django_assert_max_num_queries(MOST_QUERIES):
        client.get("/centre/projects/")
    with django_assert_max_num_queries(MOST_QUERIES):
        client.get(page)
    assert client.post(page, {"outcome": "pass", "SELLER": "on"}).status_code == 409
    assert client.post(page, {"outcome": "pass", **dict.fromkeys(story.FOUND, "on")}).status_code == 302
    assert client.post(publish).status_code == 403
    assert signed_in(client, "staff2").post(publish)["Location"] == f"/notices/{project_id}/"


def test_the_lot_page_offers_registration_to_buyers_only(client: Client, lot: Lot) -> None:
    register = reverse("auctions:register", args=[lot.pk])

    assert register in signed_in(client, "buyer1").get(f"/lots/{lot.pk}/").content.decode()
    assert register not in signed_in(client, "seller").get(f"/lots/{lot.pk}/").content.decode()
    assert register not in signed_in(client, "staff").get(f"/lots/{lot.pk}/").content.decode()
    assert signed_in(client, "seller").post(register).status_code == 403
    assert signed_in(client, "staff").post(register).status_code == 403
