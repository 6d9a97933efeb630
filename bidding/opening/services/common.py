"""What every step in a hall does: lock it, move it by the table, write its log, tell who watches."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from bidding.opening import broadcast
from bidding.opening.domain.states import HALL, HallCommand, HallState, Happening
from bidding.opening.models import Hall, HallBid, HallEntry
from bidding.tenders import queries as tenders
from bidding.tenders.queries import SectionTerms
from commons.domain.actor import Actor, system_actor
from commons.domain.refusals import NotFound
from commons.evidence.domain.canonical import JSON, digest, encode
from commons.evidence.services import append
from commons.parameters import queries as parameters

KEEPER = system_actor("opening-hall")


def locked_hall(hall_id: int) -> Hall:
    """The hall, locked until the transaction ends. Raises `NotFound`."""
    row = Hall.objects.select_for_update().filter(pk=hall_id).first()
    if row is None:
        raise NotFound()
    return row


def terms_of(hall: Hall) -> SectionTerms:
    return tenders.section_terms(hall.section_id)


def minutes_of(terms: SectionTerms, key: str, *, at: datetime) -> int:
    """A number of the tender's own snapshot of rules; of today's rules where the snapshot is older than the rule."""
    if key in terms.parameters:
        return int(str(parameters.from_snapshot(terms.parameters, key)))
    return parameters.integer(key, trade_type=terms.sector.value, region=terms.region, on=at.date())


def require_command(hall: Hall, command: HallCommand) -> None:
    """Refuses (`NotAllowedNow`) what the hall does not know in its state, before anything else is done."""
    HALL.fire(HallState(hall.state), command)


def move(
    hall: Hall,
    command: HallCommand,
    *,
    actor: Actor,
    at: datetime,
    facts: Mapping[str, JSON] | None = None,
    **changes: Any,
) -> None:
    """Fire `command` and store `changes` with it. Raises `NotAllowedNow`."""
    row = HALL.fire(HallState(hall.state), command)
    hall.state = row.target.value
    for name, value in changes.items():
        setattr(hall, name, value)
    hall.save(update_fields=["state", *changes])
    note(hall, row.event, actor=actor, at=at, facts=facts)


def note(
    hall: Hall, kind: str | Happening, *, actor: Actor, at: datetime, facts: Mapping[str, JSON] | None = None
) -> HallEntry:
    """One line of the hall's log; its digest goes into the evidence log. The hall is locked."""
    hall.seq += 1
    hall.save(update_fields=["seq"])
    written: dict[str, JSON] = dict(facts or {})
    sha256 = digest(encode(written))
    entry = HallEntry.objects.create(
        hall=hall, seq=hall.seq, kind=str(kind), actor=actor.ref, at=at, facts=written, sha256=sha256
    )
    append(
        stream=hall.stream,
        type=str(kind),
        actor=actor,
        payload={"seq": str(hall.seq), "facts_sha256": sha256},
        decided_at=at,
    )
    hall_id, seq = hall.pk, hall.seq
    transaction.on_commit(lambda: broadcast.announce(hall_id, seq))
    return entry


def own_bid(hall: Hall, actor: Actor) -> HallBid | None:
    if actor.organisation_id is None:
        return None
    return HallBid.objects.select_for_update().filter(hall=hall, organisation_id=actor.organisation_id).first()
