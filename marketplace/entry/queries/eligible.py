"""Which agencies may take part: one by one with every reason, or as one set in one query."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from commons.domain.actor import Actor
from commons.domain.deadlines import local_day
from commons.domain.refusals import NotFound
from commons.people import queries as people
from commons.people.queries import ControlView
from commons.repeated import Repeated
from marketplace.catalogue.domain.requirements import AllOf, Holds, Requirement
from marketplace.entry.domain.eligibility import (
    AgencyFacts,
    Control,
    Demand,
    Eligibility,
    Qualification,
    assess,
)
from marketplace.entry.domain.entrants import EntrantKind, EntrantState, NotEntered
from marketplace.entry.models import AgencyItem, AgencyQualification, Entrant


def eligibility(agency_id: int, demand: Demand, *, at: datetime) -> Eligibility:
    """Whether an agency may take part at an instant, with every reason why not. Two queries. Refuses (`NotFound`)."""
    found = eligibility_of([agency_id], demand, at=at)
    if not found:
        raise NotFound()
    return found[agency_id]


def eligibility_of(agency_ids: Iterable[int], demand: Demand, *, at: datetime) -> dict[int, Eligibility]:
    """The same for many agencies at once; two queries however many."""
    return {facts.agency_id: assess(facts, demand, at=at) for facts in _facts_for(list(agency_ids), demand.item_id)}


def agency_facts(agency_id: int) -> AgencyFacts:
    """What decides about an agency. Refuses (`NotFound`)."""
    found = facts_of([agency_id])
    if not found:
        raise NotFound()
    return found[0]


def facts_of(agency_ids: Iterable[int]) -> list[AgencyFacts]:
    """What decides about each of those agencies; four queries."""
    rows = list(
        Entrant.objects.filter(pk__in=list(agency_ids), kind=EntrantKind.AGENCY.value).prefetch_related(
            Prefetch("offers", AgencyItem.objects.order_by()),
            Prefetch("qualifications", AgencyQualification.objects.order_by("code", "grade", "id")),
        )
    )
    controls = {one.organisation_id: one for one in people.control_of({row.organisation_id for row in rows})}
    return [_facts(row, controls[row.organisation_id]) for row in rows]


_OWN: Repeated[Any] = Repeated(
    lambda organisation_id, item_id: (
        Entrant.objects.select_related("organisation")
        .filter(organisation_id=organisation_id, kind=EntrantKind.AGENCY.value)
        .exclude(state=EntrantState.CANCELLED.value)
        .annotate(offered=Exists(AgencyItem.objects.filter(agency=OuterRef("pk"), item_id=item_id)))
        .order_by("pk")[:1]
    )
)
_HELD: Repeated[AgencyQualification] = Repeated(
    lambda agency_id: AgencyQualification.objects.filter(agency_id=agency_id).order_by("code", "grade", "id")
)


def signing_agency(actor: Actor, *, item_id: int) -> AgencyFacts:
    """What decides about the actor's agency for one item; two statements. Refuses (`NotEntered`)."""
    row = _OWN.first(actor.organisation_id, item_id) if actor.organisation_id is not None else None
    if row is None or row.published_at is None:
        raise NotEntered()
    return _facts_of(row, [item_id] if row.offered else [], _HELD.rows(row.pk), _behind(row.organisation))


@lru_cache(maxsize=256)
def _many(agencies: int) -> tuple[Repeated[Any], Repeated[AgencyQualification]]:
    """Agencies of those numbers, whether each offers an item; and what they hold."""

    def spell(item_id: int, *agency_ids: int) -> "QuerySet[Any]":
        offered = Exists(AgencyItem.objects.filter(agency=OuterRef("pk"), item_id=item_id))
        found = Entrant.objects.select_related("organisation").filter(pk__in=agency_ids, kind=EntrantKind.AGENCY.value)
        return found.annotate(offered=offered).order_by("pk")

    def held(*agency_ids: int) -> "QuerySet[AgencyQualification]":
        return AgencyQualification.objects.filter(agency_id__in=agency_ids).order_by("code", "grade", "id")

    return Repeated(spell), Repeated(held)


