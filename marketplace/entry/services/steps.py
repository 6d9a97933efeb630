"""Moving an entry: a locked row, a conditional update, its evidence, and the line of the shared feed."""

from collections.abc import Mapping
from datetime import datetime

from commons.domain.actor import Actor
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.evidence.domain.canonical import JSON
from commons.evidence.services import Entry, append
from commons.people import queries as people
from marketplace.entry.domain.entrants import ENTRANT, EntrantCommand, EntrantKind, EntrantState, StatusKind
from marketplace.entry.models import Entrant, StatusEntry


def locked(entrant_id: int, kind: EntrantKind | None = None) -> Entrant:
    """The entry, locked until the transaction ends. Refuses (`NotFound`)."""
    rows = Entrant.objects.select_for_update().filter(pk=entrant_id)
    row = (rows if kind is None else rows.filter(kind=kind.value)).first()
    if row is None:
        raise NotFound()
    return row


def move(
    row: Entrant,
    command: EntrantCommand,
    *,
    actor: Actor,
    at: datetime,
    payload: Mapping[str, JSON] | None = None,
    **changes: object,
) -> Entry:
    """Fire `command`; `changes` are columns. Refuses (`NotAllowedNow`)."""
    step = ENTRANT.fire(EntrantState(row.state), command)
    moved = Entrant.objects.filter(pk=row.pk, state=step.source.value).update(state=step.target.value, **changes)
    if moved != 1:
        raise NotAllowedNow(command=command.value, state=row.state)
    row.state = step.target.value
    for name, value in changes.items():
        setattr(row, name, value)
    return record(row, step.event, actor=actor, at=at, payload=payload)


def record(row: Entrant, event: str, *, actor: Actor, at: datetime, payload: Mapping[str, JSON] | None = None) -> Entry:
    """A row of evidence in the stream of the entry."""
    facts: dict[str, JSON] = {"kind": row.kind, "organisation": f"organisation:{row.organisation_id}"}
    return append(
        stream=f"entrant:{row.pk}", type=event, actor=actor, payload={**facts, **(payload or {})}, decided_at=at
    )


def feed(
    row: Entrant,
    kind: StatusKind,
    entry: Entry,
    *,
    at: datetime,
    authority: str = "",
    number: str = "",
    reason: str = "",
    until: datetime | None = None,
    source: str = "",
) -> None:
    """A line of the shared feed of standing, with the hash of its evidence."""
    uscc = people.organisations([row.organisation_id])[row.organisation_id].uscc
    StatusEntry.objects.create(
        uscc=uscc,
        entrant_kind=row.kind,
        kind=kind.value,
        authority=authority,
        number=number,
        reason=reason,
        until=until,
        source=source,
        recorded_at=at,
        evidence_hash=entry.hash.hex(),
    )
