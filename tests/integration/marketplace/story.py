"""A small supermarket: an item, an owner, agencies with certificates, and a published need."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from commons.domain.actor import Actor, system_actor
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import services as catalogues
from marketplace.catalogue.domain.items import ItemFacts, Matter
from marketplace.catalogue.domain.requirements import parse
from marketplace.entry import services as entries
from marketplace.entry.domain.eligibility import Qualification
from marketplace.entry.domain.entrants import EntrantKind
from marketplace.entry.services import Admission
from marketplace.procurement import services as procurements
from marketplace.procurement.domain.methods import FundSource, Method
from marketplace.procurement.domain.needs import NeedFacts
from marketplace.signups import services as signups
from tests import cast

CLERK = system_actor("demo")
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""A Monday, 10:00 in Shanghai."""
CERTIFICATE = Qualification("SURVEY", 2, "测资字4410001", date(2024, 1, 1), date(2028, 12, 31))


def item(code: str = "A0101", requirement: str = "SURVEY@2", **facts: Any) -> int:
    """A service item; its qualifications are registered first."""
    for kind, name in (("SURVEY", "测绘资质"), ("COST", "工程造价咨询资质")):
        catalogues.enter_qualification(actor=CLERK, code=kind, name=name, grades=["甲级", "乙级", "丙级"], at=AT)
    says = {
        "name": "建设工程规划放线测量",
        "service_type": "测绘服务",
        "legal_basis": "测绘法第二十七条",
        "matters": (Matter("M-001", "建设工程规划许可证核发", "市自然资源局"),),
        **facts,
    }
    return catalogues.enter_item(actor=CLERK, facts=ItemFacts(code=code, requirement=parse(requirement), **says), at=AT)


def owner(key: str = "owner1") -> int:
    """A published owner of the cast."""
    organisation = cast.organisation(cast.PARTIES[key].organisation)
    facts = Admission(organisation.pk, EntrantKind.OWNER, contact_name="邓办", contact_phone="0757-83000001")
    return entries.admit(actor=CLERK, facts=facts, at=AT - timedelta(days=60))


def agency(key: str, item_id: int, *held: Qualification, **facts: Any) -> int:
    """A published agency of the cast that offers the item."""
    organisation = cast.organisation(cast.PARTIES[key].organisation)
    says = {"licence_number": "L-1", "licence_until": date(2035, 1, 1), **facts}
    admission = Admission(
        organisation.pk, EntrantKind.AGENCY, item_ids=(item_id,), qualifications=held or (CERTIFICATE,), **says
    )
    return entries.admit(actor=CLERK, facts=admission, at=AT - timedelta(days=60))


def need(item_id: int, **changes: Any) -> NeedFacts:
    """A need that can be handed in: sealed quotes, social money, up to 200,000 yuan."""
    facts = catalogue.item(item_id).facts
    says: dict[str, Any] = {
        "title": "季华路改造工程规划放线测量",
        "item_id": item_id,
        "region": "440600",
        "fund": FundSource.SOCIAL,
        "method": Method.LOWEST_PRICE,
        "content": "放线测量及成果报告",
        "service_time": "合同签订后20日内",
        "floor_price": Decimal("100000.00"),
        "ceiling_price": Decimal("200000.00"),
        "requirement": facts.requirement,
        "contact_name": "邓办",
        "contact_phone": "0757-83000001",
        "complaint_phone": "0757-83000009",
    }
    return NeedFacts(**{**says, **changes})


def published(item_id: int, *, at: datetime = AT, **changes: Any) -> int:
    """A published need of owner1; audited by staff."""
    made = procurements.start_draft(actor=cast.actor("owner1"), need=need(item_id, **changes), at=at)
    procurements.submit(actor=cast.actor("owner1"), procurement_id=made, at=at)
    procurements.publish(actor=cast.actor("staff"), procurement_id=made, at=at)
    return made


def sign(key: str | Actor, procurement_id: int, *, at: datetime = AT, quote: str | None = "150000.00") -> Any:
    """A sign-up with a quote."""
    actor = key if isinstance(key, Actor) else cast.actor(key)
    amount = Decimal(quote) if quote is not None else None
    return signups.sign_up(
        actor=actor, procurement_id=procurement_id, at=at, key=f"{actor.organisation_id}-{at:%d%H%M%S}", quote=amount
    )
