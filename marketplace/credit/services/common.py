"""What every step of credit shares: the rules in force, events, the score that follows, evidence."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from commons.calendar import queries as calendar
from commons.domain.actor import Actor, system_actor
from commons.domain.deadlines import local_day
from commons.evidence import services as evidence
from commons.evidence.domain.canonical import JSON
from commons.inbox import services as inbox
from commons.parameters import queries as parameters
from commons.people import queries as people
from commons.repeated import insert
from marketplace.credit import queries
from marketplace.credit.domain.scoring import EventKind
from marketplace.credit.models import CreditEvent, CreditScore
from marketplace.entry.domain.eligibility import Control
from marketplace.selection import services as selecting

PLATFORM = system_actor("credit")
TRADE = "SUPERMARKET"


def number(key: str, region: str, at: datetime) -> int:
    """A number of the rules in force."""
    return parameters.integer(key, trade_type=TRADE, region=region, on=local_day(at))


def working_days(key: str, region: str, at: datetime) -> date:
    """The last day of a limit in working days that begins now."""
    return calendar.deadline(start=at, add=number(key, region, at), region=region).on


def record(stream: str, event: str, *, actor: Actor, payload: Mapping[str, JSON], at: datetime) -> None:
    """One entry of evidence."""
    evidence.append(stream=stream, type=event, actor=actor, payload=payload, decided_at=at)


def add_event(
    *, agency_id: int, kind: EventKind, source: str, points: Decimal, actor: Actor, at: datetime, **facts: object
) -> None:
    """A new event moves the score, on record; the same source and kind again changes nothing."""
    on = local_day(at)
    region = region_of(agency_id)
    until = on + relativedelta(months=number("credit.event_months", region, at))
    values = {"agency_id": agency_id, "on": on, "until": until, "points": points, **facts}
    _, created = CreditEvent.objects.get_or_create(source=source, kind=kind.value, defaults=values)
    if created:
        payload: dict[str, JSON] = {"kind": kind.value, "source": source, "points": format(points, "f")}
        record(f"credit:{agency_id}", "CreditEventAdded", actor=actor, payload=payload, at=at)
        rescore(agency_id, cause=source, at=at)


def rescore(agency_id: int, *, cause: str, at: datetime) -> None:
    """Compute the score from all events, keep it in the history, and give it to the selections."""
    found = queries.explain(agency_id, on=local_day(at))
    last = CreditScore.objects.filter(agency_id=agency_id).order_by("-id").first()
    if last is not None and last.points == found.points:
        return
    insert(CreditScore(agency_id=agency_id, on=local_day(at), points=found.points, cause=cause))
    selecting.note_credit(organisation_id=agency_id, points=found.points, at=at)
    payload: dict[str, JSON] = {"points": format(found.points, "f"), "cause": cause}
    record(f"credit:{agency_id}", "CreditScored", actor=PLATFORM, payload=payload, at=at)


def region_of(organisation_id: int) -> str:
    """Where an organisation is registered."""
    found = people.organisation(organisation_id)
    return found.region if found else ""


def linked(first_id: int, second_id: int) -> bool:
    """Whether two organisations stand behind each other: same legal representative, holding or holder."""
    found = {one.organisation_id: one for one in people.control_of([first_id, second_id])}
    if len(found) < 2:
        return False
    first, second = (
        Control(found[number].uscc, found[number].legal_representative, found[number].controller_uscc)
        for number in (first_id, second_id)
    )
    return first.related_to(second)


def tell(organisation_id: int, subject: str, *, at: datetime, key: str, link: str, **fields: str) -> None:
    """A message about credit."""
    inbox.deliver(
        organisation_id=organisation_id, subject_msgid=subject, fields=fields, link=link, at=at, key=f"credit:{key}"
    )
