"""Tenders of the demo city, led through the same services that people use, at instants of the past."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import cast

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key

from bidding.awards import services as awards
from bidding.awards.domain.reports import ReportLine
from bidding.bids import services as bids
from bidding.bids.services.consortia import Said
from bidding.profiles.domain.vocabulary import Sector
from bidding.tenders import services as tenders
from bidding.tenders.queries import published_tender, section_terms
from commons.pdf import services as pdf
from commons.secrecy.fields import Party
from commons.vault import services as vault
from exchange.deposits import queries as deposits
from exchange.deposits.domain.states import Purpose
from portal.demo.authority.city import CityAuthority
from portal.demo.authority.signing import sign_as
from portal.demo.bank import pay
from portal.demo.cast import PARTIES, actor, organisation_id, uscc
from portal.demo.plans import BUILDERS, OFFICERS, TenderPlan, draft, half_past_nine, publish
from signatures.crypto.certificates import holder_key
from signatures.envelopes import queries as envelope_queries
from signatures.envelopes import services as envelopes
from signatures.envelopes.domain.encoding import to_base64
from signatures.envelopes.domain.slots import unwrap_kek
from signatures.guarantees.domain.terms import GuaranteeKind


def open_office(authority: CityAuthority, *, at: datetime) -> int:
    """Three officers with the keys of their certificates, of whom two open together; the roster's number."""
    members = [actor(key).person_id or 0 for key in OFFICERS]
    roster_id = envelopes.draft_roster(actor=actor("staff"), name="开标一组", members=members, k=2, at=at)
    for key in OFFICERS:
        who, officer = authority.holder(key), actor(key)
        seat = next(one for one in envelope_queries.my_seats(officer) if one.roster_id == roster_id)
        slot = envelopes.enrol_key(
            actor=officer, seat_id=seat.id, spki=holder_key(who.certificate), kept_on="certificate", at=at
        )
        private = cast(EllipticCurvePrivateKey, load_der_private_key(who.key, password=None))
        envelopes.try_key(actor=officer, seat_id=seat.id, unlock_code=to_base64(unwrap_kek(slot, private)), at=at)
    envelopes.activate_roster(actor=actor("auditor"), roster_id=roster_id, at=at)
    return roster_id


def build_tenders(authority: CityAuthority, *, at: datetime) -> tuple[int, int]:
    """One tender for each thing to try: a draft, one that takes bids, one stopped, one with candidates.

    Gives the roster of the opening officers, and the tender that takes bids.
    """
    roster_id = open_office(authority, at=at - timedelta(days=60))
    takes_bids = works(roster_id, at)
    purchase(roster_id, at)
    prequalified(roster_id, at)
    property_management(roster_id, at)
    with_candidates(roster_id, at)
    drafted_only(roster_id, at)
    return roster_id, takes_bids


def works(roster_id: int, at: datetime) -> int:
    """Takes bids today: documents taken, a question answered with an addendum."""
    plan = TenderPlan(
        title="季华北路跨涌桥梁改造工程施工",
        profile="WORKS_OPEN",
        sector=Sector.WORKS,
        owner="tenderee",
        kind="WORKS",
        estimates=("38600000",),
        published_at=at - timedelta(days=9),
        deadline=at + timedelta(days=21),
        description="改造跨涌桥梁两座,含道路接线、管线迁改与绿化恢复。",
        roster_id=roster_id,
        award="floating",
        grades=("市政公用工程施工总承包二级",),
    )
    tender_id = publish(plan)
    for key in BUILDERS:
        tenders.take_documents(actor=actor(key), tender_id=tender_id, at=at - timedelta(days=8))
    number = tenders.ask(
        actor=actor("builder2"),
        tender_id=tender_id,
        text="工程量清单第二部分的沥青混凝土厚度与图纸不一致,以哪个为准?",
        at=at - timedelta(days=7),
    )
    tenders.publish_addendum(
        actor=actor("tenderee"),
        tender_id=tender_id,
        text="沥青混凝土面层厚度统一按图纸执行。",
        affects_bids=True,
        answers={number: "以图纸为准。"},
        at=at - timedelta(days=6),
    )
    tenders.ask(
        actor=actor("builder3"), tender_id=tender_id, text="施工临时用地的费用由哪一方承担?", at=at - timedelta(days=1)
    )
    return tender_id


