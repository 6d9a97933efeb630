"""What buyer, seller, treasury, staff and the public do on the pages after the registration has ended."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from commons.domain.actor import Assurance
from exchange.auctions import services as auctions
from exchange.auctions.models import Registration
from exchange.auctions.services.papers import CONTRACT
from exchange.contracts.models import Contract, Deal
from exchange.deposits import queries as deposits
from exchange.projects.models import Project
from signatures.documents import services as documents
from signatures.signing.services import SessionRef
from tests.cast import actor
from tests.integration.exchange.auctions import story
from tests.integration.exchange.auctions.test_pages import MOST_QUERIES, signed_in
from tests.integration.exchange.auctions.test_story import TWO, certified, contracted, hammered, newest, paid
from tests.pki import bound
from tests.signing import opened, sign_as

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _signed_in_with_a_second_factor(settings: Any) -> None:
    settings.PASSWORD_ASSURANCE = Assurance.FACE_OR_LICENCE.value


def test_the_seller_decides_about_buyers_on_a_page(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    story.bank(*TWO)
    lot, registrations = story.registered_lot(TWO)
    assert lot.registration_starts_at is not None
    assert lot.registration_ends_at is not None
    for key in TWO:
        story.pay_deposit(lot, key, at=lot.registration_starts_at + timedelta(days=1))
    auctions.advance_due(lot.registration_ends_at)
    page = f"/lots/{lot.pk}/buyers/"

    with time_machine.travel(lot.registration_ends_at + timedelta(hours=1), tick=False):
        signed_in(client, "seller")
        with django_assert_max_num_queries(MOST_QUERIES):
            text = client.get(page).content.decode()
        assert story.company("buyer1").name in text
        assert story.company("buyer1").name not in signed_in(client, "staff").get(page).content.decode()
        signed_in(client, "seller").post(f"{page}{registrations['buyer1']}/", {"outcome": "qualify"})
        silent = client.post(f"{page}{registrations['buyer2']}/", {"outcome": "refuse", "reason": ""})
        client.post(f"{page}{registrations['buyer2']}/", {"outcome": "refuse", "reason": "需求与项目不符"})

    states = dict(Registration.objects.filter(lot=lot).values_list("pk", "state"))
    assert silent.status_code == 400
    assert [states[registrations[key]] for key in TWO] == ["QUALIFIED", "REFUSED"]


def test_the_pages_of_a_buyer_cost_at_most_ten_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    story.bank(*TWO)
    lot, registrations = story.registered_lot(TWO)
    signed_in(client, "buyer1")
    assert lot.registration_starts_at is not None

    with time_machine.travel(lot.registration_starts_at + timedelta(hours=2), tick=False):
        for address in ("/registrations/", f"/registrations/{registrations['buyer1']}/", f"/lots/{lot.pk}/"):
            with django_assert_max_num_queries(MOST_QUERIES):
                assert client.get(address).status_code == 200
        assert client.get(f"/registrations/{registrations['buyer2']}/").status_code == 404


def test_a_negotiation_runs_over_the_pages(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    lot = story.qualified_lot({"buyer1": "1.200"})
    page = f"/lots/{lot.pk}/negotiation/"
    assert lot.qualification_ends_at is not None

    with time_machine.travel(lot.qualification_ends_at, tick=False):
        low = signed_in(client, "buyer1").post(page, {"price": "19999.99", "quantity": "1.200"})
        client.post(page, {"price": "20000.00", "quantity": "1.200"})
        signed_in(client, "seller")
        with django_assert_max_num_queries(MOST_QUERIES):
            text = client.get(page).content.decode()
        offer = lot.offers.get()
        own = signed_in(client, "buyer1").post(f"{page}{offer.pk}/", {"answer": "accept"})
        signed_in(client, "seller").post(f"{page}{offer.pk}/", {"answer": "accept"})
        stranger = signed_in(client, "buyer2").get(page)

    assert (low.status_code, own.status_code, stranger.status_code) == (409, 409, 403)
    assert "贰万元整" in text
    assert Deal.objects.get(lot=lot).amount == Decimal("24000.00")


def sign_at(key: str, address: str, *, at: datetime) -> None:
    """Sign in the session that a page led to, in the browser that opened it."""
    number = address.rstrip("/").rpartition("/")[2]
    browser = replace(actor(key), session_ref=opened(number).session_ref)
    sign_as(key, SessionRef(number, address), at=at, actor=browser)


def test_both_sides_confirm_and_sign_on_the_page_of_their_deal(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    lot = story.qualified_lot(TWO)
    after = hammered(lot)
    deal = Deal.objects.get(lot=lot)
    page = f"/deals/{deal.pk}/"

    with time_machine.travel(after + timedelta(hours=1), tick=False):
        at = after + timedelta(hours=1)
        for key in ("buyer1", "seller"):
            bound(key)
            answer = signed_in(client, key).post(f"{page}confirm/")
            sign_at(key, answer["Location"], at=at)
        auctions.advance_due(at)
        contract = Contract.objects.get(deal=deal)
        paper = newest(f"deal:{deal.pk}", CONTRACT)
        documents.certify(paper_id=paper.id, at=at)
        for key, side in (("buyer1", "buyer"), ("seller", "seller")):
            signed_in(client, key)
            assert f"/papers/{paper.number}/" in client.get(page).content.decode()
            answer = client.post(f"/papers/{paper.number}/sign/{side}/")
            sign_at(key, answer["Location"], at=at)
        contract.refresh_from_db()
        for key in ("buyer1", "seller", "staff", "treasury"):
            signed_in(client, key)
            client.get("/api/")  # the rooms that open soon are asked for once in ten seconds, by whoever comes first
            with django_assert_max_num_queries(MOST_QUERIES):
                assert client.get(page).status_code == 200
            with django_assert_max_num_queries(MOST_QUERIES):
                assert client.get("/deals/").status_code == 200
        assert signed_in(client, "buyer2").get(page).status_code == 403
        assert signed_in(client, "buyer2").get(f"/documents/{contract.document_id}/").status_code == 403
        pdf = b"".join(signed_in(client, "buyer1").get(f"/documents/{contract.document_id}/"))

    deal.refresh_from_db()
    assert deal.state == "CONTRACTED"
    assert pdf.startswith(b"%PDF")


def test_an_overdue_limit_is_flagged_in_words(client: Client) -> None:
    lot = story.qualified_lot(TWO)
    after = hammered(lot)

    flags = []
    # Three working days after the 17th: the 23rd, for the 19th is the Dragon Boat Festival.
    for days in (0, 6, 9):
        with time_machine.travel(after + timedelta(days=days), tick=False):
            text = signed_in(client, "staff").get("/deals/", headers={"accept-language": "en"}).content.decode()
            flags.append(next(words for words in ("in time", "limit near", "overdue") if words in text))

    assert flags == ["in time", "limit near", "overdue"]


def test_anybody_verifies_a_certificate_and_compares_a_copy(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    lot = story.qualified_lot(TWO)
    after = hammered(lot)
    deal = Deal.objects.get(lot=lot)
    contracted(deal, after + timedelta(hours=1))
    paid(deal, after + timedelta(days=1))
    code = certified(deal, after + timedelta(days=1))
    auctions.advance_due(after + timedelta(days=2))
    page = f"/verify/certificate/{code}/"

    with django_assert_max_num_queries(MOST_QUERIES):
        text = client.get(page, headers={"accept-language": "en"}).content.decode()
    pdf = client.get(f"{page}file.pdf").content
    same = client.post(page, {"file": SimpleUploadedFile("c.pdf", pdf)}, headers={"accept-language": "en"})
    other = client.post(page, {"file": SimpleUploadedFile("c.pdf", pdf + b" ")}, headers={"accept-language": "en"})

    assert "Nothing speaks against this certificate." in text
    assert "byte for byte" in same.content.decode()
    assert "this is another file" in other.content.decode()
    assert client.get(f"/verify/certificate/?number={code.lower()}")["Location"] == page
    assert client.get("/verify/certificate/F99-unknown/").status_code == 404
    assert client.get(f"/api/v1/certificates/{code}").json()["verification"]["registered"] is True
    assert client.get("/api/v1/results/").json()["items"][0]["buyer"]["name"] == story.company("buyer1").name
    assert story.company("buyer1").name in client.get(f"/results/?trade=auction&q={story.company('buyer1').name}").text
    assert client.get("/results/?q=nobody").context["total"] == 0
    assert client.get(f"/api/v1/lots/{lot.pk}").json()["state"] == "CLOSED"
    assert client.get("/api/v1/notices/?stage=sold").json()["items"][0]["id"] == lot.pk
    assert Project.objects.get(pk=lot.project_id).state == "CLOSED"


def test_a_deal_ended_without_the_buyers_fault_gives_everything_back() -> None:
    lot = story.qualified_lot(TWO)
    after = hammered(lot)
    deal = Deal.objects.get(lot=lot)
    contracted(deal, after + timedelta(hours=1))
    at = after + timedelta(days=1)

    auctions.end_deal(
        actor=actor("staff"),
        deal_id=deal.pk,
        decision=story.decision("佛环函〔2026〕40号", at),
        reason="出让指标被依法收回",
        at=at,
    )

    deal.refresh_from_db()
    lot.refresh_from_db()
    payment = deposits.payment_of(f"deal:{deal.pk}")
    assert (deal.state, lot.state) == ("TERMINATED", "FAILED")
    assert payment is not None
    assert payment.state in ("RELEASED", "CANCELLED")
