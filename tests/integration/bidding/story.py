"""Tenders for tests, led through the services from the plan to the notice."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from bidding.profiles import queries as profiles
from bidding.profiles.domain.vocabulary import LimitName, Sector, Switch
from bidding.tenders import services
from bidding.tenders.domain.completeness import items_for
from bidding.tenders.domain.rights import AreaUnit, Right, RightUse
from bidding.tenders.domain.sections import SectionTermsDraft
from bidding.tenders.models import Tender
from bidding.tenders.services import PlanFacts, ProjectFacts, TenderFacts
from commons.domain.deadlines import local_day
from commons.domain.time import SHANGHAI
from tests import cast
from tests.integration.signatures.envelopes.story import Story, ceremony
from tests.single_source import single_source

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""A Monday morning in Shanghai: the tender is published."""
REGION = "440600"


@dataclass
class Told:
    """What a story needs to know of its tender."""

    tender_id: int
    section_ids: list[int]
    officers: Story | None
    published_at: datetime
    bid_deadline: datetime
    owner: str = "tenderee"
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def section_id(self) -> int:
        return self.section_ids[0]

    @property
    def row(self) -> Tender:
        return Tender.objects.select_related("project").get(pk=self.tender_id)


def drafted(
    profile_code: str = "WORKS_OPEN",
    *,
    owner: str = "tenderee",
    sections: int = 1,
    at: datetime = AT,
    invited: tuple[str, ...] = ("builder1", "builder2", "builder3"),
    officers: Story | None = None,
) -> Told:
    """A tender that is ready to be handed in."""
    profile = profiles.profile(profile_code, on=local_day(at)).profile
    actor, before = cast.actor(owner), at - timedelta(days=30)
    plan = PlanFacts(2026, f"JH-{profile_code}-{at:%d%H}", "年度计划", profile.sector, Decimal("90000000"), "财政资金")
    plan_id = services.enter_plan(actor=actor, facts=plan, at=before)
    facts = ProjectFacts(
        "季华路改造工程", Sector(profile.sector), REGION, Decimal("50000000"), "市发改局", "佛发改〔2026〕8号", plan_id
    )
    project_id = services.open_project(actor=actor, facts=facts, at=before)
    deadline = at + timedelta(days=45)
    tender_id = services.draft_tender(
        actor=actor, project_id=project_id, profile_code=profile_code, facts=tender_facts(at, deadline), at=before
    )
    count = [
        services.add_section(actor=actor, tender_id=tender_id, terms=section(profile_code, number), at=before)
        for number in range(1, sections + 1)
    ]
    services.fill_document(actor=actor, tender_id=tender_id, at=before)
    services.choose_award(
        actor=actor, tender_id=tender_id, method=profile.formulas[0].formula, parameters={}, at=before
    )
    if profile.has(Switch.SEALED):
        officers = officers or ceremony(at=before)
        services.choose_roster(actor=actor, tender_id=tender_id, roster_id=officers.roster_id, at=before)
    if profile.has(Switch.INVITATION):
        numbers = [cast.organisation(cast.PARTIES[key].organisation).pk for key in invited]
        services.invite(actor=actor, tender_id=tender_id, organisation_ids=numbers, at=before)
    if profile.is_single_source:
        services.state_single_source(actor=actor, tender_id=tender_id, said=single_source(), at=before)
    if profile.has(Switch.FILING):
        filed = date(2026, 2, 2)
        services.file_notice(
            actor=actor,
            tender_id=tender_id,
            authority="市住建局",
            number="物招备〔2026〕3号",
            filed_on=filed,
            at=before,
        )
    return Told(tender_id, count, officers, at, deadline, owner)


def tender_facts(at: datetime, deadline: datetime) -> TenderFacts:
    return TenderFacts(
        title="季华路改造工程施工",
        description="道路改造",
        contact_name="冼招",
        contact_phone="0757-00000000",
        applications_end_at=at + timedelta(days=14),
        documents_until=at + timedelta(days=40),
        bid_deadline=deadline,
        designated_media=("中国招标投标公共服务平台",),
        consortium_allowed=True,
    )


def local(at: datetime | None) -> str:
    """An instant as a browser's field sends it."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M") if at else ""


RIGHT = Right(RightUse.INDUSTRIAL, Decimal("12000.50"), AreaUnit.M2, 50, Decimal(10_000_000))


def section(profile_code: str, number: int = 1) -> SectionTermsDraft:
    works, land = profile_code.startswith("WORKS"), profile_code.startswith("LAND")
    return SectionTermsDraft(
        title=f"第{number}标段",
        scope="桂城街道夏南路东侧地块，容积率1.0至2.5。" if land else "全部内容",
        kind="WORKS" if works else "RIGHTS" if land else "SERVICES",
        estimate=Decimal("12000000"),
        price_kind="AMOUNT",
        ceiling=Decimal("11800000"),
        bond=Decimal("200000") if works else Decimal("2000000") if land else None,
        right=RIGHT if land else None,
    )


def handed_in(told: Told) -> Told:
    """Submitted and passed by the centre's first person."""
    before = told.published_at - timedelta(days=2)
    services.submit_tender(actor=cast.actor(told.owner), tender_id=told.tender_id, at=before)
    profile = profiles.profile(told.row.profile_code, on=local_day(before)).profile
    found = {item.code: True for item in items_for(profile)}
    services.pass_check(actor=cast.actor("staff"), tender_id=told.tender_id, found=found, at=before)
    return told


def published(profile_code: str = "WORKS_OPEN", **options: Any) -> Told:
    """Out, by the centre's second person."""
    told = handed_in(drafted(profile_code, **options))
    services.publish_tender(actor=cast.actor("staff2"), tender_id=told.tender_id, at=told.published_at)
    return told


def limit_days(told: Told, name: LimitName) -> int:
    limit = profiles.from_snapshot(told.row.profile).limit(name)
    assert limit is not None
    return limit.count
