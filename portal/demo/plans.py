"""A tender of the demo city as a plan of a few facts, and the way from there to its notice, by the usual services."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from bidding.profiles import queries as profiles
from bidding.profiles.domain.vocabulary import Sector, Switch
from bidding.tenders import services as tenders
from bidding.tenders.domain.completeness import items_for
from bidding.tenders.domain.reserves import Reserve
from bidding.tenders.domain.rights import Right
from bidding.tenders.domain.sections import CallOffMethod, SectionTermsDraft
from bidding.tenders.domain.single_source import SingleSource
from commons.domain.deadlines import local_day
from commons.domain.time import SHANGHAI
from portal.demo.cast import PARTIES, REGION, actor, organisation_id

OFFICERS = ("officer1", "officer2", "officer3")
BUILDERS = ("builder1", "builder2", "builder3")
MEDIA = ("中国招标投标公共服务平台", "广东省招标投标监管网")


@dataclass(frozen=True, slots=True)
class TenderPlan:
    """One tender: by which procedure, for whom, how many sections, when it came out."""

    title: str
    profile: str
    sector: Sector
    owner: str
    kind: str
    estimates: tuple[str, ...]
    published_at: datetime
    deadline: datetime
    description: str = ""
    roster_id: int = 0
    award: str = ""
    bond_share: Decimal = Decimal("0.015")
    sme_reserved: bool = False
    invited: tuple[str, ...] = field(default=BUILDERS)
    in_the_morning: bool = True
    """Whether bids end at half past nine of that day, as offices like it."""
    awards: int = 1
    call_offs: CallOffMethod = CallOffMethod.DIRECT
    grades: tuple[str, ...] = ()
    qualified_maximum: int | None = None
    single_source: SingleSource | None = None
    right: Right | None = None
    reserve: str = ""
    """The secret reserve of the right, in yuan."""


def publish(plan: TenderPlan) -> int:
    """Drafted, checked and published by three persons; the tender's number."""
    tender_id = draft(plan, at=plan.published_at - timedelta(days=4))
    owner, before = actor(plan.owner), plan.published_at - timedelta(days=2)
    tenders.submit_tender(actor=owner, tender_id=tender_id, at=before)
    profile = profiles.profile(plan.profile, on=local_day(before)).profile
    found = {item.code: True for item in items_for(profile)}
    tenders.pass_check(actor=actor("staff"), tender_id=tender_id, found=found, at=before)
    tenders.publish_tender(actor=actor("staff2"), tender_id=tender_id, at=plan.published_at)
    return tender_id


def draft(plan: TenderPlan, *, at: datetime) -> int:
    """Plan, project, facts, sections, document, award method and officers."""
    owner = actor(plan.owner)
    total = sum((Decimal(one) for one in plan.estimates), Decimal(0))
    year = local_day(plan.published_at).year
    facts = tenders.PlanFacts(year, f"JH{year}-{plan.title[:4]}", plan.title, plan.sector, total, "财政资金与自筹")
    plan_id = tenders.enter_plan(actor=owner, facts=facts, at=at - timedelta(days=40))
    project = tenders.ProjectFacts(
        plan.title, plan.sector, REGION, total, "佛山市发展和改革局", f"佛发改投审〔{year}〕{plan_id + 30}号", plan_id
    )
    project_id = tenders.open_project(actor=owner, facts=project, at=at - timedelta(days=30))
    tender_id = tenders.draft_tender(
        actor=owner, project_id=project_id, profile_code=plan.profile, facts=_facts(plan), at=at
    )
    for number, estimate in enumerate(plan.estimates, 1):
        section_id = tenders.add_section(
            actor=owner, tender_id=tender_id, terms=_section(plan, number, estimate), at=at
        )
        if plan.reserve:
            decided = at - timedelta(days=5)
            reserve = Reserve(
                Decimal(plan.reserve), "佛山市土地出让协调决策机构", f"佛土决〔{year}〕4号", local_day(decided)
            )
            tenders.state_reserve(actor=owner, section_id=section_id, reserve=reserve, at=at)
    tenders.fill_document(actor=owner, tender_id=tender_id, at=at)
    tenders.choose_award(actor=owner, tender_id=tender_id, method=plan.award, parameters={}, at=at)
    profile = profiles.profile(plan.profile, on=local_day(at)).profile
    if profile.has(Switch.SEALED):
        tenders.choose_roster(actor=owner, tender_id=tender_id, roster_id=plan.roster_id, at=at)
    if profile.has(Switch.INVITATION):
        asked = [organisation_id(PARTIES[key].organisation) for key in plan.invited]
        tenders.invite(actor=owner, tender_id=tender_id, organisation_ids=asked, at=at)
    if plan.single_source is not None:
        tenders.state_single_source(actor=owner, tender_id=tender_id, said=plan.single_source, at=at)
    if profile.has(Switch.FILING):
        filed = local_day(plan.published_at - timedelta(days=20))
        tenders.file_notice(
            actor=owner,
            tender_id=tender_id,
            authority="佛山市住房和城乡建设局",
            number=f"佛物招备〔{year}〕6号",
            filed_on=filed,
            at=at,
        )
    return tender_id


def half_past_nine(at: datetime) -> datetime:
    """The morning of that day in Shanghai, when offices open bids."""
    return at.astimezone(SHANGHAI).replace(hour=9, minute=30, second=0, microsecond=0)


def _facts(plan: TenderPlan) -> tenders.TenderFacts:
    opening = half_past_nine(plan.deadline) if plan.in_the_morning else plan.deadline
    days = (opening - plan.published_at).days
    return tenders.TenderFacts(
        title=plan.title,
        description=plan.description,
        contact_name=PARTIES[plan.owner].name,
        contact_phone="0757-00000002",
        applications_end_at=half_past_nine(plan.published_at + timedelta(days=14)),
        documents_until=half_past_nine(plan.published_at + timedelta(days=days - 3)),
        bid_deadline=opening,
        designated_media=MEDIA,
        consortium_allowed=True,
        sme_reserved=plan.sme_reserved,
        qualified_maximum=plan.qualified_maximum,
    )


def _section(plan: TenderPlan, number: int, estimate: str) -> SectionTermsDraft:
    amount = Decimal(estimate)
    return SectionTermsDraft(
        title=f"第{number}标段",
        scope=f"{plan.title}的全部内容" if len(plan.estimates) == 1 else f"{plan.title}第{number}部分",
        kind=plan.kind,
        estimate=amount,
        price_kind="AMOUNT",
        ceiling=None if plan.right else (amount * Decimal("0.98")).quantize(Decimal("0.01")),
        bond=(amount * plan.bond_share).quantize(Decimal("0.01")) if plan.bond_share else None,
        awards=plan.awards,
        call_offs=plan.call_offs,
        grades=plan.grades,
        right=plan.right,
    )
