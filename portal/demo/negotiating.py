"""A consultation of the demo city: its first round of offers is opened, the final one takes sealed offers now."""

import json
from datetime import datetime, timedelta

from bidding.awards import queries as award_queries
from bidding.awards import services as awards
from bidding.awards.domain.offers import FORMAT, NAME
from bidding.awards.domain.rounds import RoundKind
from bidding.profiles.domain.vocabulary import Sector
from bidding.tenders import services as tenders
from bidding.tenders.queries import published_tender
from portal.demo.authority.city import CityAuthority
from portal.demo.cast import actor
from portal.demo.plans import BUILDERS, TenderPlan, publish
from portal.demo.sealing import hand_in, open_intake

FINAL_LASTS = timedelta(minutes=45)
"""Long enough to make an offer, short enough to see it opened."""
FIRST_OFFERS = ("7940000.00", "7985000.00", "7890000.00")


def consult(authority: CityAuthority, roster_id: int, *, at: datetime) -> None:
    """First offers opened yesterday, a round of talks since, and the final offers: a supplier can make one."""
    opened_at = at - timedelta(days=1)
    plan = TenderPlan(
        title="城市生命线监测平台建设服务",
        profile="GOV_CONSULTATION",
        sector=Sector.GOVERNMENT_PROCUREMENT,
        owner="purchaser",
        kind="SERVICES",
        estimates=("8200000",),
        published_at=opened_at - timedelta(days=16),
        deadline=opened_at,
        description="燃气、供水、排水管网与桥梁的监测设备、平台及三年运维。",
        roster_id=roster_id,
        award="low_price_first",
        in_the_morning=False,
    )
    tender_id = publish(plan)
    for key in BUILDERS:
        tenders.take_documents(actor=actor(key), tender_id=tender_id, at=opened_at - timedelta(days=14))
    section_id = published_tender(tender_id).sections[0].section_id
    tenders.begin_opening(actor=actor("host"), section_id=section_id, at=opened_at)
    tenders.end_opening(actor=actor("host"), section_id=section_id, at=opened_at + timedelta(minutes=40))
    _talk(authority, section_id, at=opened_at + timedelta(hours=1))
    _open_round(section_id, RoundKind.FINAL, "请按磋商后的需求提交最后报价和承诺。", at=at, lasts=FINAL_LASTS)


def _talk(authority: CityAuthority, section_id: int, *, at: datetime) -> None:
    """A round of two hours, to which everybody answered."""
    lasts = timedelta(hours=2)
    intake_id = _open_round(
        section_id, RoundKind.TALK, "平台须接入市级数据底座，运维由两年改为三年。", at=at, lasts=lasts
    )
    for number, (key, price) in enumerate(zip(BUILDERS, FIRST_OFFERS, strict=True), 1):
        offer = {"format": FORMAT, "price": price, "words": "响应全部需求，提供三年驻场运维。"}
        content = json.dumps(offer, ensure_ascii=False).encode()
        hand_in(authority, intake_id, key, [(NAME, content)], at=at + timedelta(minutes=17 * number))
    over = at + lasts + timedelta(seconds=20)
    awards.close_rounds(over)
    open_intake(authority, intake_id, BUILDERS, at=over + timedelta(minutes=4))
    awards.close_rounds(over + timedelta(minutes=5))


def _open_round(section_id: int, kind: RoundKind, words: str, *, at: datetime, lasts: timedelta) -> int:
    """The number of its sealed intake."""
    awards.open_round(
        actor=actor("purchaser"), section_id=section_id, kind=kind, words=words, closes_at=at + lasts, at=at
    )
    intake_id = award_queries.rounds_of(section_id)[-1].intake_id
    assert intake_id is not None, "a consultation seals its offers"
    return intake_id
