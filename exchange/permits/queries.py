"""Questions about permits and holdings. Pages hand in their viewer; the flow of the exchange asks plainly."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

from django.db.models import Q, QuerySet

from commons.domain.actor import Actor
from commons.domain.deadlines import local_day
from commons.domain.money import Quantity
from commons.domain.refusals import NotFound, Refusal
from commons.paging import Part, numbered, sliced
from commons.people import queries as people
from commons.search.queries import matching
from exchange.contracts.domain.deals import REACHED, STANDING, DealState
from exchange.contracts.models import Deal
from exchange.ledger import queries as ledger
from exchange.ledger.domain.units import Book
from exchange.permits.domain.facts import Eligibility, HoldingView, MovementView
from exchange.permits.domain.groups import Control, related
from exchange.permits.domain.permits import Industry, Limit, PermitFacts, PermitState
from exchange.permits.domain.restrictions import MissedTarget, Purchase, Source, Wish, city_of, reasons
from exchange.permits.domain.rights import CANCELLED, FROZEN, Held, MovementKind, owner, unit_of
from exchange.permits.domain.sources import source_permit
from exchange.permits.models import AreaBasin, AreaTarget, HoldingMovement, Permit
from exchange.permits.policies import can_see_holdings, can_see_registry
from exchange.projects.domain.trades import INSTRUMENTS, Instrument
from exchange.projects.models import Lot

PAGE = 200
"""Lines on one page of a list."""

Number = int | str | None
"""The number of a page; `None`: the whole list."""


@dataclass(frozen=True, slots=True)
class PermitView:
    """A permit with its holder, as pages show it."""

    id: int
    version: int
    facts: PermitFacts
    organisation_name: str
    supersedes_id: int | None
    reason: str
    provenance: str


@dataclass(frozen=True, slots=True)
class HolderLine:
    """What one organisation holds, for the registry's list."""

    organisation_id: int
    organisation_name: str
    holdings: tuple[HoldingView, ...]


@dataclass(frozen=True, slots=True)
class AreaView:
    """What is known of an area."""

    region: str
    basin: str
    missed: tuple[tuple[int, str, date, str], ...]
    """(number of the entry, instrument, from, decision)"""


def eligibility(
    *,
    organisation_id: int,
    instrument: str,
    quantity: Quantity,
    region: str,
    seller_id: int,
    on: date,
    permit_no: str = "",
    lot_id: int | None = None,
) -> Eligibility:
    """Whether the organisation may buy `quantity` of what `seller_id` offers in `region` (Foshan 2018).

    `permit_no` names the permit it buys under. What it bought before, and is buying in other lots than `lot_id`, counts
    against its approved need.
    """
    rows = _current_permits().filter(organisation_id__in=[organisation_id, seller_id]).prefetch_related("limits")
    permits = [permit_facts(row) for row in rows]
    sellers = [permit for permit in permits if permit.organisation_id == seller_id]
    named = Lot.objects.filter(pk=lot_id).values_list("project__permit_no", flat=True).first() if lot_id else ""
    try:
        under = source_permit(sellers, instrument=Instrument(instrument), named=named or "", on=on)
    except Refusal as refusal:
        return Eligibility((refusal,))
    industries = frozenset({under.industry}) if under else frozenset[Industry]()
    source = Source(seller_id, region, _basin_of(region, under), industries)
    bought = tuple(_purchases(organisation_id, instrument, besides=lot_id))
    wish = Wish(organisation_id, Instrument(instrument), quantity, on, permit_no.strip(), bought)
    own = [permit for permit in permits if permit.organisation_id == organisation_id]
    return Eligibility(reasons(wish, source, own, _missed_targets(instrument, on)))


class SourcePermits:
    """What drafts ask of the registry (`exchange.projects.sources`)."""

    def choices(self, seller_id: int, on: date) -> Sequence[tuple[str, str]]:
        """The seller's permits in force, with their basins and pollutants."""
        own = _permits_of_seller(seller_id)
        return [(one.number, _words_of(one)) for one in own if one.is_valid_on(on)]

    def require(self, *, seller_id: int, instrument: str, permit_no: str, on: date) -> None:
        """Refuses as `source_permit`."""
        source_permit(_permits_of_seller(seller_id), instrument=Instrument(instrument), named=permit_no, on=on)


def _permits_of_seller(seller_id: int) -> list[PermitFacts]:
    rows = _current_permits().filter(organisation_id=seller_id).prefetch_related("limits")
    return [permit_facts(row) for row in rows]


