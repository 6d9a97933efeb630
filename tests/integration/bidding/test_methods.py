"""Methods of their own kind, from the notice to the outcome: limited prequalification, two stages, one supplier, land.

What applicants, bidders, the owner and the public read of each stands here beside what the services do.
"""

import subprocess
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bidding.awards import queries as results
from bidding.awards import services
from bidding.awards.domain.reports import ReportInvalid, ReportLine
from bidding.awards.domain.rounds import RoundKind
from bidding.awards.services import AWARD_LETTER, TENDER_CONTRACT
from bidding.tenders import queries as tenders
from bidding.tenders import services as tender_services
from bidding.tenders.domain import single_source
from bidding.tenders.domain.completeness import TenderUnready
from bidding.tenders.domain.eligibility import MayNotBid
from bidding.tenders.domain.qualifying import JudgeAllFirst, ScoreMissing
from bidding.tenders.domain.states import SectionState
from bidding.tenders.forms.drafting import single_source_fields
from bidding.tenders.models import MediaRelease, Tender, TenderNotice
from bidding.tenders.services import ApplicationFacts
from bidding.tenders.services.common import invited
from bidding.tenders.services.prequalifying import applications
from commons.domain.actor import ALLOWED, system_actor
from commons.domain.deadlines import local_day
from commons.evidence.models import EvidenceEntry
from commons.vault import services as vault
from signatures.documents import queries as papers
from signatures.envelopes import services as sealing
from signatures.envelopes import store
from signatures.envelopes.domain import layout
from tests import cast
from tests.integration.bidding import story
from tests.integration.bidding.story import Told
from tests.integration.bidding.test_awards import first_line, lines_of, opened, shown
from tests.integration.bidding.test_bonds import number
from tests.integration.bidding.test_pages import client, now
from tests.integration.bidding.test_procedure import told_of
from tests.integration.bidding.test_rounds import begin
from tests.integration.exchange.auctions.test_story import signed
from tests.integration.signatures.envelopes import story as envelopes
from tests.single_source import REASON
from tests.single_source import single_source as stated

SYSTEM = system_actor("test")
pytestmark = pytest.mark.django_db(transaction=True)

SCORES = {
    "builder1": "95", "builder2": "94", "builder3": "93", "buyer1": "92", "buyer2": "91", "buyer3": "90",
    "robot1": "80.5", "robot2": "80.5", "robot3": "80.49",
}  # fmt: skip
"""Seven are taken; the eighth ties with the seventh, the ninth does not."""


def page(key: str, address: str, language: str = "zh-hans") -> str:
    answer = client(key).get(address, headers={"accept-language": language})
    assert answer.status_code == 200, (key, address, answer.status_code)
    return answer.content.decode()


def applied(told: Told, *keys: str, at: datetime) -> dict[str, int]:
    facts = ApplicationFacts(documents=(), statement="具备市政公用工程施工总承包资质。")
    for key in keys:
        tender_services.apply(actor=cast.actor(key), section_id=told.section_id, facts=facts, at=at)
    found = {row.organisation_id: row.pk for row in applications(told.section_id)}
    return {key: found[number(key)] for key in keys}


