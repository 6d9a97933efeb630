"""Selections of the demo city: one service finished and rated, one under contract, a draw and a room that wait."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256

from commons.domain.actor import Actor
from marketplace.catalogue.domain.requirements import parse
from marketplace.credit import services as credit
from marketplace.credit.domain.ratings import Side
from marketplace.fulfilment import queries as engagements
from marketplace.fulfilment import services as fulfilment
from marketplace.fulfilment.services import MilestonePlan
from marketplace.procurement import services as procurements
from marketplace.procurement.domain.methods import FundSource, Method
from marketplace.procurement.domain.needs import NeedFacts
from marketplace.selection import queries as selections
from marketplace.selection import services as selecting
from marketplace.signups import services as signups
from portal.demo.cast import actor
from portal.demo.supermarket import agency_actor, base_need
from signatures.draws import services as draws
from signatures.draws.domain import hs1

AGO = timedelta(days=12)
BEGAN = timedelta(hours=5)
"""After the city's other draw, so that its checkpoints stand in the order of their instants."""


def select_and_serve(items: dict[str, int], *, at: datetime) -> None:
    """Selections that were decided this morning, and two that visitors can finish."""
    survey = replace(
        base_need(items), item_id=items["ZJ-B-001"], requirement=parse("SURVEY@2"), fund=FundSource.SOCIAL,
        ceiling_price=Decimal("80000.00"), floor_price=Decimal("30000.00"), method=Method.LOWEST_PRICE,
    )  # fmt: skip
    fixed = replace(survey, floor_price=None, method=Method.LOTTERY)
    bidders = (actor("agency2"), agency_actor(3))
    done = _signed(replace(survey, title="汾江路道路工程放线测量"), bidders, ("52000.00", "47800.00"), at)
    running = _signed(replace(survey, title="魁奇路雨污分流工程测量"), bidders, ("43500.00", "51000.00"), at)
    drawn = _signed(replace(fixed, title="同济西路人行天桥测量"), bidders, (None, None), at)
    began = at - BEGAN
    selecting.advance_due(began)
    _draw(drawn, began)
    fulfilment.advance_due(began + timedelta(minutes=40))
    _finish(done, agency_actor(3), at)
    _contract(running, actor("agency2"), at - timedelta(hours=2))
    _waiting(survey, fixed, bidders, at)


def _waiting(survey: NeedFacts, fixed: NeedFacts, bidders: tuple[Actor, Actor], at: datetime) -> None:
    """A lottery for which owner1 makes its secret, and a live room that opens in minutes: the clock begins both."""
    live = replace(survey, title="绿景路管线探测", method=Method.LIVE_BIDDING, bid_step=Decimal("500.00"))
    _signed(replace(fixed, title="体育西路地形图测绘"), bidders, (None, None), at)
    _signed(live, bidders, (None, None), at)


def _signed(need: NeedFacts, who: tuple[Actor, Actor], quotes: tuple[str | None, str | None], at: datetime) -> int:
    """Published, signed up for and closed some days ago."""
    made = _published(need, at - AGO)
    for place, (agency, quote) in enumerate(zip(who, quotes, strict=True)):
        signups.sign_up(
            actor=agency, procurement_id=made, at=at - AGO + timedelta(hours=1 + place), key=f"demo-{made}",
            quote=Decimal(quote) if quote else None,
        )  # fmt: skip
    signups.advance_due(at - timedelta(hours=6))
    return made


def _published(need: NeedFacts, at: datetime) -> int:
    """Drafted by owner1, approved by owner2, audited by staff."""
    made = procurements.start_draft(actor=actor("owner1"), need=need, at=at)
    procurements.submit(actor=actor("owner1"), procurement_id=made, at=at)
    procurements.decide_step(actor=actor("owner2"), procurement_id=made, approved=True, reason="", at=at)
    procurements.publish(actor=actor("staff"), procurement_id=made, at=at)
    return made


def _draw(procurement_id: int, began: datetime) -> None:
    """owner1's secret in safekeeping, the checkpoint, the reveal."""
    found = selections.of_procurement(procurement_id)
    assert found is not None
    assert found.draw_id is not None
    secret = sha256(b"demo secret of owner1").digest()
    draws.commit(
        actor=actor("owner1"), draw_id=found.draw_id, commitment=hs1.commitment_to(secret), secret=secret, at=began
    )
    draws.advance_due(began + timedelta(minutes=1))
    draws.advance_due(began + timedelta(minutes=31))
    selecting.advance_due(began + timedelta(minutes=31))


def _contract(procurement_id: int, agency: Actor, at: datetime) -> int:
    """Registered, confirmed and on the public record."""
    found = selections.of_procurement(procurement_id)
    assert found is not None
    engagement = engagements.of_selection(found.id)
    assert engagement is not None
    ends_on = date.fromordinal(at.toordinal() + 40)
    milestones = (
        MilestonePlan("外业测量与中间成果", Decimal(40), ends_on - timedelta(days=20)),
        MilestonePlan("测量成果报告", Decimal(60), ends_on - timedelta(days=5)),
    )
    fulfilment.register_contract(
        actor=actor("owner1"), engagement_id=engagement.id, number=f"HT-2026-{engagement.id:03d}", ends_on=ends_on,
        milestones=milestones, at=at,
    )  # fmt: skip
    fulfilment.confirm_contract(actor=agency, engagement_id=engagement.id, at=at)
    fulfilment.put_on_record(actor=actor("owner1"), engagement_id=engagement.id, disclosed=True, at=at)
    fulfilment.deliver(
        actor=agency, engagement_id=engagement.id, place=1, document_id=None, words="控制点成果与草图", at=at
    )
    return engagement.id


def _finish(procurement_id: int, agency: Actor, at: datetime) -> None:
    """Delivered, accepted, paid and rated by both sides."""
    owner, began = actor("owner1"), at - timedelta(hours=3)
    number = _contract(procurement_id, agency, began)
    fulfilment.deliver(actor=agency, engagement_id=number, place=2, document_id=None, words="成果报告", at=began)
    for place in (1, 2):
        fulfilment.accept_milestone(actor=owner, engagement_id=number, place=place, at=began)
    fulfilment.record_payment(
        actor=owner, engagement_id=number, amount=Decimal("47800.00"), paid_on=began.date(), voucher="国库支付-0091",
        at=began,
    )  # fmt: skip
    fulfilment.accept_service(actor=owner, engagement_id=number, words="成果合格", at=began)
    stars = {"QUALITY": 5, "TIME": 5, "ATTITUDE": 4, "CHARGES": 5}
    credit.rate(actor=owner, engagement_id=number, side=Side.OWNER, stars=stars, words="成果规范，交付及时。", at=began)
    back = {"COOPERATION": 5, "PAYMENT": 5, "CLARITY": 4}
    credit.rate(actor=agency, engagement_id=number, side=Side.AGENCY, stars=back, at=began)
