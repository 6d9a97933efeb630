"""The steps of people in a replayed year: each is a call of a service, in a process of the pool or in this one."""

from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from commons.domain.actor import Role
from marketplace.credit import services as credit
from marketplace.credit.domain.ratings import ASPECTS, Side
from marketplace.fulfilment import services as fulfilment
from marketplace.fulfilment.models import Engagement
from marketplace.fulfilment.services import MilestonePlan
from marketplace.procurement import services as procurements
from marketplace.procurement.domain.methods import FIXED_PRICE, QUOTED, FundSource, Method
from marketplace.procurement.domain.needs import NeedFacts
from marketplace.procurement.domain.states import ProcurementState
from marketplace.procurement.models import Procurement
from marketplace.selection import queries as selections
from marketplace.selection import services as selecting
from marketplace.selection.models import Selection
from marketplace.selection.services.common import PLATFORM
from marketplace.signups import services as signups
from marketplace.statistics.replay.city import City
from marketplace.statistics.replay.plan import NoticePlan, agencies_of, profession_of_item
from signatures.draws import services as draws
from signatures.draws.domain import hs1

FEN = Decimal("0.01")


def publish(city: City, plan: NoticePlan, at: datetime) -> tuple[int, datetime, datetime]:
    """Draft, hand in, audit and publish; the number, the deadline and the moment of selection."""
    owner = city.owners[plan.owner].actor(Role.OWNER)
    made = procurements.start_draft(actor=owner, need=_need(city, plan), at=at)
    procurements.submit(actor=owner, procurement_id=made, at=at)
    procurements.publish(actor=city.staff, procurement_id=made, at=at + timedelta(minutes=30))
    row = Procurement.objects.only("sign_up_until", "selection_at").get(pk=made)
    assert row.sign_up_until is not None
    assert row.selection_at is not None
    return made, row.sign_up_until, row.selection_at


def _need(city: City, plan: NoticePlan) -> NeedFacts:
    profile = city.profile
    direct = plan.method is Method.DIRECT
    group = agencies_of(profession_of_item(plan.item, profile), profile)
    named = city.agencies[group[0]].entrant_id if direct else None
    merit = plan.method is Method.CREDIT_MERIT
    return NeedFacts(
        title=f"{profile.year}年项目{plan.number + 1:05d}",
        item_id=city.items[plan.item],
        region=profile.region,
        fund=FundSource.SOCIAL,
        method=plan.method,
        content="按公告提供中介服务",
        service_time="合同签订后30日内",
        ceiling_price=plan.ceiling,
        floor_price=None if plan.method in FIXED_PRICE or direct else (plan.ceiling * Decimal("0.1")).quantize(FEN),
        contact_name="采购受托人",
        contact_phone="0757-82000000",
        complaint_phone="0757-82000009",
        named_agency_id=named,
        direct_reason="延续性服务" if direct else "",
        big_list=10 if merit else None,
        small_list=3 if merit else None,
    )


def sign_up(city: City, plan: NoticePlan, procurement_id: int, day: int, at: datetime) -> int:
    """Everybody who signs up on a day; how many."""
    rows = [one for one in plan.sign_ups if one.day == day]
    for place, one in enumerate(rows):
        quote = (plan.ceiling * one.share).quantize(FEN, ROUND_DOWN) if plan.method in QUOTED else None
        signups.sign_up(
            actor=city.agencies[one.agency].actor(Role.AGENCY),
            procurement_id=procurement_id,
            at=at + timedelta(seconds=7 * place),
            key=f"replay-{plan.number}",
            quote=quote,
        )
    return len(rows)


def close(_city: City, procurement_id: int, at: datetime) -> bool:
    """The platform's clock closes a sign-up."""
    return signups.close_signups(procurement_id=procurement_id, at=at)


def begin(_city: City, procurement_id: int, at: datetime) -> int:
    """The platform begins a selection whose time has come."""
    return selecting.begin(actor=PLATFORM, procurement_id=procurement_id, at=at)


def reveal(_city: City, selection_id: int, draw_id: UUID, at: datetime) -> bool:
    """The platform's clock reveals a draw, and what was drawn enters its selection."""
    draws.advance(draw_id, at)
    return selecting.pull(selection_id=selection_id, at=at)


def publish_result(_city: City, selection_id: int, at: datetime) -> bool:
    """The platform publishes a result."""
    return fulfilment.publish_result(selection_id=selection_id, at=at)


