"""A procurement as a value, for pages and for the subjects above."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from commons.domain.actor import Actor
from commons.domain.refusals import NotFound
from commons.domain.regions import region_name
from commons.parameters import queries as parameters
from commons.people import queries as people
from commons.people.domain.natural import KIND as PERSON
from commons.repeated import Repeated
from marketplace.catalogue.domain.requirements import parse
from marketplace.entry.domain.eligibility import Control, Demand
from marketplace.procurement.domain.methods import FundSource, Method, Minimum, QuoteKind, minimum_sign_ups
from marketplace.procurement.domain.needs import Criterion, NeedFacts
from marketplace.procurement.domain.quotes import QuoteRule
from marketplace.procurement.domain.scope import Exemption
from marketplace.procurement.domain.states import ProcurementState
from marketplace.procurement.models import Procurement
from marketplace.procurement.policies import can_know_person, can_read, is_public

Numbers = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ProcurementView:
    """One procurement: what its notice says, where it stands, and under which numbers."""

    id: int
    code: str
    state: ProcurementState
    need: NeedFacts
    owner_id: int
    owner_organisation_id: int
    owner_name: str
    """Of a natural person the masked one."""
    owner_uscc: str
    owner_is_person: bool
    item_code: str
    item_name: str
    round: int
    failed_rounds: int
    version: int
    audited_by: str
    parameters: Numbers
    """The rule parameters of the publication, as `commons.parameters.queries.snapshot` gives them."""
    published_at: datetime | None
    sign_up_until: datetime | None
    selection_at: datetime | None
    ended_at: datetime | None
    scope_verdict: str
    is_public: bool

    @property
    def region_name(self) -> str:
        """Where it is needed, by name."""
        return region_name(self.need.region)

    @property
    def quote_rule(self) -> QuoteRule:
        """What may be quoted."""
        need = self.need
        return QuoteRule(need.method, need.quote_kind, need.floor_price, need.ceiling_price)

    @property
    def minimum(self) -> Minimum:
        """How many sign-ups the round needs."""
        return minimum_sign_ups(self.need.method, self.need.fund, _numbers(self.parameters))

    @property
    def demand(self) -> Demand:
        """What is asked of agencies, without the owner's relations; `demand_of` adds them."""
        return Demand(self.need.item_id, self.need.requirement, None, self.need.avoided, self.need.avoidance_reason)

    def number(self, key: str) -> int:
        """A whole number of the publication's parameters. Refuses (`ParameterUnknown`)."""
        return number_of(self.parameters, key)


@dataclass(frozen=True, slots=True)
class OpenNotice:
    """What a sign-up asks of a notice, and nothing else: hundreds come in its last minute."""

    id: int
    code: str
    state: str
    sign_up_until: datetime | None
    version: int
    item_id: int
    method: Method
    quote_rule: QuoteRule
    demand: Demand
    """With the owner, whose relatives are kept out."""


_OPEN: Repeated[tuple[Any, ...]] = Repeated(
    lambda number: Procurement.objects.filter(pk=number).values_list(
        *("id", "code", "state", "sign_up_until", "version", "item_id", "method"),
        *("quote_kind", "floor_price", "ceiling_price"),
        *("requirement", "avoided", "avoidance_reason"),
        *(f"owner__organisation__{name}" for name in ("uscc", "legal_representative", "controller_uscc", "identity")),
    )
)


def open_notice(procurement_id: int) -> OpenNotice:
    """One notice as its sign-ups need it; one statement. Refuses (`NotFound`)."""
    row = _OPEN.first(procurement_id)
    if row is None:
        raise NotFound()
    number, code, state, until, version, item_id = row[:6]
    named, quote_kind, floor, ceiling, requirement, avoided, reason = row[6:13]
    uscc, representative, controller, person = row[13:]
    rule = QuoteRule(Method(named), QuoteKind(quote_kind), floor, ceiling)
    owner = Control(uscc, person["name"] if person else representative, controller)
    demand = Demand(item_id, parse(requirement), owner, tuple(avoided), reason)
    return OpenNotice(number, code, state, until, version, item_id, Method(named), rule, demand)


_WHOLE: Repeated[Procurement] = Repeated(
    lambda number: Procurement.objects.select_related("owner__organisation", "item").filter(pk=number)
)


