"""Results for everybody, and one's own services with everything that can be done next."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from commons.domain.actor import Actor
from commons.domain.deadlines import local_day
from commons.pages import actor_of, csv_response, signed_in
from commons.people import queries as people
from marketplace.fulfilment import policies, queries
from marketplace.fulfilment.domain.states import EngagementState, MilestoneState, ProposalState
from marketplace.fulfilment.labels import MILESTONES, PROPOSAL_STATES, PROPOSALS, STATES
from marketplace.fulfilment.models import ContractProposal, Engagement
from marketplace.procurement import queries as procurements
from marketplace.selection import queries as selections
from signatures.documents import queries as papers

PAGE = 20


@require_safe
def results(request: HttpRequest) -> HttpResponseBase:
    """Every published result; as a table to download too."""
    found = queries.results()
    if request.GET.get("format") == "csv":
        return _table("results", found)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = [(row, STATES[row.state]) for row in page]
    return render(request, "marketplace/fulfilment/results.html", {"page": page, "rows": shown})


def _table(name: str, found: "QuerySet[Engagement]") -> HttpResponseBase:
    header = [_("Procurement"), _("Owner"), _("Agency"), _("Amount"), _("Published"), _("State")]
    states = {one: str(words) for one, (_tone, words) in STATES.items()}
    rows = (
        (row.title, row.owner.name, row.agency.name, row.amount, row.published_at, states[row.state])
        for row in found[:20_000]
    )
    return csv_response(name, header, rows)


@require_safe
def services(request: HttpRequest) -> HttpResponseBase:
    """The services that the reader has to do with; as a table to download too."""
    found = queries.mine(signed_in(request))
    if request.GET.get("format") == "csv":
        return _table("services", found)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = [(row, STATES[row.state]) for row in page]
    return render(request, "marketplace/fulfilment/list.html", {"page": page, "rows": shown})


@require_safe
def service(request: HttpRequest, engagement_id: int) -> HttpResponse:
    """One service: result, contract, milestones, payments; for its two sides and the overseers."""
    actor, found = actor_of(request), queries.readable(actor_of(request), engagement_id)
    notice = procurements.procurement(found.procurement_id)
    person = people.natural_person(found.owner_id) if notice.owner_is_person else None
    proposals = list(found.proposals.select_related("proposed_by").order_by("-id"))
    context = {
        "engagement": found,
        "state": STATES[found.state],
        "notice": notice,
        "person": person,
        "milestones": [(one, MILESTONES[one.state]) for one in found.milestones.order_by("place")],
        "payments": list(found.payments.order_by("id")),
        "paid": queries.paid(found.pk),
        "proposals": [(one, PROPOSALS[one.kind], PROPOSAL_STATES[one.state]) for one in proposals],  # type: ignore[index]
        "papers": papers.papers_about(f"engagement:{found.pk}"),
        "may": _may(actor, found, proposals),
        "today": local_day(timezone.now()),
    }
    return render(request, "marketplace/fulfilment/service.html", context)


def _may(actor: Actor, found: Engagement, proposals: list[ContractProposal]) -> dict[str, Any]:
    """What the reader can do now; the services decide again."""
    owner = bool(policies.can_act_as_owner(actor, found))
    agency = bool(policies.can_act_as_agency(actor, found))
    state, free = EngagementState(found.state), not found.suspended_by
    today = local_day(timezone.now())
    contracting = state in (EngagementState.PUBLISHED, EngagementState.CONTRACTING)
    serving = state is EngagementState.SERVING
    under_contract = state in (EngagementState.SIGNED, EngagementState.SERVING)
    open_proposal = next((one for one in proposals if one.state == ProposalState.OPEN.value), None)
    accepted = not found.milestones.exclude(state=MilestoneState.ACCEPTED.value).exists()
    entrants = selections.entrant_organisations(found.selection_id).values()
    objecting = found.objection_until is not None and today <= found.objection_until and not agency
    return {
        "owner": owner,
        "agency": agency,
        "give_up": agency and free and contracting and bool(found.refusal_until and today <= found.refusal_until),
        "default": owner and free and contracting and bool(found.contract_due_on and today > found.contract_due_on),
        "contract": owner and free and contracting,
        "confirm": agency and free and state is EngagementState.CONTRACTING and not found.contract_paper,
        "record": owner and state is EngagementState.SIGNED,
        "deliver": agency and serving,
        "accept": owner and serving,
        "finish": owner and serving and accepted,
        "propose": (owner or agency) and under_contract and open_proposal is None,
        "answer": open_proposal is not None
        and (owner or agency)
        and open_proposal.proposed_by_id != actor.organisation_id,
        "pay": owner and (under_contract or state is EngagementState.DONE),
        "rate": (owner or agency) and state in (EngagementState.DONE, EngagementState.TERMINATED),
        "object": objecting and actor.organisation_id in entrants,
    }
