"""Staff in the course of a room: pause and resume by two persons, voiding on a numbered decision."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.urls import reverse

from commons.approvals import services as approvals
from commons.approvals.kinds import register_kind
from commons.domain.actor import Actor, Role
from commons.domain.refusals import Malformed, NotFound, Refusal
from commons.domain.text import gettext_noop
from commons.domain.time import local_text
from commons.inbox import services as inbox
from exchange.projects.domain.states import LotState
from exchange.projects.services import locked_lot
from exchange.rooms import policies
from exchange.rooms.broadcast.news import announce
from exchange.rooms.domain.commands import Command, Pause, Resume, Void
from exchange.rooms.domain.events import Event, RoomPaused, RoomResumed
from exchange.rooms.domain.phases import Phase
from exchange.rooms.models import Room, RoomParticipant
from exchange.rooms.services.engine import Engine
from exchange.rooms.services.orders import CommandOrder

PAUSE_KIND = "room.pause"
RESUME_KIND = "room.resume"

_LABELS = {PAUSE_KIND: gettext_noop("Pause a live room"), RESUME_KIND: gettext_noop("Let a live room run on")}
for _kind, _label in _LABELS.items():
    register_kind(
        _kind,
        request=(Role.HOST, Role.STAFF),
        approve=(Role.HOST, Role.STAFF),
        valid_for=timedelta(hours=12),
        label=_label,
    )


class ResumedWithoutNotice(Refusal):
    """Whoever is not looking at that moment would lose what time is left."""

    code = "ROOM_RESUMED_WITHOUT_NOTICE"
    message = gettext_noop("The notice of this lot asks for %(minutes)s minutes between announcement and resumption.")


class ResultTaken(Refusal):
    """Deals stand on the result; setting the room aside would leave them standing."""

    code = "ROOM_RESULT_TAKEN"
    message = gettext_noop(
        "The result of this room is published and its deals stand. Record the decision at the deals."
    )


def notice_before_resuming(room_id: int) -> timedelta:
    """How long before it goes on everybody is told, by the rules of its notice; nothing where it sells no lot."""
    lot = _room(room_id).lot
    stored = lot.project.parameters.get("room.resume_notice_minutes") if lot is not None else None
    return timedelta(minutes=int(Decimal(str(stored["value"])))) if stored else timedelta()


def pause(*, actor: Actor, room_id: int, approval_id: int, reason: str, at: datetime) -> None:
    """Stop the clock. Needs an approval of `PAUSE_KIND` for `room:<id>`, given by another person.

    Refuses `NotFound`, `NotPermitted`, the refusals of approvals, and `NotAllowedNow` when the room is over or paused.
    """
    policies.can_conduct(actor, _room(room_id)).require()
    command = Pause(reason=reason, reference=f"approval:{approval_id}")
    conduct(actor, room_id, command, at, approval=(approval_id, PAUSE_KIND))


def resume(
    *, actor: Actor, room_id: int, approval_id: int, reason: str, at: datetime, resumes_at: datetime | None = None
) -> None:
    """Let the clock run on from `resumes_at`, with the remaining time; everybody who may bid is told beforehand.

    Refuses as `pause` does, and (`ResumedWithoutNotice`) less time than the rules of the lot's notice ask for.
    """
    policies.can_conduct(actor, _room(room_id)).require()
    notice = notice_before_resuming(room_id)
    if (resumes_at or at) < at + notice:
        raise ResumedWithoutNotice(minutes=str(int(notice.total_seconds()) // 60))
    command = Resume(reason=reason, reference=f"approval:{approval_id}", resumes_at=resumes_at)
    conduct(actor, room_id, command, at, approval=(approval_id, RESUME_KIND))


def pause_by_decision(*, actor: Actor, room_id: int, decision_no: str, reason: str, at: datetime) -> None:
    """Stop the clock on a numbered suspension of the regulator, without a second person of the centre.

    For the flow that keeps the decision itself. Refuses `NotFound`, `NotPermitted`, `Malformed`, `NotAllowedNow`.
    """
    _require_decision(actor, room_id, decision_no)
    conduct(actor, room_id, Pause(reason=reason, reference=f"decision:{decision_no}"), at)


def resume_by_decision(*, actor: Actor, room_id: int, decision_no: str, reason: str, at: datetime) -> None:
    """Let the clock run on, on a numbered decision of the regulator, after the notice that the rules ask for.

    Refuses as `pause_by_decision` does.
    """
    _require_decision(actor, room_id, decision_no)
    resumes_at = at + notice_before_resuming(room_id)
    command = Resume(reason=reason, reference=f"decision:{decision_no}", resumes_at=resumes_at)
    conduct(actor, room_id, command, at)


def _require_decision(actor: Actor, room_id: int, decision_no: str) -> None:
    policies.can_suspend(actor, _room(room_id)).require()
    if not decision_no.strip():
        raise Malformed(field="decision_no", reason="missing")


@transaction.atomic
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

    The centre ends nothing by itself (平台办法). Refuses `NotFound`, `NotPermitted`, `Malformed`, `NotAllowedNow`, and
    (`ResultTaken`) once deals stand on the result.
    """
    room = _room(room_id)
    policies.can_void(actor, room).require()
    # Under the lot's lock: else the result could be taken between this look and the void, under deals that stand.
    if room.lot_id is not None and locked_lot(room.lot_id).state != LotState.METHOD_DECIDED:
        raise ResultTaken()
    for name, value in (("decision_no", decision_no), ("document_id", document_id), ("decided_by", decided_by)):
        if not str(value).strip():
            raise Malformed(field=name, reason="missing")
    command = Void(reason=reason, decided_by=decided_by, decision_no=decision_no, document=str(document_id))
    conduct(actor, room_id, command, at)