def agree_on_consortium(authority: CityAuthority, tender_id: int, *, at: datetime) -> None:
    """Two builders share the bridges; the lead has signed, the other member has not yet."""
    section_id = published_tender(tender_id).sections[0].section_id
    said = [
        Said(uscc(PARTIES["builder1"].organisation), Decimal(65), "桥梁主体与道路接线", "市政公用工程施工总承包一级"),
        Said(uscc(PARTIES["builder2"].organisation), Decimal(35), "管线迁改与绿化恢复", "市政公用工程施工总承包二级"),
    ]
    lead = actor("builder1")
    number = bids.propose_consortium(actor=lead, section_id=section_id, said=said, at=at)
    sign_as(authority, "builder1", bids.request_agreement(actor=lead, agreement_id=number, at=at), at=at)


def ask_for_bond_guarantee(tender_id: int, issuer_id: int, *, at: datetime) -> str:
    """The third builder asks the bank to stand for its bond; the application waits for the bank's underwriter."""
    return bids.ask_for_bond_guarantee(
        actor=actor("builder3"),
        section_id=published_tender(tender_id).sections[0].section_id,
        issuer_id=issuer_id,
        kind=GuaranteeKind.INDEPENDENT,
        note="已办妥基本账户开户许可,近三年无违约记录。",
        at=at,
    )


def purchase(roster_id: int, at: datetime) -> None:
    """A purchase of two sections, one reserved; an objection has stopped its clock."""
    plan = TenderPlan(
        title="第九中学实验教学设备采购",
        profile="GOV_OPEN",
        sector=Sector.GOVERNMENT_PROCUREMENT,
        owner="purchaser",
        kind="GOODS",
        estimates=("2680000", "1460000"),
        published_at=at - timedelta(days=5),
        deadline=at + timedelta(days=24),
        roster_id=roster_id,
        award="low_price_first",
        bond_share=Decimal(0),
        sme_reserved=True,
    )
    tender_id = publish(plan)
    section = published_tender(tender_id).sections[0]
    tenders.raise_objection(
        actor=actor("supplier1"),
        section_id=section.section_id,
        text="参数要求中的振动台频率范围只有一家产品满足,请予修改。",
        at=at - timedelta(hours=20),
    )


def prequalified(roster_id: int, at: datetime) -> None:
    """Applications for prequalification come in today."""
    publish(
        TenderPlan(
            title="东平水厂二期扩建工程施工",
            profile="WORKS_PREQUALIFIED",
            sector=Sector.WORKS,
            owner="tenderee",
            kind="WORKS",
            estimates=("126000000", "54000000"),
            published_at=at - timedelta(days=2),
            deadline=at + timedelta(days=50),
            roster_id=roster_id,
            award="trimmed_mean",
            bond_share=Decimal("0.004"),
        )
    )


def property_management(roster_id: int, at: datetime) -> None:
    """Pre-phase property management, filed with the housing authority."""
    publish(
        TenderPlan(
            title="澜悦花园前期物业管理服务",
            profile="PROPERTY_OPEN",
            sector=Sector.PROPERTY_MANAGEMENT,
            owner="tenderee",
            kind="SERVICES",
            estimates=("5200000",),
            published_at=at - timedelta(days=4),
            deadline=at + timedelta(days=30),
            roster_id=roster_id,
            award="low_price_first",
            bond_share=Decimal(0),
        )
    )


