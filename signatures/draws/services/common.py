"""What every step of a draw shares: loading under a lock, moving the state, recording."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from commons.domain.actor import Actor, system_actor
from commons.domain.refusals import NotAllowedNow, NotFound
from commons.evidence import services as evidence
from commons.evidence.domain.canonical import JSON
from signatures.draws.domain.states import MACHINE, DrawCommand, DrawState
from signatures.draws.models import Draw, DrawHolder

PLATFORM_ACTOR = system_actor("platform")


def locked(draw_id: UUID) -> Draw:
    """The draw, locked until the transaction ends. Refuses `NotFound`."""
    draw = Draw.objects.select_for_update().filter(pk=draw_id).first()
    if draw is None:
        raise NotFound()
    return draw


def held_by(draw: Draw, actor: Actor) -> DrawHolder | None:
    """The part that the actor has in the draw, as custodian or party."""
    return None if actor.person_id is None else draw.holders.filter(person_id=actor.person_id).first()


def move(draw: Draw, command: DrawCommand, **values: object) -> str:
    """Fire `command`, conditional on the state that was read; the name of the event. Refuses `NotAllowedNow`."""
    before = DrawState(draw.state)
    step = MACHINE.fire(before, command)
    columns = {"state": step.target.value, **values}
    if Draw.objects.filter(pk=draw.pk, state=before).update(**columns) != 1:
        raise NotAllowedNow(command=command.value, state=before.value)
    for name, value in columns.items():
        setattr(draw, name, value)
    return step.event


def record(draw: Draw, event: str, *, actor: Actor, payload: Mapping[str, JSON], at: datetime, key: str = "") -> None:
    """One entry in the stream of the draw; with a key, once."""
    evidence.append(
        stream=draw.stream, type=event, actor=actor, payload=payload, decided_at=at, idempotency_key=key or None
    )
