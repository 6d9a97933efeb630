"""A framework of the demo city: two suppliers, a purchase that they competed for, and one that takes quotes now."""

import json
from datetime import datetime, timedelta
from decimal import Decimal

from bidding.awards import queries as award_queries
from bidding.awards import services as awards
from bidding.awards.domain.offers import FORMAT, NAME
from bidding.awards.queries import call_offs
from bidding.profiles.domain.vocabulary import Sector
from bidding.tenders import services as tenders
from bidding.tenders.domain.sections import CallOffMethod
from bidding.tenders.queries import published_tender
from portal.demo.authority.city import CityAuthority
from portal.demo.authority.signing import sign_as
from portal.demo.cast import actor
from portal.demo.plans import BUILDERS, TenderPlan, half_past_nine, publish
from portal.demo.sealing import hand_in, open_intake
from portal.demo.tenders import review
from signatures.documents import queries as papers
from signatures.documents import services as documents

SUPPLIERS = BUILDERS[:2]
QUOTES_LAST = timedelta(minutes=50)
PRICES = {"builder1": ("3920000", "92.00"), "builder2": ("3980000", "90.50"), "builder3": ("4060000", "86.00")}
QUOTES = {"builder1": "176800.00", "builder2": "171500.00"}


def framework(authority: CityAuthority, roster_id: int, *, at: datetime) -> None:
    """Small repairs of streets: awarded a month ago, called off last week, and again today."""
    opened_at = half_past_nine(at - timedelta(days=40))
    plan = TenderPlan(
        title="市政设施小修保养服务框架协议采购",
        profile="GOV_FRAMEWORK",
        sector=Sector.GOVERNMENT_PROCUREMENT,
        owner="purchaser",
        kind="SERVICES",
        estimates=("4200000",),
        published_at=opened_at - timedelta(days=25),
        deadline=opened_at,
        description="人行道、护栏、检查井盖等市政设施的小修与保养，按批次下单，框架期一年。",
        roster_id=roster_id,
        award="low_price_first",
        bond_share=Decimal(0),
        awards=len(SUPPLIERS),
        call_offs=CallOffMethod.COMPETITION,
    )
    tender_id = publish(plan)
    for key in BUILDERS:
        tenders.take_documents(actor=actor(key), tender_id=tender_id, at=opened_at - timedelta(days=20))
    section_id = published_tender(tender_id).sections[0].section_id
    tenders.begin_opening(actor=actor("host"), section_id=section_id, at=opened_at)
    tenders.end_opening(actor=actor("host"), section_id=section_id, at=opened_at + timedelta(hours=1))
    review(section_id, PRICES, at=opened_at + timedelta(hours=5), owner="purchaser")
    _contract(authority, section_id, at=opened_at + timedelta(days=2))
    _bought(authority, section_id, roster_id, at=at - timedelta(days=7))
    _ask(section_id, roster_id, "汾江中路检查井盖更换（第二批）", ("96000", "97500"), lasts=QUOTES_LAST, at=at)


def _contract(authority: CityAuthority, section_id: int, *, at: datetime) -> None:
    """Candidates shown, both awarded, letters and contracts signed."""
    owner, after = actor("purchaser"), at + timedelta(days=5)
    awards.publish_candidates(actor=owner, section_id=section_id, at=at)
    lines = award_queries.reports_of(section_id)[0].lines.filter(rank__in=(1, 2)).order_by("rank")
    chosen = list(lines.values_list("pk", flat=True))
    given = awards.award_section(actor=owner, section_id=section_id, line_ids=chosen, at=after)
    for award_id, winner in zip(given, SUPPLIERS, strict=True):
        _sign(authority, award_id, awards.AWARD_LETTER, {"owner": "purchaser"}, at=after)
        awards.draw_contract(actor=owner, award_id=award_id, at=after)
        both = {"owner": "purchaser", "winner": winner}
        _sign(authority, award_id, awards.TENDER_CONTRACT, both, at=after + timedelta(hours=2))


def _sign(authority: CityAuthority, award_id: int, kind: str, signers: dict[str, str], *, at: datetime) -> None:
    paper = papers.newest(f"award:{award_id}", kind)
    assert paper is not None, "drawn in the step before"
    documents.certify(paper_id=paper.id, at=at)
    for field, login in signers.items():
        session = documents.ask(actor=actor(login), paper_id=paper.id, field=field, return_url="/papers/", at=at)
        sign_as(authority, login, session, at=at)


def _bought(authority: CityAuthority, section_id: int, roster_id: int, *, at: datetime) -> None:
    """A competition of two hours, to which both quoted: the lower quote supplies."""
    lasts = timedelta(hours=2)
    intake_id = _ask(section_id, roster_id, "季华路人行道修复（第一批）", ("178000", "179500"), lasts=lasts, at=at)
    for number, key in enumerate(SUPPLIERS, 1):
        offer = {"format": FORMAT, "price": QUOTES[key], "words": "接单后三日内进场，夜间施工，质保两年。"}
        content = json.dumps(offer, ensure_ascii=False).encode()
        hand_in(authority, intake_id, key, [(NAME, content)], at=at + timedelta(minutes=19 * number))
    over = at + lasts + timedelta(seconds=20)
    awards.close_competitions(over)
    open_intake(authority, intake_id, SUPPLIERS, at=over + timedelta(minutes=4))
    awards.close_competitions(over + timedelta(minutes=5))


def _ask(
    section_id: int, roster_id: int, title: str, ceilings: tuple[str, ...], *, lasts: timedelta, at: datetime
) -> int:
    """Both suppliers are asked, each with what it costs at its agreed prices; the number of the sealed intake."""
    standing = call_offs.suppliers_of(section_id)
    awards.open_competition(
        actor=actor("purchaser"),
        section_id=section_id,
        need=awards.Need(title, "按框架协议的单价清单与合同文本实施，含材料、围挡与夜间施工。", at + lasts),
        ceilings={one.award_id: Decimal(most) for one, most in zip(standing, ceilings, strict=True)},
        roster_id=roster_id,
        at=at,
    )
    intake_id = call_offs.competitions_of(section_id)[0].intake_id
    assert intake_id is not None, "given with the competition"
    return intake_id
