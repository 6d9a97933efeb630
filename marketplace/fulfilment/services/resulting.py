"""From the decided selection to the published result; giving up."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from commons.domain.actor import Actor
from commons.domain.deadlines import local_day
from commons.domain.refusals import NotAllowedNow
from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import digest
from commons.repeated import insert
from marketplace.fulfilment.domain.refusals import RefusalTooLate, words_of
from marketplace.fulfilment.domain.states import EngagementCommand, EngagementState
from marketplace.fulfilment.models import Engagement
from marketplace.fulfilment.policies import can_act_as_agency, can_act_as_owner
from marketplace.fulfilment.services.common import (
    PLATFORM,
    locked,
    move,
    record,
    require_running,
    tell,
    working_day_limits,
    working_days,
)
from marketplace.procurement import queries as procurements
from marketplace.selection import queries as selections
from marketplace.selection import services as selecting
from marketplace.selection.domain.case import Cause
from marketplace.selection.domain.states import SelectionState
from marketplace.selection.models import Selection

AT_ONCE = 500
LIMITS = {
    "refusal_until": "supermarket.refusal_working_days",
    "objection_until": "supermarket.objection_working_days",
    "contract_due_on": "contract.working_days",
}


def advance_due(at: datetime) -> int:
    """For the timekeeper: results of decided selections are published, at once, by the platform."""
    return sum(publish_result(selection_id=number, at=at) for number in decided())


def decided() -> list[int]:
    """Selections with a winner whose result is not published yet."""
    done = (EngagementState.GIVEN_UP.value, EngagementState.REVOKED.value)
    under_way = Engagement.objects.filter(selection=OuterRef("pk")).exclude(state__in=done)
    ready = Selection.objects.filter(state=SelectionState.DECIDED.value).exclude(Exists(under_way)).order_by("id")
    return list(ready.values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def publish_result(*, selection_id: int, at: datetime) -> bool:
    """The result of a decided selection becomes an engagement and is published; whether there is a winner."""
    selection = selections.selection(selection_id)
    if selection.winner_organisation_id is None or selection.decided_at is None:
        return False
    engagement = _opened(selection, selection.winner_organisation_id, at)
    _publish(engagement, at)
    return True


def _opened(selection: selections.SelectionView, agency_id: int, at: datetime) -> Engagement:
    notice = procurements.procurement(selection.procurement_id)
    assert selection.decided_at is not None, "a decided selection has its moment"
    engagement = Engagement(
        selection_id=selection.id,
        procurement_id=selection.procurement_id,
        owner_id=notice.owner_organisation_id,
        agency_id=agency_id,
        title=notice.need.title,
        region=notice.need.region,
        amount=selection.amount,
        disclosed=notice.need.disclose_contract,
        selected_at=selection.decided_at,
        result_due_on=working_days("supermarket.result_working_days", notice.need.region, selection.decided_at),
    )
    insert(engagement)
    payload = {
        "procurement": f"procurement:{selection.procurement_id}",
        "selection": f"selection:{selection.id}",
        "agency": f"organisation:{agency_id}",
        "amount": None if selection.amount is None else format(selection.amount, "f"),
    }
    record(engagement, "EngagementOpened", actor=PLATFORM, payload=payload, at=at)
    return engagement


def _publish(engagement: Engagement, at: datetime) -> None:
    limits = working_day_limits(LIMITS.values(), engagement.region, at)
    values = {"published_at": at, **{name: limits[key] for name, key in LIMITS.items()}}
    payload = {name: str(value) for name, value in values.items() if name != "published_at"}
    move(engagement, EngagementCommand.PUBLISH, actor=PLATFORM, at=at, payload=payload, **values)
    won = gettext_noop("Your organisation is selected for %(title)s: the notice of selection is ready")
    tell(engagement, engagement.agency_id, won, at=at, key="won")
    found = gettext_noop("An agency is selected for %(title)s: compose the contract until %(until)s")
    tell(engagement, engagement.owner_id, found, at=at, key="found", until=str(values["contract_due_on"]))


@transaction.atomic
def give_up(*, actor: Actor, engagement_id: int, words: str, at: datetime) -> None:
    """The selected agency refuses, within its limit; what follows, the notice's rule says. It costs credit.

    Refuses `NotFound`, `NotPermitted`, `EngagementSuspended`, `RefusalTooLate`, `WordsTooShort`, `NotAllowedNow`.
    """
    engagement = locked(engagement_id)
    can_act_as_agency(actor, engagement).require()
    require_running(engagement)
    if engagement.refusal_until is not None and local_day(at) > engagement.refusal_until:
        raise RefusalTooLate(until=engagement.refusal_until.isoformat())
    _end(engagement, words, actor=actor, at=at)


@transaction.atomic
def declare_default(*, actor: Actor, engagement_id: int, words: str, at: datetime) -> None:
    """The owner states that the agency did not sign in time; counts as giving up.

    Refuses `NotFound`, `NotPermitted`, `EngagementSuspended`, `NotAllowedNow` before the day is over.
    """
    engagement = locked(engagement_id)
    can_act_as_owner(actor, engagement).require()
    require_running(engagement)
    if engagement.contract_due_on is None or local_day(at) <= engagement.contract_due_on:
        raise NotAllowedNow(command="DECLARE_DEFAULT", state=engagement.state)
    _end(engagement, words, actor=actor, at=at)


def _end(engagement: Engagement, words: str, *, actor: Actor, at: datetime) -> None:
    said = words_of(words)
    payload = {"words_sha256": digest(said.encode())}
    move(engagement, EngagementCommand.GIVE_UP, actor=actor, at=at, payload=payload, ended_at=at, end_words=said)
    selecting.drop_winner(actor=actor, selection_id=engagement.selection_id, cause=Cause.REFUSED, at=at)
    gone = gettext_noop("The selected agency gave up %(title)s; the selection goes on by its rule")
    tell(engagement, engagement.owner_id, gone, at=at, key="given-up")
