"""What every step of an engagement shares: loading under a lock, moving the state, clocks, recording, telling."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from commons.calendar import queries as calendar
from commons.domain.actor import Actor, system_actor
from commons.domain.deadlines import Unit, local_day
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.evidence import services as evidence
from commons.evidence.domain.canonical import JSON
from commons.inbox import services as inbox
from commons.parameters import queries as parameters
from commons.repeated import Repeated, update
from marketplace.fulfilment.domain.refusals import EngagementSuspended
from marketplace.fulfilment.domain.states import ENGAGEMENT, EngagementCommand, EngagementState
from marketplace.fulfilment.models import Engagement
from marketplace.procurement import services as procurements
from marketplace.procurement.domain.states import ProcurementCommand

PLATFORM = system_actor("fulfilment")
TRADE = "SUPERMARKET"


_LOCKED: Repeated[Engagement] = Repeated(
    lambda number: (
        Engagement.objects.select_for_update(of=("self",)).select_related("owner", "agency").filter(pk=number)
    )
)


def locked(engagement_id: int) -> Engagement:
    """The engagement, locked until the transaction ends. Refuses `NotFound`."""
    row = _LOCKED.first(engagement_id)
    if row is None:
        raise NotFound()
    return row


def require_running(engagement: Engagement) -> None:
    """Refuses (`EngagementSuspended`) while a decision of the regulator suspends it."""
    if engagement.suspended_by:
        raise EngagementSuspended(number=engagement.suspended_by)


def move(
    engagement: Engagement,
    command: EngagementCommand,
    *,
    actor: Actor,
    at: datetime,
    payload: Mapping[str, JSON] | None = None,
    **values: object,
) -> None:
    """Fire `command`, conditional on the state that was read, with its evidence. Refuses `NotAllowedNow`."""
    before = EngagementState(engagement.state)
    step = ENGAGEMENT.fire(before, command)
    columns = {"state": step.target.value, **values}
    if update(Engagement, columns, pk=engagement.pk, state=before.value) != 1:
        raise NotAllowedNow(command=command.value, state=before.value)
    for name, value in columns.items():
        setattr(engagement, name, value)
    record(engagement, step.event, actor=actor, payload=payload or {}, at=at)


def require_state(engagement: Engagement, command: str, *states: EngagementState) -> None:
    """Refuses (`NotAllowedNow`) outside `states`."""
    if EngagementState(engagement.state) not in states:
        raise NotAllowedNow(command=command, state=engagement.state)


def record(engagement: Engagement, event: str, *, actor: Actor, payload: Mapping[str, JSON], at: datetime) -> None:
    """One entry in the stream of the engagement."""
    evidence.append(stream=engagement.stream, type=event, actor=actor, payload=payload, decided_at=at)


def number(key: str, region: str, at: datetime) -> int:
    """A number of the rules in force."""
    return parameters.integer(key, trade_type=TRADE, region=region, on=local_day(at))


def working_days(key: str, region: str, at: datetime) -> date:
    """The last day of a limit in working days that begins now."""
    return calendar.deadline(start=at, add=number(key, region, at), region=region).on


def working_day_limits(keys: Collection[str], region: str, at: datetime) -> dict[str, date]:
    """The last days of several limits in working days that begin now; two queries."""
    numbers = parameters.integers(keys, trade_type=TRADE, region=region, on=local_day(at))
    return {key: found.on for key, found in calendar.deadlines(start=at, add=numbers, region=region).items()}


def days(key: str, region: str, at: datetime) -> date:
    """The last day of a limit in days that begins now; it ends on a working day."""
    return calendar.deadline(start=at, add=number(key, region, at), unit=Unit.DAY, region=region).on


def tell(
    engagement: Engagement, organisation_id: int, subject: str, *, at: datetime, key: str, link: str = "", **more: str
) -> None:
    """A message about the engagement."""
    inbox.deliver(
        organisation_id=organisation_id,
        subject_msgid=subject,
        fields={"title": engagement.title, **more},
        link=link or f"/supermarket/services/{engagement.pk}/",
        at=at,
        key=f"engagement:{engagement.pk}:{key}:{organisation_id}",
    )


def other_side(engagement: Engagement, organisation_id: int | None) -> int:
    """The side that `organisation_id` is not."""
    return engagement.agency_id if organisation_id == engagement.owner_id else engagement.owner_id


def move_procurement(engagement: Engagement, command: ProcurementCommand, *, actor: Actor, at: datetime) -> None:
    """The procurement follows. Refuses `NotAllowedNow`."""
    row = procurements.locked_procurement(engagement.procurement_id)
    procurements.move_procurement(row, command, actor=actor, at=at, payload={"engagement": engagement.stream})