def test_a_limited_number_is_invited_by_score_ties_included_and_each_reads_its_own_result() -> None:
    told = story.published("WORKS_PREQUALIFIED_LIMITED", at=now() - timedelta(days=20))
    owner, public, own = cast.actor("tenderee"), f"/tenders/{told.tender_id}/", f"/sections/{told.section_id}/apply/"
    notice = told.row.notices.get(kind="PREQUALIFICATION")
    assert notice.body["chosen"] == {"way": "HIGHEST_SCORES", "maximum": "7"}
    assert "最多邀请7家投标" in page("", public)
    assert "at most 7 of those who meet the requirements" in page("", public, "en")

    rows = applied(told, *SCORES, "supplier1", at=told.published_at + timedelta(days=2))
    ends = told.row.applications_end_at
    assert ends is not None
    with pytest.raises(ScoreMissing):
        tender_services.judge(
            actor=owner, application_id=rows["builder1"], qualified=True, reason="符合资格条件", at=ends
        )
    for key, score in SCORES.items():
        tender_services.judge(
            actor=owner, application_id=rows[key], qualified=True, reason="符合资格条件", score=score, at=ends
        )
    with pytest.raises(JudgeAllFirst):
        tender_services.finish_prequalification(actor=owner, section_id=told.section_id, at=ends)
    tender_services.judge(
        actor=owner, application_id=rows["supplier1"], qualified=False, reason="缺少安全生产许可证", at=ends
    )
    assert "缺少安全生产许可证" not in page("supplier1", own), "nothing is told before all of it is"
    assert "符合资格条件" not in page("robot3", own)
    judged = page("tenderee", f"/owner/tenders/{told.tender_id}/prequalification/")
    assert "80.49" in judged
    assert "最多邀请7家投标" in judged

    assert tender_services.finish_prequalification(actor=owner, section_id=told.section_id, at=ends) == 8
    tender_services.take_documents(actor=cast.actor("robot2"), tender_id=told.tender_id, at=ends)
    for key in ("robot3", "supplier1"):
        with pytest.raises(MayNotBid):
            tender_services.take_documents(actor=cast.actor(key), tender_id=told.tender_id, at=ends)
        assert any("not among those invited" in subject for subject in told_of(key))
    assert any("You are qualified" in subject for subject in told_of("robot2"))
    read = page("robot3", own)
    assert "审查合格，未入选投标邀请名单" in read
    assert "80.49" in read
    assert "其他申请人得分更高" in read
    assert "others scored higher" in page("robot3", own, "en")
    assert "缺少安全生产许可证" in page("supplier1", own)
    assert own in page("robot3", public)
    seen = page("", public)
    assert not any(cast.organisation(cast.PARTIES[key].organisation).name in seen for key in SCORES)

    tender_services.begin_opening(actor=cast.actor("host"), section_id=told.section_id, at=told.bid_deadline)
    log = EvidenceEntry.objects.filter(stream=f"tender-takings:{told.tender_id}")
    assert sum(b"ApplicantPassedOver" in bytes(row.payload) for row in log) == 1


def test_fewer_than_three_of_a_limited_number_fail_the_section_and_all_read_why() -> None:
    told = story.published("WORKS_PREQUALIFIED_LIMITED", at=now() - timedelta(days=20))
    owner, ends = cast.actor("tenderee"), told.row.applications_end_at
    assert ends is not None
    rows = applied(told, "builder1", "builder2", "builder3", at=told.published_at + timedelta(days=2))
    for key, row in rows.items():
        tender_services.judge(
            actor=owner, application_id=row, qualified=key != "builder3", reason="审查结论已记录", score="80", at=ends
        )
    finished = client("tenderee").post(
        f"/owner/tenders/{told.tender_id}/sections/{told.section_id}/finish/", follow=True
    )
    assert finished.status_code == 200
    assert tenders.section_terms(told.section_id).failure == "TOO_FEW_APPLICANTS"
    assert told.row.notices.filter(kind="FAILURE").count() == 1
    assert "资格预审合格者不足" in page("", f"/tenders/{told.tender_id}/")
    assert "fewer qualified applicants than needed" in page("", f"/tenders/{told.tender_id}/", "en")
    assert "审查结论已记录" in page("builder3", f"/sections/{told.section_id}/apply/")


