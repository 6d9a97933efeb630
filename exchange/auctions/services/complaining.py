"""A complaint stops a lot or its room, on the numbered suspension of the regulator, and lets it go on again.

招标投标法实施条例 第62条: where needed the authority orders the procedure to be suspended. Paper and pause are
one transaction: neither stands without the other.
"""

from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.refusals import NotAllowedNow
from commons.people import queries as people
from exchange.auctions.services.powers import resume_by, suspend_by
from exchange.complaints.domain.complaints import ComplaintState, DocumentKind, NotUnderComplaint
from exchange.complaints.models import Complaint
from exchange.complaints.policies import can_decide_complaint
from exchange.complaints.services import issue_document, open_complaint
from exchange.complaints.services.complaining import Paper
from exchange.notices.services import NumberedDecision
from exchange.projects.domain.states import LotState
from exchange.projects.models import Lot
from exchange.rooms import queries as rooms
from exchange.rooms import services as conducting
from exchange.rooms.domain.phases import OVER, Phase


@transaction.atomic
def suspend_for_complaint(*, actor: Actor, complaint_id: int, paper: Paper, at: datetime) -> None:
    """Suspend the lot, or pause its room. Refuses `NotUnderComplaint`, `NumberMissing`, and what cannot stop now."""
    complaint, lot = _lot_of(actor, complaint_id)
    made = issue_document(complaint, DocumentKind.SUSPENSION, paper, event="ComplaintSuspends", actor=actor, at=at)
    if _has_live_room(lot):
        assert lot.room_id is not None, "a live room has a number"
        conducting.pause_by_decision(
            actor=actor, room_id=lot.room_id, decision_no=made.number, reason=made.words, at=at
        )
    else:
        suspend_by(lot, _decision(actor, paper), made.words, actor=actor, at=at)


@transaction.atomic
def resume_after_complaint(*, actor: Actor, complaint_id: int, paper: Paper, at: datetime) -> None:
    """Let go on what a complaint had stopped, with the time given back. Refuses as `suspend_for_complaint` does."""
    complaint, lot = _lot_of(actor, complaint_id, also_ended=True)
    made = issue_document(complaint, DocumentKind.RESUMPTION, paper, event="ComplaintResumes", actor=actor, at=at)
    if _has_live_room(lot):
        assert lot.room_id is not None, "a live room has a number"
        conducting.resume_by_decision(
            actor=actor, room_id=lot.room_id, decision_no=made.number, reason=made.words, at=at
        )
    else:
        resume_by(lot, _decision(actor, paper), made.words, actor=actor, at=at)


def is_stopped(lot: Lot) -> bool:
    """Whether the lot is suspended, or its room paused."""
    if lot.state == LotState.SUSPENDED:
        return True
    room = rooms.room(lot.room_id) if lot.room_id is not None else None
    return room is not None and room.phase == Phase.PAUSED


def _lot_of(actor: Actor, complaint_id: int, *, also_ended: bool = False) -> tuple[Complaint, Lot]:
    can_decide_complaint(actor).require()
    complaint = open_complaint(complaint_id)
    lot = complaint.objection.lot
    if lot is None:
        raise NotUnderComplaint()
    ended = (ComplaintState.UPHELD, ComplaintState.DISMISSED, ComplaintState.WITHDRAWN)
    if complaint.state != ComplaintState.ACCEPTED and not (also_ended and complaint.state in ended):
        raise NotAllowedNow(command="SUSPEND", state=complaint.state)
    return complaint, lot


def _has_live_room(lot: Lot) -> bool:
    room = rooms.room(lot.room_id) if lot.room_id is not None else None
    return room is not None and Phase(room.phase) not in OVER


def _decision(actor: Actor, paper: Paper) -> NumberedDecision:
    organisation = people.organisation(actor.organisation_id) if actor.organisation_id else None
    return NumberedDecision(organisation.name if organisation else "", paper.number, paper.document_id)