def conduct(
    actor: Actor, room_id: int, command: Command, at: datetime, *, approval: tuple[int, str] | None = None
) -> None:
    """Have the room decide a command and tell of it. The caller asks who may. Raises the room's refusal."""
    engine = Engine(clock=lambda: at)
    with transaction.atomic():
        if approval is not None:
            approval_id, kind = approval
            approvals.consume(approval_id=approval_id, kind=kind, subject=f"room:{room_id}", at=at, actor=actor)
        committed = engine.commit([CommandOrder(room_id, command, actor.ref)])
        refusal = committed.outcomes[0].refusal
        if refusal is not None:
            raise refusal
        for moved in committed.moved:
            _tell(moved.room_id, committed.outcomes[0].events, at=at)
        moves = {moved.room_id: moved.seq for moved in committed.moved}
        transaction.on_commit(lambda: announce(moves))


def _tell(room_id: int, events: Sequence[Event], *, at: datetime) -> None:
    """Everybody who may bid reads of a pause and of what comes next also where the room is not open on a screen."""
    room = _room(room_id)
    if room.lot is None:
        return
    fields = {"project": room.lot.project.title, "lot": str(room.lot.number)}
    for event in events:
        if isinstance(event, RoomPaused):
            subject = gettext_noop("The room for lot %(lot)s of %(project)s is paused; the time left is kept")
        elif isinstance(event, RoomResumed):
            begins_at = max(event.resumes_at, event.closes_at) if event.phase is Phase.SCHEDULED else event.resumes_at
            subject = gettext_noop("The room for lot %(lot)s of %(project)s goes on at %(at)s")
            fields["at"] = local_text(begins_at)
        else:
            continue
        for participant in RoomParticipant.objects.filter(room_id=room_id):
            inbox.deliver(
                organisation_id=participant.organisation_id,
                subject_msgid=subject,
                fields=fields,
                link=reverse("rooms:room", args=[room_id]),
                at=at,
                key=f"room:{room_id}:{event.seq}:{participant.organisation_id}",
            )


def _room(room_id: int) -> Room:
    room = Room.objects.select_related("lot__project").filter(pk=room_id).first()
    if room is None:
        raise NotFound()
    return room