def test_the_owner_sets_the_limited_number_not_below_the_laws_and_it_is_what_the_notice_and_the_choice_use() -> None:
    told = story.drafted("WORKS_PREQUALIFIED_LIMITED", at=now() - timedelta(days=20))
    facts = f"/owner/tenders/{told.tender_id}/facts/"
    assert "不少于7家（房屋建筑和市政基础设施工程施工招标投标管理办法第十六条" in page("tenderee", facts)

    def entered(number: str) -> str:
        given = {
            "title": told.row.title, "contact_name": "冼招", "contact_phone": "0757-00000000",
            "applications_end_at": story.local(told.row.applications_end_at), "qualified_maximum": number,
            "documents_until": story.local(told.row.documents_until), "bid_deadline": story.local(told.bid_deadline),
            "version": str(told.row.version),
        }  # fmt: skip
        return client("tenderee").post(facts, given).content.decode()

    assert "有限数量制至少邀请7家" in entered("6")
    entered("8")
    assert told.row.qualified_maximum == 8
    story.handed_in(told)
    assert "最多邀请8家投标" in page("staff2", f"/centre/tenders/{told.tender_id}/")
    tender_services.publish_tender(actor=cast.actor("staff2"), tender_id=told.tender_id, at=told.published_at)
    assert told.row.notices.get().body["chosen"] == {"way": "HIGHEST_SCORES", "maximum": "8"}
    assert "最多邀请8家投标" in page("", f"/tenders/{told.tender_id}/")

    keys = [key for key in SCORES if key != "robot2"]
    rows = applied(told, *keys, "supplier1", at=told.published_at + timedelta(days=2))
    ends = told.row.applications_end_at
    assert ends is not None
    for key, row in rows.items():
        tender_services.judge(
            actor=cast.actor("tenderee"), application_id=row, qualified=True, reason="符合资格条件",
            score=SCORES.get(key, "70"), at=ends,
        )  # fmt: skip
    invited_now = tender_services.finish_prequalification(
        actor=cast.actor("tenderee"), section_id=told.section_id, at=ends
    )
    assert invited_now == 8


def sealed(told: Told, key: str, at: datetime) -> str:
    """A bid of the second stage, sealed and handed in; the number of its receipt."""
    assert told.officers is not None
    told.officers.intake_id = tenders.section_terms(told.section_id).intake_id or 0
    token = sealing.authorise_upload(actor=cast.actor(key), intake_id=told.officers.intake_id, at=at)
    data = envelopes.sealed(told.officers, key)
    upload = sealing.begin_upload(token=token, length=len(data), at=at)
    path = store.upload_path(upload.ref)
    path.write_bytes(data)
    return sealing.accept(upload=upload, path=path, reckoned=layout.reckon([data]), received_at=at)


def test_two_stages_on_the_pages_of_owner_bidder_and_public() -> None:
    told = story.published("WORKS_TWO_STAGE", at=now() - timedelta(days=3))
    public, propose = f"/tenders/{told.tender_id}/", f"/sections/{told.section_id}/apply/"
    desk = f"/owner/tenders/{told.tender_id}/prequalification/"
    for language, words in (
        ("zh-hans", "第一阶段提交不带报价的技术建议"),
        ("en", "technical proposals without a price"),
    ):
        assert words in page("", public, language)
    assert "第一阶段技术建议递交截止" in page("", public)
    assert "资格预审" not in page("", public)
    browser = client("builder1")
    assert browser.post(public + "take/").status_code == 302
    assert "First stage: your technical proposal" in page("builder1", public, "en")

    def handed(key: str, words: str) -> int:
        client(key).post(public + "take/")
        paper = SimpleUploadedFile("p.pdf", b"%PDF-1.7 p", "application/pdf")
        return client(key).post(propose, {"statement": words, "file": paper}).status_code

    assert handed("builder1", "总价约1180万元。") == 400
    bidders = ("builder1", "builder2", "builder3", "supplier1")
    assert [handed(key, "采用顶推法施工的技术建议。") for key in bidders] == [302] * 4
    assert "顶推法" not in page("tenderee", desk), "sealed until the first stage ends"

    Tender.objects.filter(pk=told.tender_id).update(applications_end_at=now() - timedelta(minutes=5))
    read = page("tenderee", desk)
    assert "第一阶段：技术建议" in read
    assert "邀请已采纳的投标人进入第二阶段" in read
    assert "顶推法" in read
    for row in applications(told.section_id):
        taken = row.organisation_id != number("supplier1")
        outcome = {"qualified": "yes" if taken else "no", "reason": "技术建议可行" if taken else "不满足航道净空要求"}
        judge = f"/owner/tenders/{told.tender_id}/applications/{row.pk}/"
        assert "已采纳" in page("tenderee", judge)
        assert client("tenderee").post(judge, outcome).status_code == 302
    finish = f"/owner/tenders/{told.tender_id}/sections/{told.section_id}/finish/"
    assert "第二阶段" in client("tenderee").post(finish, follow=True).content.decode()
    assert tenders.section_terms(told.section_id).state is SectionState.PREQUALIFYING, "clarify first"

    second_stage(told)
    client("tenderee").post(finish)
    assert tenders.section_terms(told.section_id).state is SectionState.BIDDING
    assert any("documents of the second stage" in subject for subject in told_of("builder1"))
    assert "第二阶段招标文件" in page("builder1", public)
    assert f"/sections/{told.section_id}/bid/" in page("builder1", public)
    assert "不满足航道净空要求" in page("supplier1", propose)
    assert "Not taken on" in page("supplier1", propose, "en")
    with pytest.raises(MayNotBid):
        sealed(told, "supplier1", now())
    for key in ("builder1", "builder2", "builder3"):
        assert sealed(told, key, now())