def procurement(procurement_id: int) -> ProcurementView:
    """One procurement, for other subjects. Refuses (`NotFound`)."""
    row = _WHOLE.first(procurement_id)
    if row is None:
        raise NotFound()
    return view(row)


def procurement_for(viewer: Actor, procurement_id: int) -> ProcurementView:
    """One procurement to those who may read it. Refuses (`NotFound`)."""
    row = Procurement.objects.select_related("owner__organisation", "item").filter(pk=procurement_id).first()
    if row is None or not can_read(viewer, row):
        raise NotFound()
    return view(row)


@dataclass(frozen=True, slots=True)
class OwnerSeen:
    """The owner as a viewer may read it: who a natural person is, few may know."""

    name: str
    code: str
    whole: bool
    """Whether the name is whole; then the contact may be read too."""


def owner_seen(viewer: Actor, found: ProcurementView) -> OwnerSeen:
    """Who the owner is, for this viewer; no query where the owner is an organisation."""
    if not found.owner_is_person:
        return OwnerSeen(found.owner_name, found.owner_uscc, True)
    if not can_know_person(viewer, found.owner_organisation_id):
        return OwnerSeen(found.owner_name, "", False)
    person = people.natural_person(found.owner_organisation_id)
    return OwnerSeen(person.name if person else found.owner_name, "", True)


def demand_of(found: ProcurementView, owner: Control) -> Demand:
    """What is asked of agencies, with the owner whose relatives are kept out."""
    need = found.need
    return Demand(need.item_id, need.requirement, owner, need.avoided, need.avoidance_reason)


def number_of(taken: Numbers, key: str) -> int:
    """A whole number of a stored snapshot."""
    found = parameters.from_snapshot(taken, key)
    assert type(found) is int, f"{key} is no whole number"
    return found


def need_of(row: Procurement) -> NeedFacts:
    """What the row says of the need."""
    return NeedFacts(
        title=row.title,
        item_id=row.item_id,
        region=row.region,
        fund=FundSource(row.fund),
        method=Method(row.method),
        scale=row.scale,
        content=row.content,
        service_time=row.service_time,
        amount_defined=row.amount_defined,
        floor_price=row.floor_price,
        ceiling_price=row.ceiling_price,
        quote_kind=QuoteKind(row.quote_kind),
        requirement=parse(row.requirement),
        sign_up_days=row.sign_up_days,
        urgent=row.urgent,
        urgent_reason=row.urgent_reason,
        exemption=Exemption(row.exemption),
        investment_approval=row.investment_approval,
        case_number=row.case_number,
        avoided=tuple(row.avoided),
        avoidance_reason=row.avoidance_reason,
        contact_name=row.contact_name,
        contact_phone=row.contact_phone,
        complaint_phone=row.complaint_phone,
        disclose_price=row.disclose_price,
        disclose_contract=row.disclose_contract,
        named_agency_id=row.named_agency_id,
        direct_reason=row.direct_reason,
        big_list=row.big_list,
        small_list=row.small_list,
        criteria=tuple(Criterion(one["label"], one["points"]) for one in row.criteria),
        bid_step=row.bid_step,
    )


def view(row: Procurement) -> ProcurementView:
    """A row, read with its owner and item, as a value; no query."""
    return ProcurementView(
        id=row.pk,
        code=row.code,
        state=ProcurementState(row.state),
        need=need_of(row),
        owner_id=row.owner_id,
        owner_organisation_id=row.owner.organisation_id,
        owner_name=row.owner.organisation.name,
        owner_uscc=row.owner.organisation.uscc,
        owner_is_person=row.owner.organisation.kind == PERSON,
        item_code=row.item.code,
        item_name=row.item.name,
        round=row.round,
        failed_rounds=row.failed_rounds,
        version=row.version,
        audited_by=row.audited_by,
        parameters=row.parameters,
        published_at=row.published_at,
        sign_up_until=row.sign_up_until,
        selection_at=row.selection_at,
        ended_at=row.ended_at,
        scope_verdict=row.scope_verdict,
        is_public=is_public(row),
    )


_MINIMA = (
    "supermarket.minimum_sign_ups",
    "supermarket.minimum_merit_sign_ups",
    "supermarket.minimum_social_sign_ups",
)


def _numbers(taken: Numbers) -> dict[str, int]:
    return {key: number_of(taken, key) for key in _MINIMA}
