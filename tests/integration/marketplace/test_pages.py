"""The pages of the supermarket, each for the reader it is for; what is sealed is on none of them."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from commons.domain.actor import Assurance
from commons.domain.money import as_text
from marketplace.entry import services as entries
from marketplace.entry.domain.entrants import EntrantKind
from marketplace.entry.models import Entrant
from marketplace.procurement import queries as procurements
from marketplace.procurement import services as procurement_services
from marketplace.procurement.domain.states import ProcurementState
from marketplace.procurement.forms import initial_of
from marketplace.procurement.models import Procurement
from marketplace.signups import services as signups
from tests import cast
from tests.integration.marketplace import story

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _face(settings: Any) -> None:
    settings.PASSWORD_ASSURANCE = Assurance.FACE_OR_LICENCE.value


@pytest.fixture
def market() -> dict[str, int]:
    at = timezone.now()
    item = story.item()
    owner = story.owner()
    one, two = story.agency("agency1", item), story.agency("agency2", item)
    need = story.published(item, at=at)
    draft = procurement_services.start_draft(actor=cast.actor("owner1"), need=story.need(item), at=at)
    entry = entries.open_entry(actor=cast.actor("agency3"), kind=EntrantKind.AGENCY, at=at)
    return {"item": item, "owner": owner, "one": one, "two": two, "need": need, "draft": draft, "entry": entry}


def browser(key: str) -> Client:
    client = Client()
    if key:
        client.force_login(cast.person(key), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


PAGES = [
    ("", ["/supermarket/", "/supermarket/?stage=open&q=测量", "/supermarket/?format=csv", "/supermarket/catalogue/",
          "/supermarket/catalogue/?format=csv", "/supermarket/catalogue/{item}/", "/supermarket/agencies/?q=绿源",
          "/supermarket/agencies/?format=csv", "/supermarket/agencies/{one}/", "/supermarket/standing/",
          "/supermarket/standing.json", "/supermarket/notices/{need}/", "/supermarket/notices/{need}/data.json"]),
    ("owner1", ["/supermarket/owner/", "/supermarket/owner/new/", "/supermarket/owner/entry/",
                "/supermarket/owner/bulk/", "/supermarket/owner/bulk/template.csv", "/supermarket/owner/chain/",
                "/supermarket/owner/{draft}/", "/supermarket/owner/{draft}/edit/",
                "/supermarket/owner/{draft}/steps/what/", "/supermarket/owner/{draft}/steps/agencies/",
                "/supermarket/owner/{need}/", "/supermarket/owner/{need}/amend/", "/workspace/"]),
    ("agency1", ["/supermarket/agency/", "/supermarket/agency/?all=1", "/supermarket/agency/sign-ups/",
                 "/supermarket/agency/entry/", "/supermarket/agency/subscribe/", "/supermarket/notices/{need}/",
                 "/supermarket/notices/{need}/sign-up/", "/workspace/"]),
    ("agency3", ["/supermarket/agency/", "/supermarket/agency/entry/", "/supermarket/notices/{need}/"]),
    ("staff", ["/supermarket/desk/", "/supermarket/desk/{need}/", "/supermarket/desk/entries/",
               "/supermarket/desk/entries/{one}/", "/supermarket/catalogue/new/",
               "/supermarket/catalogue/{item}/revise/", "/workspace/"]),
    ("warden", ["/supermarket/desk/entries/{one}/ban/", "/supermarket/notices/{need}/suspend/", "/workspace/"]),
]  # fmt: skip


@pytest.mark.parametrize(("key", "pages"), PAGES, ids=lambda one: one if isinstance(one, str) else "")
def test_every_page_is_shown_to_its_reader_in_both_languages(market, key, pages):
    client = browser(key)

    for page in pages:
        for language in ("zh-hans", "en"):
            address = page.format(**market)
            response = client.get(address, HTTP_ACCEPT_LANGUAGE=language)
            assert response.status_code == 200, (key, address, language)


def test_an_agency_signs_up_on_the_page_and_nobody_else_reads_the_quote(market):
    client, address = browser("agency1"), f"/supermarket/notices/{market['need']}/sign-up/"
    key = client.get(address).context["form"]["key"].value()
    said = {"key": key, "quote": "123456.78", "promise": "on"}

    done = client.post(address, said, follow=True)
    again = client.post(address, said, follow=True)

    assert done.redirect_chain[-1][0] == again.redirect_chain[-1][0]
    assert "123456.78" in done.content.decode()
    for reader in ("", "owner1", "agency2", "staff", "host", "warden", "auditor"):
        page = browser(reader).get(f"/supermarket/notices/{market['need']}/").content.decode()
        assert "123456" not in page
        assert "123,456" not in page
        assert cast.ORGANISATIONS["lvyuan"].name not in page
    assert browser("agency2").get(done.redirect_chain[-1][0]).status_code == 404


def test_the_owner_writes_a_need_and_reads_the_advice_meanwhile(market):
    client = browser("owner1")
    found = procurements.procurement(market["draft"])
    said = {name: value for name, value in initial_of(found.need).items() if value not in (None, False)}
    said = {name: as_text(value) if name.endswith("price") else value for name, value in said.items()}

    advice = client.post("/supermarket/owner/advice/", said).content.decode()
    direct = client.post("/supermarket/owner/advice/", {**said, "method": "DIRECT"}).content.decode()
    begun = client.post("/supermarket/owner/new/", said)
    here = begun.headers["Location"]
    states = [one.state for one in client.get(here).context["tasks"]]
    while "/steps/" in here:
        here = client.post(here, said).headers["Location"]
    handed = client.post(f"{here}submit/")

    assert "2" in advice
    assert "datalist" not in advice
    assert cast.ORGANISATIONS["lvyuan"].name in direct  # could sign up, so that it can be named
    assert states[:2] == ["DONE", "INCOMPLETE"], "the money is still to be said"
    assert begun.status_code == handed.status_code == 302
    assert Procurement.objects.latest("pk").state == ProcurementState.AUDITING


def test_a_table_of_needs_is_looked_at_before_it_is_drafted(market):
    client, before = browser("owner1"), Procurement.objects.count()
    head = "项目名称,服务事项编码,资金来源,选取方式,最高限价（元）,服务内容,服务时限\n"
    good = "一号路测量,A0101,社会资金,最低价,90000.00,测量,20日\n"
    bad = "二号路测量,NONE,社会资金,最低价,九万,测量,20日\n"

    def send(text: str, step: str) -> Any:
        file = SimpleUploadedFile("needs.csv", text.encode(), content_type="text/csv")
        return client.post("/supermarket/owner/bulk/", {"file": file, "step": step})

    looked = send(head + good + bad, "look")
    assert [bool(one.refusals) for one in looked.context["report"].outcomes] == [False, True]
    assert send(head + good + bad, "draft").status_code == 400
    assert Procurement.objects.count() == before

    assert send(head + good, "draft").status_code == 200
    assert Procurement.objects.count() == before + 1


def test_staff_publishes_and_a_question_is_answered_without_a_name(market):
    need = market["need"]
    client = browser("agency2")
    client.post(f"/supermarket/notices/{need}/ask/", {"text": "成果需要几份？"})
    question = Procurement.objects.get(pk=need).questions.get()

    browser("owner1").post(f"/supermarket/questions/{question.pk}/answer/", {"text": "一式四份。"})
    page = browser("").get(f"/supermarket/notices/{need}/").content.decode()

    assert "成果需要几份？" in page
    assert "一式四份。" in page
    assert cast.ORGANISATIONS["zhengheng"].name not in page


def test_the_list_after_the_deadline_names_who_took_part(market):
    at = procurements.procurement(market["need"]).sign_up_until
    assert at is not None
    story.sign("agency1", market["need"], at=at - timedelta(hours=1))

    signups.close_signups(procurement_id=market["need"], at=at)
    page = browser("").get(f"/supermarket/notices/{market['need']}/").content.decode()

    assert cast.ORGANISATIONS["lvyuan"].name in page
    assert "150,000" not in page


def test_leaving_is_confirmed_and_waits_for_what_is_under_way(market):
    client, here = browser("owner1"), f"/supermarket/entries/{market['owner']}/cancel/"
    assert here in client.get("/supermarket/owner/entry/").text

    kept = client.get(here)
    refused = client.post(here, {"sure": "on"})
    procurements_of_owner = Procurement.objects.filter(owner_id=market["owner"]).exclude(pk=market["draft"])
    for number in procurements_of_owner.values_list("pk", flat=True):
        procurement_services.void(
            actor=cast.actor("owner1"), procurement_id=number, reason="不再需要", at=timezone.now()
        )
    unticked = client.post(here, {})
    left = client.post(here, {"sure": "on"})

    assert kept.context["under_way"] == 1
    assert refused.status_code == 409
    assert unticked.status_code == 400
    assert left.status_code == 302
    assert Entrant.objects.get(pk=market["owner"]).state == "CANCELLED"
    assert browser("agency1").get(here).status_code == 404