def second_stage(told: Told) -> None:
    """The owner publishes the documents of the second stage, worked out from the proposals."""
    newest = told.row.documents.order_by("-version").first()
    assert newest is not None
    tender_services.publish_addendum(
        actor=cast.actor("tenderee"), tender_id=told.tender_id, text="第二阶段招标文件：净空不小于8米。",
        affects_bids=True, answers={}, at=now(), content=newest.content,
    )  # fmt: skip


UNSTATED: tuple[tuple[dict[str, object], str], ...] = (
    ({"reason": ""}, "why one supplier alone is asked"),
    ({"supplier_address": ""}, "the supplier's address"),
    ({"owner_address": ""}, "the address for objections"),
    ({"ground": ""}, "by which case of the law one supplier alone is asked"),
    ({"experts": []}, "the experts' opinions"),
    ({"authority": {}}, "the finance department with address, contact and telephone"),
)


def test_a_single_source_is_published_with_all_that_the_law_asks() -> None:
    told = story.drafted("GOV_SINGLE_SOURCE", at=now() - timedelta(days=1))
    owner, before = cast.actor("tenderee"), now() - timedelta(days=20)
    with pytest.raises(TenderUnready):
        tender_services.submit_tender(actor=owner, tender_id=told.tender_id, at=before)
    tender_services.invite(actor=owner, tender_id=told.tender_id, organisation_ids=[number("builder1")], at=before)
    assert invited(told.tender_id) == [number("builder1")], "naming another takes the place of those named before"
    for unsaid, missing in UNSTATED:
        row = {**single_source.as_content(stated()), **unsaid}
        Tender.objects.filter(pk=told.tender_id).update(single_source=row)
        with pytest.raises(TenderUnready) as refused:
            tender_services.submit_tender(actor=owner, tender_id=told.tender_id, at=before)
        assert refused.value.fields["missing"] == missing
    given = {
        "code": cast.organisation(cast.PARTIES["builder1"].organisation).uscc,
        **single_source_fields(stated()),
    }
    address = f"/owner/tenders/{told.tender_id}/single-source/"
    assert "采用单一来源（直接采购）的原因" in page("tenderee", address)
    assert client("tenderee").post(address, {**given, "e0_title": ""}).status_code == 302
    assert "每位专家的姓名、工作单位、职称和意见" in page("tenderee", f"/owner/tenders/{told.tender_id}/")
    assert client("tenderee").post(address, given).status_code == 302
    assert single_source.parse(told.row.single_source) == stated()

    story.handed_in(told)
    supplier = cast.organisation(cast.PARTIES["builder1"].organisation).name
    checked = page("staff2", f"/centre/tenders/{told.tender_id}/")
    tender_services.publish_tender(actor=cast.actor("staff2"), tender_id=told.tender_id, at=told.published_at)
    body = told.row.notices.get().body["single_source"]
    assert (body["supplier"], body["reason"], body["ground"]) == (supplier, REASON, "ONLY_SOURCE")
    assert date.fromisoformat(body["shown_until"]) > local_day(told.published_at) + timedelta(days=4)
    published = page("", f"/tenders/{told.tender_id}/")
    for read in (checked, published):
        for words in (
            supplier, "佛山市禅城区季华五路8号", "只能从唯一供应商处采购", "政府采购法第三十一条第一项", "关敏",
            "佛山科学技术学院", "教授级高级工程师", "专利技术只有该供应商有权实施", "佛山市禅城区岭南大道12号",
            "佛山市财政局政府采购监管科", "0757-00000009",
        ):  # fmt: skip
            assert words in read, words
    assert body["shown_until"] in published
    reason = REASON
    assert MediaRelease.objects.count() == 1
    for language in ("zh-hans", "en"):
        read = page("", f"/tenders/{told.tender_id}/", language)
        assert supplier in read
        assert reason in read
    assert told.row.title in page("", "/tenders/")
    assert client("builder2").post(f"/tenders/{told.tender_id}/take/").status_code >= 400
    objection = f"/sections/{told.section_id}/object/"
    assert objection in page("builder2", f"/tenders/{told.tender_id}/"), "any supplier may object (第三十九条)"
    assert client("builder1").post(f"/tenders/{told.tender_id}/take/").status_code == 302
    assert "截止后将邀请您报价或谈判" in page("builder1", "/workspace/")


