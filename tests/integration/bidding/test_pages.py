"""The pages of tenders: every role finds its way, nobody reads who takes part."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bidding.profiles import queries as profiles
from bidding.tenders import services
from bidding.tenders.models import Tender
from commons.domain.deadlines import local_day
from tests import cast
from tests.integration.bidding import story
from tests.integration.bidding.story import Told
from tests.integration.signatures.envelopes.story import ceremony

pytestmark = pytest.mark.django_db

MINUTES = "%Y-%m-%dT%H:%M"


def client(key: str) -> Client:
    """Signed in as the party of the cast, at the assurance of its login."""
    browser = Client()
    if key:
        browser.force_login(cast.person(key), backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def text_of(response: Any) -> str:
    content: bytes = response.getvalue() if response.streaming else response.content
    return content.decode()


def now() -> Any:
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def told() -> Told:
    return story.published(at=now() - timedelta(days=3))


def test_the_public_reads_a_tender_without_signing_in(told: Told) -> None:
    browser = client("")

    assert "季华路改造工程施工" in browser.get("/tenders/").content.decode()
    page = browser.get(f"/tenders/{told.tender_id}/").content.decode()
    assert "招标投标法第十条" in page
    assert "11,800,000" in page
    assert browser.get(f"/tenders/{told.tender_id}.json").json()["code"] == told.row.code
    assert browser.get("/tenders/?format=csv").status_code == 200
    assert browser.get("/procedures/").status_code == 200
    assert "招标投标法第二十四条" in browser.get("/procedures/WORKS_OPEN/").content.decode()
    assert browser.get(f"/tenders/{told.tender_id}/documents/").status_code == 302


def test_a_bidder_takes_the_documents_and_asks(told: Told) -> None:
    browser = client("builder1")

    assert browser.get(f"/tenders/{told.tender_id}/documents/").status_code == 403
    taken = browser.post(f"/tenders/{told.tender_id}/take/")
    assert taken.status_code == 302
    assert "施工组织设计" in browser.get(taken["Location"]).content.decode()
    asked = browser.post(f"/tenders/{told.tender_id}/ask/", {"words": "第二节清单的单位是否有误？请予澄清。"})
    assert asked.status_code == 302
    answered = client("tenderee").get(f"/owner/tenders/{told.tender_id}/questions/").content.decode()
    assert "请予澄清" in answered
    assert "路桥" not in answered


@pytest.mark.parametrize(
    "key", ["", "tenderee", "builder2", "staff", "host", "regulator", "auditor", "agent", "finance"]
)
def test_no_page_tells_who_took_documents_or_asked_or_objected_before_the_opening(told: Told, key: str) -> None:
    for one in ("builder1", "builder3"):
        services.take_documents(actor=cast.actor(one), tender_id=told.tender_id, at=now())
    services.ask(actor=cast.actor("builder1"), tender_id=told.tender_id, text="工期能否顺延？请予答复。", at=now())
    services.raise_objection(
        actor=cast.actor("builder3"), section_id=told.section_id, text="工期条款不合理，请修改。", at=now()
    )
    browser = client(key)
    addresses = [
        "/tenders/",
        "/tenders/?format=csv",
        f"/tenders/{told.tender_id}/",
        f"/tenders/{told.tender_id}.json",
        f"/tenders/{told.tender_id}/documents/",
        f"/owner/tenders/{told.tender_id}/",
        f"/owner/tenders/{told.tender_id}/questions/",
        f"/owner/tenders/{told.tender_id}/prequalification/",
        f"/owner/sections/{told.section_id}/result/",
        f"/owner/sections/{told.section_id}/report/",
        f"/centre/tenders/{told.tender_id}/",
        "/workspace/",
        "/inbox/",
    ]
    for address in addresses:
        content = text_of(browser.get(address, follow=True))
        for canary in ("佛山路桥", "南海安居", "龙标", "邓标", cast.uscc("luqiao"), cast.uscc("anju")):
            assert canary not in content, f"{key} reads {canary} at {address}"


def test_an_owner_drafts_a_tender_on_the_pages() -> None:
    browser = client("tenderee")
    ceremony(at=now() - timedelta(days=5))
    plan = {
        "year": 2026,
        "number": "JH-1",
        "title": "年度计划",
        "sector": "WORKS",
        "budget": "90000000",
        "budget_source": "自筹",
    }
    assert browser.post("/owner/plans/new/", plan).status_code == 302
    number = browser.get("/owner/tender-projects/new/").context["form"].fields["plan"].choices[1][0]
    project = {"title": "水厂改造", "region": "440600", "budget": "30000000", "approval_body": "市发改局",
               "approval_no": "佛发改〔2026〕9号", "sector": "WORKS", "plan": number}  # fmt: skip
    response = browser.post("/owner/tender-projects/new/", project)
    page = browser.get(response["Location"]).content.decode()
    assert "WORKS_TWO_STAGE" in page or "两阶段" in page
    deadline = (now() + timedelta(days=40)).strftime(MINUTES)
    facts = {"profile_code": "WORKS_OPEN", "title": "水厂改造施工", "description": "", "contact_name": "冼招",
             "contact_phone": "0757-0000000", "documents_until": (now() + timedelta(days=20)).strftime(MINUTES),
             "bid_deadline": deadline, "designated_media": "中国招标投标公共服务平台"}  # fmt: skip
    response = browser.post(response["Location"], facts)
    assert response.status_code == 302, response.context["form"].errors
    draft = response["Location"]
    tender = Tender.objects.get()
    too_high = {"title": "一标段", "scope": "全部", "kind": "WORKS", "estimate": "12000000", "ceiling": "11800000",
                "bond": "240000.01", "price_kind": "AMOUNT"}  # fmt: skip
    refused = browser.post(draft + "sections/new/", too_high)
    assert refused.status_code == 400
    assert "第二十六条" in refused.content.decode()
    assert browser.post(draft + "sections/new/", {**too_high, "bond": "240000"}).status_code == 302
    assert browser.post(draft + "document/fill/").status_code == 302
    editor = browser.get(draft + "document/")
    data = {name: value for name, value in editor.context["form"].initial.items() if value not in (False, None)}
    data["c0_text"] = "投标人须在本市注册并设有分公司。"
    assert browser.post(draft + "document/", data).status_code == 302
    shown = browser.get(draft).content.decode()
    assert "第三十二条" in shown
    finding = tender.findings.get()
    assert browser.get(f"{draft}findings/{finding.pk}/").status_code == 200
    assert (
        browser.post(f"{draft}findings/{finding.pk}/", {"words": "抢险半小时到场，故须有本地驻点。"}).status_code == 302
    )
    assert browser.post(draft + "award/", {"method": "floating"}).status_code == 302
    roster = browser.get(draft + "officers/").context["form"].fields["roster"].choices[0][0]
    assert browser.post(draft + "officers/", {"roster": roster}).status_code == 302
    assert browser.post(draft + "submit/").status_code == 302
    tender.refresh_from_db()
    assert tender.state == "SUBMITTED", browser.get(draft).content.decode()[-3000:]

    staff = client("staff")
    assert "水厂改造施工" in staff.get("/centre/tenders/").content.decode()
    check = staff.get(f"/centre/tenders/{tender.pk}/")
    ticks = {name: "on" for name in check.context["form"].fields if name != "reason"}
    assert staff.post(f"/centre/tenders/{tender.pk}/", {**ticks, "outcome": "pass"}).status_code == 302
    client("staff2").post(f"/centre/tenders/{tender.pk}/publish/")
    tender.refresh_from_db()
    assert tender.state == "PUBLISHED"


def test_an_operator_enters_a_stricter_version_and_is_refused_a_weaker_one() -> None:
    browser = client("staff")
    form = browser.get("/procedures/WORKS_OPEN/edit/").context["form"]
    data = {name: value for name, value in form.initial.items() if value not in (False, None)}
    data |= {name: "day" for name in form.fields if name.endswith("_unit") and name not in data}
    data |= {name: "D" for name in form.fields if name.endswith("_mark") and name not in data}
    data |= {"valid_from": str(local_day(timezone.now())), "reason": "本市延长"}

    assert browser.post("/procedures/WORKS_OPEN/edit/", {**data, "limit_BID_PERIOD_count": "19"}).status_code == 409
    assert browser.post("/procedures/WORKS_OPEN/edit/", {**data, "limit_BID_PERIOD_count": "25"}).status_code == 302
    assert profiles.profile("WORKS_OPEN", on=local_day(timezone.now())).version == 2
    assert client("tenderee").get("/procedures/WORKS_OPEN/edit/").status_code == 403


def test_a_foreign_owner_sees_no_draft() -> None:
    told = story.drafted(at=now() - timedelta(days=3))

    assert client("purchaser").get(f"/owner/tenders/{told.tender_id}/").status_code == 403
    assert client("builder1").get(f"/owner/tenders/{told.tender_id}/").status_code == 403
    assert client("").get(f"/tenders/{told.tender_id}/").status_code == 404
    assert client("tenderee").get(f"/owner/tenders/{told.tender_id}/").status_code == 200


def test_an_invited_tender_is_hidden_from_others() -> None:
    told = story.published("WORKS_INVITED", at=now() - timedelta(days=3))

    assert client("builder1").get(f"/tenders/{told.tender_id}/").status_code == 200
    assert client("supplier1").get(f"/tenders/{told.tender_id}/").status_code == 404
    assert f"/tenders/{told.tender_id}/" not in client("").get("/tenders/").content.decode()
    invite = client("tenderee").get(f"/owner/tenders/{told.tender_id}/")
    assert invite.status_code == 200
