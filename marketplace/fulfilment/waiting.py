"""What waits for owner, agency and regulator after a selection, by when, for the workspace."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from commons.domain.actor import Actor
from commons.domain.tasks import Waiting
from commons.domain.time import end_of
from marketplace.fulfilment import queries
from marketplace.fulfilment.domain.states import EngagementState, GrievanceState, MilestoneState, ProposalState
from marketplace.fulfilment.models import Engagement, Milestone

MOST = 20
_S = EngagementState


def of_owner(actor: Actor, now: datetime) -> Iterator[Waiting]:
    """Contracts to compose and record, deliverables to accept, changes and objections to answer."""
    for row in _of(actor, now).filter(owner_id=actor.organisation_id)[:MOST]:
        yield from _of_either(actor, row)
        if row.state == _S.PUBLISHED:
            yield _about(row, _("Compose the contract"), row.contract_due_on)
        elif row.state == _S.SIGNED:
            yield _about(row, _("Put the contract on the public record"), row.upload_due_on)
        elif row.state == _S.SERVING:
            yield from _to_accept(row)
    raised = queries.grievances(actor).filter(
        state=GrievanceState.RAISED.value, engagement__owner_id=actor.organisation_id
    )
    for objection in raised[:MOST]:
        url, due_at = reverse("fulfilment:objection", args=[objection.pk]), end_of(objection.answer_due_on)
        yield Waiting(_("Answer an objection"), url, due_at, objection.engagement.title)


def of_agency(actor: Actor, now: datetime) -> Iterator[Waiting]:
    """Contracts to confirm, the next deliverable, payments to confirm, changes to answer."""
    for row in _of(actor, now).filter(agency_id=actor.organisation_id)[:MOST]:
        yield from _of_either(actor, row)
        if row.state == _S.CONTRACTING and not row.contract_paper:
            yield _about(row, _("Confirm the registered contract"), row.contract_due_on)
        elif row.state == _S.SERVING:
            due = [
                one for one in row.milestones.all() if one.state in (MilestoneState.PLANNED, MilestoneState.RETURNED)
            ]
            if due:
                yield _about(row, _("Hand in a deliverable"), min(one.due_on for one in due), due[0])
        if any(one.confirmed_at is None for one in row.payments.all()):
            yield _about(row, _("Confirm a payment"), None)


def of_regulator(actor: Actor, now: datetime) -> Iterator[Waiting]:
    """Complaints of the supermarket to take up and to decide."""
    titles = {
        GrievanceState.COMPLAINED.value: _("Accept or reject a complaint"),
        GrievanceState.ACCEPTED.value: _("Decide a complaint"),
    }
    for row in queries.grievances(actor).filter(state__in=titles)[:MOST]:
        yield Waiting(titles[row.state], reverse("fulfilment:objection", args=[row.pk]), None, row.engagement.title)


def _of(actor: Actor, now: datetime) -> "QuerySet[Engagement]":
    going = [_S.PUBLISHED.value, _S.CONTRACTING.value, _S.SIGNED.value, _S.SERVING.value]
    rows = queries.mine(actor).filter(state__in=going, suspended_by="")
    return rows.prefetch_related("milestones", "payments", "proposals")


def _of_either(actor: Actor, row: Engagement) -> Iterator[Waiting]:
    asked = [one for one in row.proposals.all() if one.state == ProposalState.OPEN]
    if any(one.proposed_by_id != actor.organisation_id for one in asked):
        yield _about(row, _("Answer a proposed change of the contract"), None)


def _to_accept(row: Engagement) -> Iterator[Waiting]:
    milestones = list(row.milestones.all())
    for one in milestones:
        if one.state == MilestoneState.DELIVERED:
            yield _about(row, _("Accept or return a deliverable"), None, one)
    if milestones and all(one.state == MilestoneState.ACCEPTED for one in milestones):
        yield _about(row, _("Accept the whole service"), row.acceptance_due_on)


def _about(row: Engagement, title: str, due_on: date | None, part: Milestone | None = None) -> Waiting:
    hint = f"{row.title} · {part.title}" if part else row.title
    return Waiting(title, reverse("fulfilment:service", args=[row.pk]), end_of(due_on) if due_on else None, hint)