@pytest.mark.parametrize("code", ["GOV_SINGLE_SOURCE", "SOE_DIRECT"])
def test_one_supplier_alone_from_the_talks_to_the_contract_and_its_pages(code: str) -> None:
    told, at = opened(code)
    price = Decimal("10900000.00")
    if code == "GOV_SINGLE_SOURCE":
        final = begin(told, RoundKind.FINAL, at)
        services.hand_in_offer(
            actor=cast.actor("builder1"), round_id=final, price=price, words="按协商结果报价。", at=at
        )
        at += timedelta(hours=1)
        assert services.close_rounds(at) == 1
        assert results.final_prices(told.section_id) == {number("builder1"): price}
        assert "10,900,000" in page("tenderee", f"/owner/sections/{told.section_id}/rounds/")
        assert "按协商结果报价" in page("builder1", f"/sections/{told.section_id}/offer/")
    line = ReportLine(number("builder1"), 1, price, Decimal(95), "协商小组意见：价格合理")
    until = shown(told, at, [line])
    address = f"/sections/{told.section_id}/result/"
    assert cast.organisation(cast.PARTIES["builder1"].organisation).name in page("", address)
    contracted(told, until)
    assert "10,900,000" in page("", address, "en")
    assert TenderNotice.objects.filter(tender_id=told.tender_id, kind="CONTRACT").exists()


def paper_text(told: Told, kind: str) -> str:
    """The words of the newest paper of the section's award."""
    paper = papers.newest(f"award:{results.awards_of(told.section_id)[0].id}", kind)
    assert paper is not None
    content = b"".join(
        vault.open_document(actor=SYSTEM, document_id=paper.document_id, at=now(), decision=ALLOWED).chunks
    )
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return done.stdout.decode()


def contracted(told: Told, at: datetime) -> None:
    """The award letter, then the contract, signed by both sides."""
    owner = cast.actor("tenderee")
    (award_id,) = services.award_section(
        actor=owner, section_id=told.section_id, line_ids=[first_line(told.section_id)], at=at
    )
    signed(f"award:{award_id}", AWARD_LETTER, {"owner": "tenderee"}, at=at)
    services.draw_contract(actor=owner, award_id=award_id, at=at)
    signed(f"award:{award_id}", TENDER_CONTRACT, {"owner": "tenderee", "winner": "builder1"}, at=at)
    assert tenders.section_terms(told.section_id).state is SectionState.CONTRACTED