def closing(at: datetime) -> list[int]:
    """Sign-ups that are over."""
    rows = Procurement.objects.filter(state=ProcurementState.SIGNING_UP.value, sign_up_until__lte=at)
    return list(rows.order_by("sign_up_until", "pk").values_list("pk", flat=True))


def keep_secret(city: City, owner: int, selection_id: int, at: datetime) -> UUID:
    """The owner's secret for the draw that its selection waits for, left in safekeeping; the draw."""
    found = selections.selection(selection_id)
    assert found.draw_id is not None, "the selection waits for a draw"
    secret = sha256(f"{found.draw_id}".encode()).digest()
    draws.commit(
        actor=city.owners[owner].actor(Role.OWNER),
        draw_id=found.draw_id,
        commitment=hs1.commitment_to(secret),
        secret=secret,
        at=at,
    )
    return found.draw_id


def pick(city: City, owner: int, selection_id: int, at: datetime) -> int:
    """The owner picks from the small list."""
    number = selections.selection(selection_id).outcome.eligible[0]
    actor = city.owners[owner].actor(Role.OWNER)
    selecting.pick(actor=actor, selection_id=selection_id, number=number, reason="业绩与本项目最接近", at=at)
    return 1


def give_up(city: City, plan: NoticePlan, procurement_id: int, at: datetime) -> int:
    """The first winner gives up."""
    engagement = Engagement.objects.get(procurement_id=procurement_id, state="PUBLISHED")
    winner = next(one for one in city.agencies if one.organisation_id == engagement.agency_id)
    fulfilment.give_up(
        actor=winner.actor(Role.AGENCY), engagement_id=engagement.pk, words="人员安排冲突，无法承接本项目。", at=at
    )
    return 1


def contract(city: City, plan: NoticePlan, procurement_id: int, at: datetime) -> int:
    """The contract is registered, confirmed and put on the public record."""
    engagement, owner, agency = _sides(city, plan, procurement_id)
    ends = at.date() + timedelta(days=40)
    fulfilment.register_contract(
        actor=owner, engagement_id=engagement.pk, number=f"HT{procurement_id}", ends_on=ends, at=at,
        milestones=(MilestonePlan("成果报告", Decimal(100), ends - timedelta(days=10)),),
    )  # fmt: skip
    fulfilment.confirm_contract(actor=agency, engagement_id=engagement.pk, at=at + timedelta(hours=1))
    fulfilment.put_on_record(actor=owner, engagement_id=engagement.pk, disclosed=True, at=at + timedelta(hours=2))
    return 1


def finish(city: City, plan: NoticePlan, procurement_id: int, at: datetime) -> int:
    """Deliverable, acceptance, payment and, unless the owner is silent, the rating."""
    engagement, owner, agency = _sides(city, plan, procurement_id)
    number = engagement.pk
    fulfilment.deliver(actor=agency, engagement_id=number, place=1, document_id=None, words="成果报告已提交", at=at)
    fulfilment.accept_milestone(actor=owner, engagement_id=number, place=1, at=at + timedelta(hours=1))
    fulfilment.accept_service(actor=owner, engagement_id=number, words="合格", at=at + timedelta(hours=2))
    if engagement.amount:
        fulfilment.record_payment(
            actor=owner, engagement_id=number, amount=engagement.amount, paid_on=at.date(), voucher=f"P{number}",
            at=at + timedelta(hours=3),
        )  # fmt: skip
    if not plan.silent:
        stars = dict(zip(ASPECTS[Side.OWNER], plan.stars, strict=True))
        credit.rate(actor=owner, engagement_id=number, side=Side.OWNER, stars=stars, at=at + timedelta(hours=3))
    return 1


def _sides(city: City, plan: NoticePlan, procurement_id: int) -> tuple[Engagement, Any, Any]:
    rows = Engagement.objects.filter(procurement_id=procurement_id).exclude(state__in=["GIVEN_UP", "REVOKED"])
    engagement = rows.get()
    agency = next(one for one in city.agencies if one.organisation_id == engagement.agency_id)
    return engagement, city.owners[plan.owner].actor(Role.OWNER), agency.actor(Role.AGENCY)


def waiting(kind: str) -> list[tuple[int, int]]:
    """(selection, procurement) that wait for something."""
    rows = Selection.objects.filter(state="RUNNING", wait=kind).order_by("pk")
    return list(rows.values_list("pk", "procurement_id"))