def _facts_for(agency_ids: list[int], item_id: int) -> list[AgencyFacts]:
    """What decides about each of those agencies for one item; two statements, however many items they offer."""
    if not agency_ids:
        return []
    rows, certificates = _many(len(agency_ids))
    held: dict[int, list[AgencyQualification]] = defaultdict(list)
    for one in certificates.rows(*agency_ids):
        held[one.agency_id].append(one)
    return [
        _facts_of(row, [item_id] if row.offered else [], held[row.pk], _behind(row.organisation))
        for row in rows.rows(item_id, *agency_ids)
    ]


def _behind(found: Any) -> ControlView:
    return ControlView(found.pk, found.uscc, found.stands_behind, found.controller_uscc)


def control(organisation_id: int) -> Control:
    """Who stands behind an organisation. Refuses (`NotFound`)."""
    found = people.control_of([organisation_id])
    if not found:
        raise NotFound()
    return _control(found[0])


def eligible_agencies(demand: Demand, *, at: datetime) -> "QuerySet[Entrant]":
    """Every agency that stands, offers the item and holds what is asked, at an instant: one query, the smallest
    number first. Relations to the owner are looked at when an agency signs up."""
    on = local_day(at)
    standing = (
        Q(state=EntrantState.PUBLISHED.value, kind=EntrantKind.AGENCY.value, recheck_due_on__gte=on)
        & (Q(licence_until__isnull=True) | Q(licence_until__gte=on))
        & (Q(restricted_until__isnull=True) | Q(restricted_until__lte=at))
    )
    offers = Exists(AgencyItem.objects.filter(agency=OuterRef("pk"), item_id=demand.item_id))
    found = Entrant.objects.filter(standing, offers, _holds(demand.requirement, on))
    if demand.avoided:
        found = found.exclude(organisation__uscc__in=list(demand.avoided))
    return found.order_by("pk")


def eligible_count(demand: Demand, *, at: datetime) -> int:
    """How many they are."""
    return eligible_agencies(demand, at=at).order_by().count()


def _holds(requirement: Requirement, on: date) -> Q:
    """The requirement as a condition on the certificates of an agency."""
    if isinstance(requirement, Holds):
        grade = {"grade__range": (1, requirement.grade)} if requirement.grade else {}
        rows = AgencyQualification.objects.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=on),
            agency=OuterRef("pk"),
            code=requirement.code,
            valid_from__lte=on,
            revoked=False,
            **grade,
        )
        return Q(Exists(rows))
    parts = [_holds(part, on) for part in requirement.parts]
    joined = Q()
    for part in parts:
        joined = joined & part if isinstance(requirement, AllOf) else joined | part
    return joined


def _facts(row: Entrant, stands_behind: ControlView) -> AgencyFacts:
    return _facts_of(row, [offer.item_id for offer in row.offers.all()], row.qualifications.all(), stands_behind)


def _facts_of(
    row: Entrant, item_ids: Iterable[int], held: Iterable[AgencyQualification], stands_behind: ControlView
) -> AgencyFacts:
    return AgencyFacts(
        agency_id=row.pk,
        organisation_id=row.organisation_id,
        state=EntrantState(row.state),
        recheck_due_on=row.recheck_due_on,
        licence_until=row.licence_until,
        restricted_until=row.restricted_until,
        item_ids=frozenset(item_ids),
        qualifications=tuple(
            Qualification(one.code, one.grade, one.number, one.valid_from, one.valid_until, one.revoked) for one in held
        ),
        control=_control(stands_behind),
    )


def _control(found: ControlView) -> Control:
    return Control(found.uscc, found.legal_representative, found.controller_uscc)