def _words_of(permit: PermitFacts) -> str:
    pollutants = "、".join(limit.instrument for limit in permit.limits)
    return " · ".join(part for part in (permit.number, permit.basin, pollutants) if part)


def _purchases(organisation_id: int, instrument: str, *, besides: int | None) -> Iterable[Purchase]:
    """What an organisation was transferred, and what its deals under way will bring it."""
    moved = HoldingMovement.objects.filter(
        kind=MovementKind.TRANSFERRED.value,
        target_id=organisation_id,
        instrument=instrument,
        corrected_by__isnull=True,
    )
    yield from (Purchase(local_day(row.moved_at), row.quantity) for row in moved)
    coming = Deal.objects.filter(buyer_id=organisation_id, lot__instrument=instrument, state__in=_COMING)
    if besides is not None:
        coming = coming.exclude(lot_id=besides)
    yield from (Purchase(local_day(row.hammered_at), row.quantity) for row in coming)


_COMING = [state.value for state in STANDING if REACHED[state] < REACHED[DealState.TRANSFERRED]]
"""Deals whose rights have not moved yet."""


def related_group(organisation_ids: Iterable[int]) -> dict[int, str]:
    """A name of the group for every organisation that shares its controller or legal representative with another one.

    Organisations that stand alone are left out.
    """
    return related(
        Control(item.organisation_id, item.uscc, item.legal_representative, item.controller_uscc)
        for item in people.control_of(organisation_ids)
    )


def holdings_of(viewer: Actor, organisation_id: int) -> tuple[HoldingView, ...]:
    """What an organisation holds, by instrument. Refuses viewers who may not know."""
    can_see_holdings(viewer, organisation_id).require()
    return _holdings([organisation_id]).get(organisation_id, ())


def permits_of(viewer: Actor, organisation_id: int) -> tuple[PermitView, ...]:
    """The permits of an organisation as they stand now. Refuses viewers who may not know."""
    can_see_holdings(viewer, organisation_id).require()
    return tuple(map(_permit_view, _listed_permits().filter(organisation_id=organisation_id)))


def movements_of(viewer: Actor, organisation_id: int, *, page: Number = 1) -> Part[MovementView]:
    """The movements that an organisation's rights made, the newest first."""
    can_see_holdings(viewer, organisation_id).require()
    rows = HoldingMovement.objects.filter(Q(source_id=organisation_id) | Q(target_id=organisation_id))
    return numbered(rows.order_by("-id"), partial(map, movement_view), number=page, size=PAGE, name="movements")


def registry(
    viewer: Actor, *, search: str = "", instrument: str = "", region: str = "", page: Number = 1
) -> Part[PermitView]:
    """The permits in the registry that match. Staff, regulators and auditors only."""
    can_see_registry(viewer).require()
    rows = _listed_permits()
    if search:
        rows = rows.filter(Q(number__icontains=search) | Q(organisation_id__in=matching("organisation", search) or ()))
    if instrument:
        rows = rows.filter(limits__instrument=instrument)
    if region:
        rows = rows.filter(region__startswith=region.rstrip("0"))
    return numbered(rows, partial(map, _permit_view), number=page, size=PAGE)


def permit_history(viewer: Actor, number: str) -> tuple[PermitView, ...]:
    """Every version of a permit, the newest first. Refuses `NotFound`."""
    rows = Permit.objects.filter(number=number).select_related("organisation").prefetch_related("limits")
    views = tuple(map(_permit_view, rows.order_by("-version")))
    if not views or not can_see_holdings(viewer, views[0].facts.organisation_id):
        raise NotFound()
    return views


def current_permit(number: str) -> PermitFacts | None:
    """The newest entry of a permit, for imports and the flow of the exchange."""
    row = _listed_permits().filter(number=number).order_by("-version").first()
    return None if row is None else permit_facts(row)


def holders(viewer: Actor, *, search: str = "", page: Number = 1) -> Part[HolderLine]:
    """Every organisation with an account of rights. Staff, regulators and auditors only."""
    can_see_registry(viewer).require()
    found = _holdings(None)
    names = {item.id: item.name for item in people.organisations(found).values()}
    lines = [HolderLine(number, names.get(number, ""), views) for number, views in sorted(found.items())]
    matching_ones = [line for line in lines if search.casefold() in line.organisation_name.casefold()]
    return sliced(matching_ones, number=page, size=PAGE)


