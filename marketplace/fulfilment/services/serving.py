"""While the service goes on: deliverables, acceptance, payments, and the result that goes back to the intake case."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from commons.domain.actor import Actor
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON, digest
from marketplace.fulfilment.domain.refusals import MilestonesOpen, check_payment, words_of
from marketplace.fulfilment.domain.states import (
    MILESTONE,
    EngagementCommand,
    EngagementState,
    MilestoneCommand,
    MilestoneState,
)
from marketplace.fulfilment.models import Engagement, Milestone, Payment
from marketplace.fulfilment.policies import can_act_as_agency, can_act_as_owner
from marketplace.fulfilment.services.common import (
    locked,
    move,
    move_procurement,
    record,
    require_state,
    tell,
    working_days,
)
from marketplace.procurement import services as procurements
from marketplace.procurement.domain.states import ProcurementCommand


@transaction.atomic
def deliver(*, actor: Actor, engagement_id: int, place: int, document_id: int | None, words: str, at: datetime) -> None:
    """The agency hands in a deliverable. Refuses `NotFound`, `NotPermitted`, `NotAllowedNow`."""
    engagement = _serving(engagement_id)
    can_act_as_agency(actor, engagement).require()
    values = {"document_id": document_id, "words": words.strip(), "delivered_at": at}
    payload: dict[str, JSON] = {"document": f"document:{document_id}" if document_id else ""}
    _step(engagement, place, MilestoneCommand.DELIVER, payload, actor=actor, at=at, **values)
    handed_in = gettext_noop("A deliverable of %(title)s waits for your acceptance")
    tell(engagement, engagement.owner_id, handed_in, at=at, key=f"delivered:{place}:{at:%s}")


@transaction.atomic
def return_milestone(*, actor: Actor, engagement_id: int, place: int, words: str, at: datetime) -> None:
    """The owner returns a deliverable with the reason. Refuses as `deliver`, and `WordsTooShort`."""
    engagement = _serving(engagement_id)
    can_act_as_owner(actor, engagement).require()
    said = words_of(words)
    payload: dict[str, JSON] = {"words_sha256": digest(said.encode())}
    _step(engagement, place, MilestoneCommand.RETURN, payload, actor=actor, at=at, words=said)
    returned = gettext_noop("A deliverable of %(title)s was returned")
    tell(engagement, engagement.agency_id, returned, at=at, key=f"returned:{place}:{at:%s}")


@transaction.atomic
def accept_milestone(*, actor: Actor, engagement_id: int, place: int, at: datetime) -> None:
    """The owner accepts a deliverable. Refuses as `deliver`."""
    engagement = _serving(engagement_id)
    can_act_as_owner(actor, engagement).require()
    _step(engagement, place, MilestoneCommand.ACCEPT, {}, actor=actor, at=at, accepted_at=at)


@transaction.atomic
def accept_service(*, actor: Actor, engagement_id: int, words: str, at: datetime) -> None:
    """The owner accepts the whole service; the result goes back to the intake case, whose clock goes on.

    Refuses `NotFound`, `NotPermitted`, `NotAllowedNow`, `MilestonesOpen`.
    """
    engagement = _serving(engagement_id)
    can_act_as_owner(actor, engagement).require()
    open_ones = Milestone.objects.filter(engagement=engagement).exclude(state=MilestoneState.ACCEPTED.value).count()
    if open_ones:
        raise MilestonesOpen(count=open_ones)
    rating_due_on = working_days("supermarket.evaluation_working_days", engagement.region, at)
    move(
        engagement, EngagementCommand.ACCEPT, actor=actor, at=at,
        ended_at=at, end_words=words.strip(), rating_due_on=rating_due_on,
    )  # fmt: skip
    move_procurement(engagement, ProcurementCommand.ACCEPT, actor=actor, at=at)
    procurements.hand_back_case(
        procurements.locked_procurement(engagement.procurement_id), agency=engagement.agency.name,
        contract=engagement.contract_number, result=words.strip() or "ACCEPTED", at=at,
    )  # fmt: skip
    for organisation_id in (engagement.owner_id, engagement.agency_id):
        rate = gettext_noop("%(title)s is finished: rate the other side until %(until)s")
        tell(engagement, organisation_id, rate, at=at, key="rate", until=rating_due_on.isoformat())


@transaction.atomic
def record_payment(
    *, actor: Actor, engagement_id: int, amount: Decimal, paid_on: date, voucher: str, at: datetime
) -> int:
    """The owner records a payment with its voucher. Refuses `NotFound`, `NotPermitted`, `PaymentTooMuch`."""
    engagement = locked(engagement_id)
    can_act_as_owner(actor, engagement).require()
    require_state(engagement, "PAY", EngagementState.SIGNED, EngagementState.SERVING, EngagementState.DONE)
    paid = Payment.objects.filter(engagement=engagement).aggregate(total=Sum("amount"))["total"] or Decimal(0)
    check_payment(paid, amount, engagement.amount)
    row = Payment.objects.create(
        engagement=engagement, amount=amount, paid_on=paid_on, voucher=voucher.strip(), recorded_at=at
    )
    payload: dict[str, JSON] = {"amount": format(amount, "f"), "paid_on": paid_on.isoformat()}
    record(engagement, "PaymentRecorded", actor=actor, payload=payload, at=at)
    came = gettext_noop("A payment for %(title)s was recorded: confirm that it came")
    tell(engagement, engagement.agency_id, came, at=at, key=f"paid:{row.pk}")
    return row.pk


@transaction.atomic
def confirm_payment(*, actor: Actor, engagement_id: int, payment_id: int, at: datetime) -> None:
    """The agency confirms that a payment came. Refuses `NotFound`, `NotPermitted`, `NotAllowedNow`."""
    engagement = locked(engagement_id)
    can_act_as_agency(actor, engagement).require()
    waiting = Payment.objects.filter(pk=payment_id, engagement=engagement, confirmed_at__isnull=True)
    if waiting.update(confirmed_at=at) != 1:
        raise NotAllowedNow(command="CONFIRM", state="CONFIRMED")
    record(engagement, "PaymentConfirmed", actor=actor, payload={"payment": f"payment:{payment_id}"}, at=at)


def _serving(engagement_id: int) -> Engagement:
    engagement = locked(engagement_id)
    require_state(engagement, "SERVE", EngagementState.SERVING)
    return engagement


def _step(
    engagement: Engagement, place: int, command: MilestoneCommand, payload: dict[str, JSON], *, actor: Actor,
    at: datetime, **values: object,
) -> None:  # fmt: skip
    row = Milestone.objects.select_for_update().filter(engagement=engagement, place=place).first()
    if row is None:
        raise NotFound()
    step = MILESTONE.fire(MilestoneState(row.state), command)
    changed = Milestone.objects.filter(pk=row.pk, state=row.state)
    if changed.update(state=step.target.value, **values) != 1:
        raise NotAllowedNow(command=command.value, state=row.state)
    record(engagement, step.event, actor=actor, payload={"milestone": str(place), **payload}, at=at)
