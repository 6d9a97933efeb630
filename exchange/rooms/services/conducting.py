"""Staff in the course of a room: pause and resume by two persons, voiding on a numbered decision."""

from datetime import datetime, timedelta

from django.db import transaction

from commons.approvals import services as approvals
from commons.approvals.kinds import register_kind
from commons.domain.actor import Actor, Role
from commons.domain.refusals import Malformed, NotFound
from exchange.rooms import policies
from exchange.rooms.broadcast.news import announce
from exchange.rooms.domain.commands import Command, Pause, Resume, Void
from exchange.rooms.models import Room
from exchange.rooms.services.engine import Engine
from exchange.rooms.services.orders import CommandOrder

PAUSE_KIND = "room.pause"
RESUME_KIND = "room.resume"

for _kind in (PAUSE_KIND, RESUME_KIND):
    register_kind(
        _kind, request=(Role.HOST, Role.STAFF), approve=(Role.HOST, Role.STAFF), valid_for=timedelta(hours=12)
    )


def pause(*, actor: Actor, room_id: int, approval_id: int, reason: str, at: datetime) -> None:
    """Stop the clock. Needs an approval of `PAUSE_KIND` for `room:<id>`, given by another person.

    Refuses `NotFound`, `NotPermitted`, the refusals of approvals, and `NotAllowedNow` when the room is over or paused.
    """
    policies.can_conduct(actor, _room(room_id)).require()
    command = Pause(reason=reason, reference=f"approval:{approval_id}")
    _conduct(actor, room_id, command, at, approval=(approval_id, PAUSE_KIND))


def resume(
    *, actor: Actor, room_id: int, approval_id: int, reason: str, at: datetime, resumes_at: datetime | None = None
) -> None:
    """Let the clock run on, at once or from `resumes_at`, with the remaining time. Refuses as `pause` does."""
    policies.can_conduct(actor, _room(room_id)).require()
    command = Resume(reason=reason, reference=f"approval:{approval_id}", resumes_at=resumes_at)
    _conduct(actor, room_id, command, at, approval=(approval_id, RESUME_KIND))


def pause_by_decision(*, actor: Actor, room_id: int, decision_no: str, reason: str, at: datetime) -> None:
    """Stop the clock on a numbered suspension of the regulator, without a second person of the centre.

    For the flow that keeps the decision itself. Refuses `NotFound`, `NotPermitted`, `Malformed`, `NotAllowedNow`.
    """
    _require_decision(actor, room_id, decision_no)
    _conduct(actor, room_id, Pause(reason=reason, reference=f"decision:{decision_no}"), at)


def resume_by_decision(*, actor: Actor, room_id: int, decision_no: str, reason: str, at: datetime) -> None:
    """Let the clock run on, on a numbered decision of the regulator. Refuses as `pause_by_decision` does."""
    _require_decision(actor, room_id, decision_no)
    _conduct(actor, room_id, Resume(reason=reason, reference=f"decision:{decision_no}"), at)


def _require_decision(actor: Actor, room_id: int, decision_no: str) -> None:
    policies.can_suspend(actor, _room(room_id)).require()
    if not decision_no.strip():
        raise Malformed(field="decision_no", reason="missing")


def void(
    *,
    actor: Actor,
    room_id: int,
    decided_by: str,
    decision_no: str,
    document_id: str,
    reason: str,
    at: datetime,
) -> None:
    """Set the room aside on a numbered decision of the seller or the regulator, whose document is in the vault.

    The centre ends nothing by itself (平台办法). Refuses `NotFound`, `NotPermitted`, `Malformed`, `NotAllowedNow`.
    """
    policies.can_void(actor, _room(room_id)).require()
    for name, value in (("decision_no", decision_no), ("document_id", document_id), ("decided_by", decided_by)):
        if not str(value).strip():
            raise Malformed(field=name, reason="missing")
    command = Void(reason=reason, decided_by=decided_by, decision_no=decision_no, document=str(document_id))
    _conduct(actor, room_id, command, at)


def _conduct(
    actor: Actor, room_id: int, command: Command, at: datetime, *, approval: tuple[int, str] | None = None
) -> None:
    engine = Engine(clock=lambda: at)
    with transaction.atomic():
        if approval is not None:
            approval_id, kind = approval
            approvals.consume(approval_id=approval_id, kind=kind, subject=f"room:{room_id}", at=at, actor=actor)
        committed = engine.commit([CommandOrder(room_id, command, actor.ref)])
        refusal = committed.outcomes[0].refusal
        if refusal is not None:
            raise refusal
        moves = {moved.room_id: moved.seq for moved in committed.moved}
        transaction.on_commit(lambda: announce(moves))


def _room(room_id: int) -> Room:
    room = Room.objects.filter(pk=room_id).first()
    if room is None:
        raise NotFound()
    return room
