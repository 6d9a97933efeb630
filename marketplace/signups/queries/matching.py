"""Which open notices fit an agency, and why the others do not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from commons.people import queries as people
from commons.secrecy.fields import Party
from marketplace.entry import queries as entry
from marketplace.entry.domain.eligibility import Control, Eligibility, assess
from marketplace.procurement.domain.states import ProcurementState
from marketplace.procurement.models import Procurement
from marketplace.procurement.queries import ProcurementView, demand_of
from marketplace.procurement.queries.views import view
from marketplace.signups.domain.signups import SignUpState
from marketplace.signups.models import SignUp, Subscription


@dataclass(frozen=True, slots=True)
class Match:
    """An open notice and whether the agency may sign up, with every reason why not."""

    procurement: ProcurementView
    eligibility: Eligibility
    subscribed: bool
    signed_up: bool


def match(agency_id: int, found: ProcurementView, *, at: datetime) -> Eligibility:
    """Whether an agency may sign up for one notice, with the owner's relations looked at; five queries."""
    owner = entry.control(found.owner_organisation_id)
    return entry.eligibility(agency_id, demand_of(found, owner), at=at)


def matches(agency_id: int, *, at: datetime, item_ids: Iterable[int] | None = None, limit: int = 200) -> list[Match]:
    """The open notices, those that fit first, then what closes soonest; eight queries however many.

    `item_ids`: only of those items; None: of every item.
    """
    rows = Procurement.objects.select_related("owner__organisation", "item").filter(
        state=ProcurementState.SIGNING_UP.value, sign_up_until__gt=at
    )
    if item_ids is not None:
        rows = rows.filter(item_id__in=list(item_ids))
    found = [view(row) for row in rows.order_by("sign_up_until", "id")[:limit]]
    facts = entry.agency_facts(agency_id)
    behind = people.control_of({one.owner_organisation_id for one in found})
    owners = {one.organisation_id: Control(one.uscc, one.legal_representative, one.controller_uscc) for one in behind}
    wanted = [one.facts for one in Subscription.objects.filter(agency_id=agency_id)]
    parties = [Party(one.id, facts.organisation_id) for one in found]
    mine = SignUp.objects.filter(party__in=parties, state=SignUpState.ACTIVE.value)
    signed = set(mine.values_list("procurement_id", "version"))
    result = [
        Match(
            procurement=one,
            eligibility=assess(facts, demand_of(one, owners[one.owner_organisation_id]), at=at),
            subscribed=any(
                facts.wants(item_id=one.need.item_id, region=one.need.region, ceiling=one.need.ceiling_price)
                for facts in wanted
            ),
            signed_up=(one.id, one.version) in signed,
        )
        for one in found
    ]
    return sorted(result, key=lambda one: (not one.eligibility.eligible, not one.subscribed))


def subscribers(found: ProcurementView, *, at: datetime) -> list[tuple[int, int]]:
    """(agency, organisation) of every agency that asked to hear of such notices and may sign up; two queries."""
    need = found.need
    rows = Subscription.objects.filter(item_id=need.item_id) | Subscription.objects.filter(item__isnull=True)
    asked = {
        row.agency_id
        for row in rows
        if row.facts.wants(item_id=need.item_id, region=need.region, ceiling=need.ceiling_price)
    }
    able = entry.eligible_agencies(found.demand, at=at).filter(pk__in=asked) if asked else ()
    return [(row.pk, row.organisation_id) for row in able]
