"""What the wizard says while a draft is written: scope, split needs, how many agencies could sign up."""

from datetime import date, datetime
from decimal import Decimal

from commons.domain.deadlines import local_day
from commons.parameters import queries as parameters
from commons.parameters.domain.values import Row
from commons.repeated import Repeated
from marketplace.catalogue.models import ServiceItem
from marketplace.entry import queries as entry
from marketplace.entry.domain.eligibility import Demand
from marketplace.procurement.domain.needs import NeedFacts
from marketplace.procurement.domain.scope import Limit, ScopeDecision, ScopeFacts, ScopeLimits, decide_scope
from marketplace.procurement.domain.splitting import EarlierNeed, SplitAlert, look_for_split
from marketplace.procurement.domain.states import ProcurementState
from marketplace.procurement.models import Procurement

TRADE = "SUPERMARKET"
A_MONTH_DAYS = 30
MOST_NAMEABLE = 200
DECENTRALISED, TENDER, MONTHS = (
    "supermarket.decentralised_limit", "supermarket.public_tender_limit", "split.months",
)  # fmt: skip


_ITEM: Repeated[ServiceItem] = Repeated(lambda number: ServiceItem.objects.filter(pk=number))


def scope_of(need: NeedFacts, *, on: date) -> ScopeDecision:
    """Must, may or must not the supermarket be used for this need, by the limits of its region on a day."""
    item = _ITEM.first(need.item_id)
    current = parameters.current(trade_type=TRADE, region=need.region, on=on)
    return decide_scope(
        ScopeFacts(
            fund=need.fund,
            amount=need.ceiling_price,
            on_list=item is not None and item.withdrawn_at is None,
            in_central_catalogue=item is not None and item.in_central_catalogue,
            exemption=need.exemption,
        ),
        ScopeLimits(_limit(current.get(DECENTRALISED)), _limit(current.get(TENDER))),
    )


def split_of(need: NeedFacts, *, owner_id: int, except_id: int | None, at: datetime) -> SplitAlert | None:
    """Whether this need and the owner's earlier ones for the same item reach the limit that each stays below."""
    on = local_day(at)
    current = parameters.current(trade_type=TRADE, region=need.region, on=on)
    limit, months = _limit(current.get(DECENTRALISED)), int(current[MONTHS].value)
    since = date.fromordinal(on.toordinal() - months * A_MONTH_DAYS)
    dead = [ProcurementState.VOID.value, ProcurementState.EXPIRED.value, ProcurementState.FAILED.value]
    rows = Procurement.objects.filter(owner_id=owner_id, item_id=need.item_id, published_at__date__gte=since)
    rows = rows.exclude(state__in=dead).filter(ceiling_price__isnull=False)
    if except_id is not None:
        rows = rows.exclude(pk=except_id)
    earlier = [
        EarlierNeed(row.pk, row.code, row.title, row.ceiling_price or Decimal(0), local_day(row.published_at or at))
        for row in rows.order_by("published_at", "id")
    ]
    return look_for_split(need.ceiling_price, earlier, limit=limit.amount if limit else None, months=months)


def count_eligible(need: NeedFacts, *, at: datetime) -> int:
    """How many agencies could sign up for this need now; one query."""
    return entry.eligible_count(Demand(need.item_id, need.requirement, None, need.avoided), at=at)


def nameable(need: NeedFacts, *, at: datetime) -> list[tuple[int, str]]:
    """The agencies that a direct selection may name, number and name: who stands, offers the item and holds what is
    asked; the first two hundred by name. One query. Relations to the owner are looked at when the need is handed in."""
    demand = Demand(need.item_id, need.requirement, None, need.avoided)
    found = entry.eligible_agencies(demand, at=at).order_by("organisation__name", "pk")
    return list(found.values_list("pk", "organisation__name")[:MOST_NAMEABLE])


def _limit(row: Row | None) -> Limit | None:
    return Limit(Decimal(row.value), row.source) if row is not None else None
