"""Standing: suspension and province-wide restriction by numbered decisions, their end, and what lapses by the clock.

The centre decides none of it (平台办法): each decision names its authority, number and document.
"""

from datetime import UTC, datetime
from typing import TypedDict

from django.db import transaction

from commons.domain.actor import Actor, system_actor
from commons.domain.deadlines import local_day
from commons.domain.refusals import Malformed, NotPermitted
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.evidence.domain.canonical import JSON
from commons.inbox import services as inbox
from exchange.notices.services import NumberedDecision
from marketplace.entry.domain.entrants import EntrantCommand, EntrantKind, EntrantState, EntryInUse, StatusKind
from marketplace.entry.models import Entrant
from marketplace.entry.policies import can_ban, can_keep
from marketplace.entry.services.steps import feed, locked, move, record
from marketplace.entry.ties import ties_of

FOR_GOOD = datetime(9999, 1, 1, tzinfo=UTC)
"""The end of a restriction that has none; it is lifted by another decision."""


@transaction.atomic
def suspend(
    *, actor: Actor, entrant_id: int, decision: NumberedDecision, reason: str, until: datetime | None, at: datetime
) -> None:
    """Suspend an entry here. Refuses `NotPermitted`, `DecisionMissing`, `NotAllowedNow`, and an end that has passed."""
    can_ban(actor).require()
    _require_ahead(until, at)
    row = locked(entrant_id)
    payload = _payload(decision.require(), reason, until)
    entry = move(row, EntrantCommand.SUSPEND, actor=actor, at=at, payload=payload, suspended_until=until)
    feed(row, StatusKind.SUSPENDED, entry, at=at, until=until, reason=reason, **_named(decision))
    _tell(row, gettext_noop("Your entry in the supermarket is suspended by decision %(number)s"), decision.number, at)


@transaction.atomic
def restore(*, actor: Actor, entrant_id: int, decision: NumberedDecision, reason: str, at: datetime) -> None:
    """End a suspension before its time, by decision."""
    can_ban(actor).require()
    row = locked(entrant_id)
    payload = _payload(decision.require(), reason, None)
    entry = move(row, EntrantCommand.RESTORE, actor=actor, at=at, payload=payload, suspended_until=None)
    feed(row, StatusKind.RESTORED, entry, at=at, reason=reason, **_named(decision))
    _tell(row, gettext_noop("Your entry in the supermarket is restored by decision %(number)s"), decision.number, at)


@transaction.atomic
def restrict(
    *, actor: Actor, entrant_id: int, decision: NumberedDecision, reason: str, until: datetime | None, at: datetime
) -> None:
    """Bar an organisation from new sign-ups in the whole province, at once; the other cities read it from the feed."""
    can_ban(actor).require()
    decision.require()
    _restrict(locked(entrant_id), decision, reason, until, source="", actor=actor, at=at)


@transaction.atomic
def lift(*, actor: Actor, entrant_id: int, decision: NumberedDecision, reason: str, at: datetime) -> None:
    """Lift a restriction, by decision (信用修复)."""
    can_ban(actor).require()
    row = locked(entrant_id)
    entry = record(row, "RestrictionLifted", actor=actor, at=at, payload=_payload(decision.require(), reason, None))
    Entrant.objects.filter(pk=row.pk).update(restricted_until=None)
    feed(row, StatusKind.LIFTED, entry, at=at, reason=reason, **_named(decision))
    _tell(
        row, gettext_noop("The restriction on your organisation is lifted by decision %(number)s"), decision.number, at
    )


@transaction.atomic
def take_over_restriction(
    *,
    actor: Actor,
    uscc: str,
    authority: str,
    number: str,
    reason: str,
    until: datetime | None,
    source: str,
    at: datetime,
) -> int:
    """Take over a restriction that another platform of the province reports; how many entries it bars here.

    Systems only; the paper is with the platform that decided. A decision that has ended bars nothing.
    """
    if not actor.system:
        raise NotPermitted()
    if not (authority.strip() and number.strip() and source.strip()):
        raise Malformed(field="number", reason=gettext_noop("it is empty"))
    rows = Entrant.objects.select_for_update().filter(organisation__uscc=uscc).order_by("pk")
    entries = list(rows.exclude(state=EntrantState.CANCELLED.value))
    for row in entries:
        decision = NumberedDecision(authority.strip(), number.strip(), None)
        _restrict(row, decision, reason, until, source=source.strip(), actor=actor, at=at)
    return len(entries)