def with_candidates(roster_id: int, at: datetime) -> None:
    """A comparison of offers whose candidates are shown since yesterday."""
    opened_at = half_past_nine(at - timedelta(days=2))
    plan = TenderPlan(
        title="城建开发公司2026年度沥青混合料采购",
        profile="SOE_COMPARISON_OPEN",
        sector=Sector.SOE_PROCUREMENT,
        owner="tenderee",
        kind="GOODS",
        estimates=("8800000",),
        published_at=at - timedelta(days=16),
        deadline=opened_at,
        roster_id=roster_id,
        award="low_price_first",
    )
    tender_id = publish(plan)
    for key in BUILDERS:
        tenders.take_documents(actor=actor(key), tender_id=tender_id, at=at - timedelta(days=14))
    section_id = published_tender(tender_id).sections[0].section_id
    pay_bonds(section_id, at=at - timedelta(days=10))
    tenders.begin_opening(actor=actor("host"), section_id=section_id, at=opened_at)
    bidders = [organisation_id(PARTIES[key].organisation) for key in BUILDERS]
    bids.open_bonds(actor=actor("host"), terms=section_terms(section_id), organisation_ids=bidders, at=opened_at)
    tenders.end_opening(actor=actor("host"), section_id=section_id, at=opened_at + timedelta(hours=1))
    prices = {"builder1": ("8420000", "93.50"), "builder2": ("8540000", "88.20"), "builder3": ("8610000", "84.00")}
    review(section_id, prices, at=opened_at + timedelta(hours=5))
    awards.publish_candidates(actor=actor("tenderee"), section_id=section_id, at=at - timedelta(days=1))


def review(section_id: int, prices: Mapping[str, tuple[str, str]], *, at: datetime, owner: str = "tenderee") -> None:
    """The committee's report, by rank: each bidder's price and score; entered, and confirmed by the centre."""
    report = vault.store(
        actor=actor(owner),
        stream=[pdf.render("portal/demo/decision.html", {"title": "评审报告", "decision_no": "评审", "lots": ()})],
        name="report.pdf",
        media_type="application/pdf",
        at=at,
        subject=f"evaluation-report:{section_id}",
    )
    lines = [
        ReportLine(
            organisation_id(PARTIES[key].organisation),
            rank,
            Decimal(price),
            Decimal(score),
            "报价、供货方案与业绩综合得分",
        )
        for rank, (key, (price, score)) in enumerate(prices.items(), 1)
    ]
    report_id = awards.enter_report(
        actor=actor(owner), section_id=section_id, lines=lines, document_id=report.id, at=at
    )
    awards.confirm_report(actor=actor("staff"), report_id=report_id, at=at + timedelta(hours=1))


def pay_bonds(section_id: int, bidders: Sequence[str] = BUILDERS, *, at: datetime) -> None:
    """Each bidder's bond in money, on an account of its own, from its basic account."""
    for key in bidders:
        bids.expect_bond(actor=actor(key), section_id=section_id, at=at)
    parties = {PARTIES[key].organisation: organisation_id(PARTIES[key].organisation) for key in bidders}
    waiting = [
        (name, deposits.security_of(Purpose.BOND, Party(section_id, number))) for name, number in parties.items()
    ]
    pay([(name, money) for name, money in waiting if money is not None], at=at + timedelta(hours=2))


def drafted_only(roster_id: int, at: datetime) -> None:
    """A draft with a clause that looks discriminatory: the owner answers or changes it."""
    plan = TenderPlan(
        title="桂城排水管网修复工程施工",
        profile="WORKS_OPEN",
        sector=Sector.WORKS,
        owner="tenderee",
        kind="WORKS",
        estimates=("9600000",),
        published_at=at + timedelta(days=3),
        deadline=at + timedelta(days=40),
        roster_id=roster_id,
        award="weighted",
    )
    tender_id = draft(plan, at=at - timedelta(days=1))
    content, version = tenders.draft_content(actor=actor("tenderee"), tender_id=tender_id)
    for clause in content["clauses"]:
        if (clause["chapter"], clause["number"]) == ("QUALIFICATION", "1"):
            clause["text"] += "投标人须在本市注册或设有分公司。"
    tenders.save_document(
        actor=actor("tenderee"), tender_id=tender_id, content=content, version=version, at=at - timedelta(hours=3)
    )
