"""The contract: composed from the notice and signed by both on its paper, or signed elsewhere and registered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.deadlines import local_day
from commons.domain.refusals import Malformed, NotAllowedNow, NotFound
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON
from marketplace.fulfilment.domain.refusals import EndNotLater, check_shares
from marketplace.fulfilment.domain.states import EngagementCommand, EngagementState
from marketplace.fulfilment.models import Engagement, Milestone
from marketplace.fulfilment.policies import can_act_as_agency, can_act_as_owner
from marketplace.fulfilment.services import papers
from marketplace.fulfilment.services.common import (
    PLATFORM,
    days,
    locked,
    move,
    move_procurement,
    require_running,
    require_state,
    tell,
    working_days,
)
from marketplace.procurement.domain.states import ProcurementCommand
from signatures.documents import queries as paper_queries
from signatures.documents import services as documents


@dataclass(frozen=True, slots=True)
class MilestonePlan:
    """A part of the service: `share` in percent of the amount."""

    title: str
    share: Decimal
    due_on: date


def compose_contract(
    *, actor: Actor, engagement_id: int, number: str, ends_on: date, milestones: Sequence[MilestonePlan], at: datetime
) -> str:
    """Draw the contract from notice, result and plan, for both to sign; the paper's number.

    Refuses `NotFound`, `NotPermitted`, `EngagementSuspended`, `Malformed`, `MilestoneSharesWrong`, `EndNotLater`,
    `NotAllowedNow`.
    """
    engagement = _to_contract(actor, engagement_id, number, ends_on, milestones, at)
    drafted = papers.contract(engagement, number.strip(), ends_on, milestones, actor=actor, at=at)
    with transaction.atomic():
        engagement = locked(engagement_id)
        require_running(engagement)
        before = paper_queries.newest(f"engagement:{engagement.pk}", papers.CONTRACT)
        if before is not None:
            documents.withdraw(actor=PLATFORM, paper_id=before.id, reason="composed anew", at=at)
        paper = documents.issue(drafted, actor=actor, at=at)
        _plan(engagement, milestones)
        _compose(engagement, number, ends_on, paper.number, actor=actor, at=at)
        ready = gettext_noop("The contract for %(title)s waits for your signature")
        for organisation_id in (engagement.owner_id, engagement.agency_id):
            tell(engagement, organisation_id, ready, at=at, key=f"sign:{paper.number}", link=f"/papers/{paper.number}/")
    return paper.number


@transaction.atomic
def register_contract(
    *, actor: Actor, engagement_id: int, number: str, ends_on: date, milestones: Sequence[MilestonePlan], at: datetime
) -> None:
    """Register a contract that both signed outside the platform 登记合同; it counts when the agency confirms it.

    Refuses as `compose_contract`.
    """
    engagement = _to_contract(actor, engagement_id, number, ends_on, milestones, at)
    engagement = locked(engagement.pk)
    require_running(engagement)
    _plan(engagement, milestones)
    _compose(engagement, number, ends_on, "", actor=actor, at=at)
    ready = gettext_noop("The owner registered the contract for %(title)s: confirm it")
    tell(engagement, engagement.agency_id, ready, at=at, key=f"confirm:{number}")


@transaction.atomic
def confirm_contract(*, actor: Actor, engagement_id: int, at: datetime) -> None:
    """The agency confirms the registered contract. Refuses `NotFound`, `NotPermitted`, `NotAllowedNow`."""
    engagement = locked(engagement_id)
    can_act_as_agency(actor, engagement).require()
    require_running(engagement)
    if engagement.contract_paper:
        raise NotAllowedNow(command="CONFIRM", state="ON_PAPER")
    _signed(engagement, {"way": "REGISTERED"}, actor=actor, at=at)


@transaction.atomic
def contract_signed(*, actor: Actor, engagement_id: int, sha256: str, at: datetime) -> None:
    """Both have signed the paper: called in the transaction of the last signature. What it refuses undoes that."""
    engagement = locked(engagement_id)
    require_running(engagement)
    _signed(engagement, {"way": "PAPER", "sha256": sha256}, actor=actor, at=at)


@transaction.atomic
def put_on_record(*, actor: Actor, engagement_id: int, disclosed: bool, at: datetime) -> None:
    """The owner uploads the contract to the public record; where it may not be disclosed, its facts alone.

    Refuses `NotFound`, `NotPermitted`, `NotAllowedNow`.
    """
    engagement = locked(engagement_id)
    can_act_as_owner(actor, engagement).require()
    values = {
        "uploaded_at": at,
        "disclosed": disclosed and engagement.disclosed,
        "acceptance_due_on": days("supermarket.acceptance_days", engagement.region, at),
    }
    payload: dict[str, JSON] = {"disclosed": "yes" if values["disclosed"] else "no"}
    move(engagement, EngagementCommand.UPLOAD, actor=actor, at=at, payload=payload, **values)


def _to_contract(
    actor: Actor, engagement_id: int, number: str, ends_on: date, milestones: Sequence[MilestonePlan], at: datetime
) -> Engagement:
    engagement = Engagement.objects.select_related("owner", "agency").filter(pk=engagement_id).first()
    if engagement is None:
        raise NotFound()
    can_act_as_owner(actor, engagement).require()
    require_running(engagement)
    require_state(engagement, "COMPOSE", EngagementState.PUBLISHED, EngagementState.CONTRACTING)
    if not number.strip():
        raise Malformed(field="number", reason=gettext_noop("the contract needs a number"))
    if ends_on <= local_day(at):
        raise EndNotLater(ends_on=local_day(at).isoformat())
    check_shares([one.share for one in milestones])
    return engagement


def _plan(engagement: Engagement, milestones: Sequence[MilestonePlan]) -> None:
    Milestone.objects.filter(engagement=engagement).delete()
    Milestone.objects.bulk_create(
        Milestone(engagement=engagement, place=place, title=one.title, share=one.share, due_on=one.due_on)
        for place, one in enumerate(milestones, start=1)
    )


def _compose(engagement: Engagement, number: str, ends_on: date, paper: str, *, actor: Actor, at: datetime) -> None:
    first = engagement.state == EngagementState.PUBLISHED.value
    command = EngagementCommand.COMPOSE if first else EngagementCommand.RECOMPOSE
    payload: dict[str, JSON] = {"number": number.strip(), "ends_on": ends_on.isoformat(), "paper": paper}
    values = {"contract_number": number.strip(), "ends_on": ends_on, "contract_paper": paper}
    move(engagement, command, actor=actor, at=at, payload=payload, **values)
    if first:
        move_procurement(engagement, ProcurementCommand.CONFIRM, actor=actor, at=at)


def _signed(engagement: Engagement, payload: dict[str, JSON], *, actor: Actor, at: datetime) -> None:
    values = {
        "signed_at": at,
        "upload_due_on": working_days("supermarket.upload_working_days", engagement.region, at),
    }
    move(engagement, EngagementCommand.COMPLETE_SIGNATURES, actor=actor, at=at, payload=payload, **values)
    move_procurement(engagement, ProcurementCommand.SIGN, actor=actor, at=at)
    signed = gettext_noop("The contract for %(title)s is signed by both: put it on the public record until %(until)s")
    tell(engagement, engagement.owner_id, signed, at=at, key="signed", until=str(values["upload_due_on"]))