def areas(viewer: Actor) -> tuple[AreaView, ...]:
    """What is entered of areas, by region."""
    can_see_registry(viewer).require()
    basins = dict(AreaBasin.objects.order_by("id").values_list("region", "basin"))
    missed: dict[str, list[tuple[int, str, date, str]]] = {}
    for row in AreaTarget.objects.filter(met_from__isnull=True).order_by("region", "instrument"):
        missed.setdefault(row.region, []).append((row.pk, row.instrument, row.missed_from, row.document_ref))
    regions = sorted({*basins, *missed})
    return tuple(AreaView(region, basins.get(region, ""), tuple(missed.get(region, ()))) for region in regions)


def frozen_for_lot(lot_id: int) -> Quantity:
    """What is still frozen for a lot, for the flow of the exchange."""
    found = ledger.balances(Book.RIGHTS, subject=f"lot:{lot_id}")
    return Quantity(sum((item.amount for item in found), start=Decimal("0.000")))


def movement_view(row: HoldingMovement) -> MovementView:
    """The row as a value."""
    return MovementView(
        id=row.pk,
        kind=row.kind,
        instrument=row.instrument,
        unit=INSTRUMENTS[Instrument(row.instrument)].unit,
        quantity=Quantity(row.quantity),
        source_id=row.source_id,
        target_id=row.target_id,
        lot_id=row.lot_id,
        document_ref=row.document_ref,
        document_id=row.document_id,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        reason=row.reason,
        at=row.moved_at,
        corrects_id=row.corrects_id,
    )


def permit_facts(row: Permit) -> PermitFacts:
    """The row with its limits as a value."""
    return PermitFacts(
        number=row.number,
        organisation_id=row.organisation_id,
        region=row.region,
        basin=row.basin,
        industry=Industry(row.industry),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        limits=tuple(Limit(item.instrument, item.quantity, item.approved_need) for item in row.limits.all()),
        document_ref=row.document_ref,
        state=PermitState(row.state),
        document_id=row.document_id,
    )


def _permit_view(row: Permit) -> PermitView:
    return PermitView(
        row.pk, row.version, permit_facts(row), row.organisation.name, row.supersedes_id, row.reason, row.provenance
    )


def _current_permits() -> QuerySet[Permit]:
    return Permit.objects.filter(superseded_by__isnull=True).order_by("number", "id")


def _listed_permits() -> QuerySet[Permit]:
    return _current_permits().select_related("organisation").prefetch_related("limits")


def _basin_of(region: str, permit: PermitFacts | None) -> str:
    """The basin of the permit that the rights come from, else of the region, else of its city."""
    if permit is not None and permit.basin:
        return permit.basin
    entered = dict(
        AreaBasin.objects.filter(region__in=[region, city_of(region)]).order_by("id").values_list("region", "basin")
    )
    return entered.get(region) or entered.get(city_of(region), "")


def _missed_targets(instrument: str, on: date) -> list[MissedTarget]:
    rows = AreaTarget.objects.filter(instrument=instrument, missed_from__lte=on)
    rows = rows.filter(Q(met_from__isnull=True) | Q(met_from__gt=on)).order_by("id")
    return [MissedTarget(row.region, row.instrument, row.document_ref) for row in rows]


def _holdings(organisation_ids: Iterable[int] | None) -> dict[int, tuple[HoldingView, ...]]:
    owners = None if organisation_ids is None else [owner(number) for number in organisation_ids]
    sums: dict[int, dict[str, dict[str, Decimal]]] = {}
    for item in ledger.balances(Book.RIGHTS, owners=owners):
        kind, _, number = item.account.owner.partition(":")
        if kind == "organisation":
            part = "FROZEN" if item.account.kind.startswith(FROZEN) else item.account.kind
            parts = sums.setdefault(int(number), {}).setdefault(item.account.unit_code, {})
            parts[part] = parts.get(part, Decimal("0.000")) + item.amount
    return {number: tuple(_holding_views(number, units)) for number, units in sums.items()}


def _holding_views(organisation_id: int, units: dict[str, dict[str, Decimal]]) -> Iterable[HoldingView]:
    for instrument in Instrument:
        parts = units.get(unit_of(instrument).code)
        if parts is not None:
            amounts = [
                Quantity(parts.get(name, Decimal("0.000")))
                for name in (Held.INITIAL, Held.PURCHASED, Held.RESERVE, "FROZEN", CANCELLED)
            ]
            yield HoldingView(organisation_id, instrument.value, INSTRUMENTS[instrument].unit, *amounts)
