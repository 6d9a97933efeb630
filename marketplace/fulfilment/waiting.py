"""What waits for owner, agency and regulator after a selection, by when, for the workspace."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from commons.domain.actor import Actor
from marketplace.duties import Duty, Rows, rows
from marketplace.fulfilment import queries
from marketplace.fulfilment.domain.states import EngagementState, GrievanceState, MilestoneState, ProposalState
from marketplace.fulfilment.models import ContractProposal, Engagement, Milestone, Payment

DUTIES = {
    "SERVICE_CONTRACT": Duty(_("Compose the contract"), "fulfilment:service"),
    "SERVICE_RECORD": Duty(_("Put the contract on the public record"), "fulfilment:service"),
    "SERVICE_ACCEPT": Duty(_("Accept or return a deliverable"), "fulfilment:service"),
    "SERVICE_FINISH": Duty(_("Accept the whole service"), "fulfilment:service"),
    "SERVICE_CONFIRM": Duty(_("Confirm the registered contract"), "fulfilment:service"),
    "SERVICE_DELIVER": Duty(_("Hand in a deliverable"), "fulfilment:service"),
    "SERVICE_PAID": Duty(_("Confirm a payment"), "fulfilment:service"),
    "SERVICE_PROPOSAL": Duty(_("Answer a proposed change of the contract"), "fulfilment:service"),
    "OBJECTION_ANSWER": Duty(_("Answer an objection"), "fulfilment:objection"),
    "COMPLAINT_TAKE_UP": Duty(_("Accept or reject a complaint"), "fulfilment:objection"),
    "COMPLAINT_DECIDE": Duty(_("Decide a complaint"), "fulfilment:objection"),
}
_S = EngagementState
_OPEN = [MilestoneState.PLANNED.value, MilestoneState.RETURNED.value]
_GOING = [_S.PUBLISHED.value, _S.CONTRACTING.value, _S.SIGNED.value, _S.SERVING.value]


def of_owner(actor: Actor, now: datetime) -> Iterator[Rows]:
    """Contracts to compose and record, deliverables to accept, changes and objections to answer."""
    own = Engagement.objects.filter(owner_id=actor.organisation_id, suspended_by="")
    parts = Milestone.objects.filter(engagement=OuterRef("pk"))
    yield rows(own.filter(state=_S.PUBLISHED.value), "SERVICE_CONTRACT", due_on="contract_due_on")
    yield rows(own.filter(state=_S.SIGNED.value), "SERVICE_RECORD", due_on="upload_due_on")
    handed_in = _milestones(state=MilestoneState.DELIVERED.value, engagement__owner_id=actor.organisation_id)
    yield _of_milestones(handed_in, "SERVICE_ACCEPT", due_on="engagement__acceptance_due_on")
    done = own.filter(Exists(parts), ~Exists(parts.exclude(state=MilestoneState.ACCEPTED.value)))
    yield rows(done.filter(state=_S.SERVING.value), "SERVICE_FINISH", due_on="acceptance_due_on")
    yield _proposals(actor, engagement__owner_id=actor.organisation_id)
    raised = queries.grievances(actor).filter(
        state=GrievanceState.RAISED.value, procurement__owner__organisation_id=actor.organisation_id or 0
    )
    yield rows(raised, "OBJECTION_ANSWER", title="procurement__title", due_on="answer_due_on")


def of_agency(actor: Actor, now: datetime) -> Iterator[Rows]:
    """Contracts to confirm, the next deliverable of each service, payments to confirm, changes to answer."""
    number = actor.organisation_id
    registered = Engagement.objects.filter(
        agency_id=number, suspended_by="", state=_S.CONTRACTING.value, contract_paper=""
    )
    yield rows(registered, "SERVICE_CONFIRM", due_on="contract_due_on")
    earlier = Milestone.objects.filter(engagement=OuterRef("engagement"), state__in=_OPEN, place__lt=OuterRef("place"))
    next_ones = _milestones(state__in=_OPEN, engagement__agency_id=number).exclude(Exists(earlier))
    yield _of_milestones(next_ones, "SERVICE_DELIVER", due_on="due_on")
    unconfirmed = Payment.objects.filter(engagement__agency_id=number, confirmed_at__isnull=True)
    yield rows(unconfirmed, "SERVICE_PAID", number="engagement_id", title="engagement__title", part="voucher")
    yield _proposals(actor, engagement__agency_id=number)


def of_regulator(actor: Actor, now: datetime) -> Iterator[Rows]:
    """Complaints of the supermarket to take up and to decide."""
    codes = {GrievanceState.COMPLAINED: "COMPLAINT_TAKE_UP", GrievanceState.ACCEPTED: "COMPLAINT_DECIDE"}
    for state, code in codes.items():
        yield rows(queries.grievances(actor).filter(state=state.value), code, title="procurement__title")


def _milestones(**asked: object) -> "QuerySet[Milestone]":
    return Milestone.objects.filter(engagement__state=_S.SERVING.value, engagement__suspended_by="", **asked)


def _of_milestones(found: "QuerySet[Milestone]", code: str, *, due_on: str) -> Rows:
    return rows(found, code, number="engagement_id", title="engagement__title", part="title", due_on=due_on)


def _proposals(actor: Actor, **asked: object) -> Rows:
    """What the other side proposed and the reader's side has still to answer."""
    found = ContractProposal.objects.filter(
        state=ProposalState.OPEN.value, engagement__state__in=_GOING, engagement__suspended_by="", **asked
    ).exclude(proposed_by_id=actor.organisation_id)
    return rows(found, "SERVICE_PROPOSAL", number="engagement_id", title="engagement__title")