def test_land_by_tender_shows_what_is_granted_and_by_whom_from_notice_to_contract() -> None:
    told, at = opened("LAND_OPEN")
    body = told.row.notices.order_by("pk")[0].body
    assert [(one["kind"], one["right"]) for one in body["sections"]] == [
        ("RIGHTS", {"use": "INDUSTRIAL", "area": "12000.5", "unit": "M2", "years": "50", "start_price": "10000000.00"})
    ]
    read = page("", f"/tenders/{told.tender_id}/")
    for words in (
        "土地使用权或其他权利出让", "工业用地", "12,000.50 平方米 · 50年", "起始价", "10,000,000", "评估价",
        "<dt>出让人</dt>", "容积率1.0至2.5", "公开招标出让", "国土资源部令第39号",
    ):  # fmt: skip
        assert words in read, words
    assert "<dt>招标人</dt>" not in read
    english = page("", f"/tenders/{told.tender_id}/", "en")
    for words in (
        "Land or another right that is granted", "industrial land", "12,000.50 m² · 50 years", "Start price",
        "Grantor of the right",
    ):  # fmt: skip
        assert words in english, words
    low = [replace(line, price=Decimal("9999999.99")) if line.rank == 1 else line for line in lines_of()]
    with pytest.raises(ReportInvalid):
        shown(told, at, low)

    until = shown(told, at, lines_of())
    address = f"/sections/{told.section_id}/result/"
    assert "出让人：" in page("", address)
    assert "Grantor of the right: " in page("", address, "en")
    contracted(told, until)
    assert "11,000,000" in page("", address)
    for kind, written_there in (
        (AWARD_LETTER, ("出让人", "中标人", "12,000.50 平方米", "国土资源部令第39号第二十条")),
        (TENDER_CONTRACT, ("出让人（甲方）", "受让人（乙方）", "工业用地", "国土资源部令第39号第二十一条")),
    ):
        written = paper_text(told, kind)
        assert [one for one in written_there if one not in written] == [], kind
        assert "招标人" not in written


def test_the_owners_page_of_a_land_section_asks_for_numbers_and_says_what_breaks_a_rule() -> None:
    told = story.drafted("LAND_OPEN", at=now() + timedelta(days=1))
    address = f"/owner/tenders/{told.tender_id}/sections/{told.section_id}/"
    read = page("tenderee", address)
    for words in ('name="right_area"', "12000.5", "评估价", "居住用地 70", "起始价"):
        assert words in read, words
    assert "资质等级" not in read
    given = {
        "title": "夏南路地块", "scope": "容积率1.0至2.5。", "kind": "RIGHTS", "price_kind": "AMOUNT",
        "estimate": "12000000", "right_use": "COMMERCIAL", "right_area": "8000.25", "right_unit": "M2",
        "right_years": "41", "start_price": "9000000", "bond": "1800000",
    }  # fmt: skip
    refused = client("tenderee").post(address, given)
    assert refused.status_code == 400
    assert "年限41年超过最高40年（城镇国有土地使用权出让和转让暂行条例第十二条）" in refused.content.decode()
    short = client("tenderee").post(address, {**given, "right_years": "40", "bond": "1799999.99"})
    assert "保证金不得低于1800000元" in short.content.decode()
    assert client("tenderee").post(address, {**given, "right_years": "40"}).status_code == 302
    right = told.row.sections.get().right
    assert right is not None
    assert (right.use, right.area, right.years, right.start_price) == (
        "COMMERCIAL",
        Decimal("8000.25"),
        40,
        Decimal(9_000_000),
    )


def test_a_notice_calls_itself_by_its_procedure_and_says_when_bidders_defend_their_plan() -> None:
    for code, words, strange in (
        ("SOE_DIRECT", ("单一来源（直接采购）公示", "采购文件获取截止", "响应截止", "采购中"), ("招标公告", "招标中")),
        ("GOV_CONSULTATION", ("采购公告", "响应截止及开启", "采购中"), ("招标公告", "招标中", "投标截止及开标")),
        ("LAND_OPEN", ("出让公告", "投标截止及开标", "招标中"), ("招标公告", "现场答辩")),
        ("PROPERTY_OPEN", ("招标公告", "现场答辩", "按抽签顺序"), ("采购公告",)),
    ):
        asked = ("builder1",) if code == "SOE_DIRECT" else ()
        told = story.published(code, at=now() - timedelta(days=9), invited=asked)
        read = page("", f"/tenders/{told.tender_id}/")
        read = read[read.index("<main") : read.index("</main>")]
        assert [one for one in words if one not in read] == [], code
        assert [one for one in strange if one in read] == [], code


def test_who_names_no_supplier_reads_that_one_is_missing_and_not_that_more_are_to_be_invited() -> None:
    told = story.drafted("SOE_DIRECT", at=now() + timedelta(days=1), invited=())

    read = page("tenderee", f"/owner/tenders/{told.tender_id}/")

    assert "唯一供应商（仅限一家）" in read
    assert "足够的受邀投标人" not in read