@transaction.atomic
def cancel_entry(*, actor: Actor, entrant_id: int, at: datetime) -> None:
    """Leave the supermarket. A suspended entry stays until its decision ends.

    Refuses `NotFound`, `NotPermitted`, `EntryInUse` while a need or a service is under way, `NotAllowedNow`.
    """
    row = locked(entrant_id)
    can_keep(actor, row).require()
    if row.state == EntrantState.SUSPENDED:
        raise NotPermitted()
    under_way = ties_of(row.organisation_id, EntrantKind(row.kind))
    if under_way:
        raise EntryInUse(count=under_way)
    was_public = row.published_at is not None
    entry = move(row, EntrantCommand.CANCEL, actor=actor, at=at)
    if was_public:
        feed(row, StatusKind.CANCELLED, entry, at=at)


def advance_due(at: datetime, limit: int = 100) -> int:
    """What the clock does: overdue re-checks lapse, suspensions end. For the timekeeper; how many moved."""
    overdue = Entrant.objects.filter(state=EntrantState.PUBLISHED.value, recheck_due_on__lt=local_day(at))
    ended = Entrant.objects.filter(state=EntrantState.SUSPENDED.value, suspended_until__lte=at)
    lapsed = [_lapse(number, at) for number in list(overdue.values_list("pk", flat=True)[:limit])]
    back = [_end_suspension(number, at) for number in list(ended.values_list("pk", flat=True)[:limit])]
    return sum(lapsed) + sum(back)


@transaction.atomic
def _lapse(entrant_id: int, at: datetime) -> bool:
    row = locked(entrant_id)
    due = row.recheck_due_on
    if row.state != EntrantState.PUBLISHED or due is None or local_day(at) <= due:
        return False
    entry = move(row, EntrantCommand.LAPSE, actor=system_actor("timekeeper"), at=at)
    feed(row, StatusKind.LAPSED, entry, at=at)
    _tell(
        row, gettext_noop("The yearly re-check of your entry is overdue: new sign-ups are blocked"), due.isoformat(), at
    )
    return True


@transaction.atomic
def _end_suspension(entrant_id: int, at: datetime) -> bool:
    row = locked(entrant_id)
    if row.state != EntrantState.SUSPENDED or row.suspended_until is None or at < row.suspended_until:
        return False
    entry = move(row, EntrantCommand.RESTORE, actor=system_actor("timekeeper"), at=at, suspended_until=None)
    feed(row, StatusKind.RESTORED, entry, at=at)
    return True


def _restrict(
    row: Entrant,
    decision: NumberedDecision,
    reason: str,
    until: datetime | None,
    *,
    source: str,
    actor: Actor,
    at: datetime,
) -> None:
    payload = _payload(decision, reason, until) | {"source": source}
    entry = record(row, "OrganisationRestricted", actor=actor, at=at, payload=payload)
    ends = until or FOR_GOOD
    if row.restricted_until is None or row.restricted_until < ends:
        Entrant.objects.filter(pk=row.pk).update(restricted_until=ends)
    feed(row, StatusKind.RESTRICTED, entry, at=at, until=until, reason=reason, source=source, **_named(decision))
    subject = gettext_noop("Your organisation is restricted in the whole province by decision %(number)s")
    _tell(row, subject, decision.number, at)


def _require_ahead(until: datetime | None, at: datetime) -> None:
    if until is not None and until <= at:
        raise Malformed(field="until", reason=gettext_noop("it has passed"))


class _Named(TypedDict):
    authority: str
    number: str


def _named(decision: NumberedDecision) -> _Named:
    return {"authority": decision.body.strip(), "number": decision.number.strip()}


def _payload(decision: NumberedDecision, reason: str, until: datetime | None) -> dict[str, JSON]:
    return {
        "authority": decision.body.strip(),
        "number": decision.number.strip(),
        "document": f"document:{decision.document_id}" if decision.document_id else None,
        "reason": reason.strip(),
        "until": to_text(until) if until else None,
    }


def _tell(row: Entrant, subject: str, number: str, at: datetime) -> None:
    kind = EntrantKind(row.kind).value.lower()
    inbox.deliver(
        organisation_id=row.organisation_id,
        subject_msgid=subject,
        fields={"number": number},
        link=f"/supermarket/{kind}/entry/",
        at=at,
        key=f"entrant:{row.pk}:{number}:{row.state}:{at:%Y%m%d%H%M%S%f}",
    )
