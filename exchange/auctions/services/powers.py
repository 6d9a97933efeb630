"""Suspension, resumption and termination: recorded by the exchange, decided by somebody else (平台办法)."""

from datetime import datetime, timedelta

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.evidence.domain.canonical import JSON
from exchange.auctions.policies import can_run_procedure
from exchange.auctions.services.depositing import expect_deposits_anew
from exchange.auctions.services.releasing import release_lot
from exchange.auctions.services.telling import tell_registered
from exchange.notices.domain.kinds import NoticeKind
from exchange.notices.services import NumberedDecision, publish_notice
from exchange.projects.domain.completeness import require_reason
from exchange.projects.domain.states import RESUME, LotCommand, LotState
from exchange.projects.models import Lot
from exchange.projects.services import locked_lot, move_lot


class RoomDecides(Refusal):
    """A lot whose room exists is paused, resumed or voided in its room."""

    code = "ROOM_DECIDES"
    message = gettext_noop("This lot has a room. Pause or void the room first; both need the numbered decision too.")


@transaction.atomic
def suspend_lot(*, actor: Actor, lot_id: int, decision: NumberedDecision, reason: str, at: datetime) -> None:
    """Stop the clocks of a lot. Refuses (`DecisionMissing`) without a numbered decision and its document."""
    lot, words = _open(actor, lot_id, decision, reason)
    suspend_by(lot, decision, words, actor=actor, at=at)


def suspend_by(lot: Lot, decision: NumberedDecision, words: str, *, actor: Actor, at: datetime) -> None:
    """Stop the clocks of a lot on a decision; the caller has asked the policy of who may."""
    lot, payload = locked_lot(lot.pk), _payload(decision.require(), words)
    move_lot(lot, LotCommand.SUSPEND, actor=actor, at=at, payload=payload, suspended_in=lot.state, suspended_at=at)
    subject = gettext_noop("Lot %(lot)s of %(project)s is suspended")
    _announce(lot, NoticeKind.SUSPENSION, decision, words, subject, actor=actor, at=at)


@transaction.atomic
def resume_lot(*, actor: Actor, lot_id: int, decision: NumberedDecision, reason: str, at: datetime) -> None:
    """Go on where the lot was suspended; every instant still ahead moves by the length of the suspension."""
    lot, words = _open(actor, lot_id, decision, reason)
    resume_by(lot, decision, words, actor=actor, at=at)


def resume_by(lot: Lot, decision: NumberedDecision, words: str, *, actor: Actor, at: datetime) -> None:
    """Go on with a suspended lot on a decision; the caller has asked the policy of who may."""
    lot = locked_lot(lot.pk)
    before = LotState(lot.suspended_in) if lot.suspended_in else LotState.ANNOUNCED
    pause = at - (lot.suspended_at or at)
    payload = {**_payload(decision.require(), words), "moved_by_seconds": str(int(pause.total_seconds()))}
    changes = {"suspended_in": "", "suspended_at": None, **_moved(lot, pause)}
    move_lot(lot, RESUME[before], actor=actor, at=at, payload=payload, **changes)
    expect_deposits_anew(lot, actor=actor, at=at)
    subject = gettext_noop("Lot %(lot)s of %(project)s goes on; its dates have moved")
    _announce(lot, NoticeKind.RESUMPTION, decision, words, subject, actor=actor, at=at)


@transaction.atomic
def terminate_lot(*, actor: Actor, lot_id: int, decision: NumberedDecision, reason: str, at: datetime) -> None:
    """End a lot before its hammer; supply and deposits go back."""
    lot, words = _open(actor, lot_id, decision, reason)
    move_lot(lot, LotCommand.TERMINATE, actor=actor, at=at, payload=_payload(decision, words))
    subject = gettext_noop("Lot %(lot)s of %(project)s was ended by a decision")
    _announce(lot, NoticeKind.TERMINATION, decision, words, subject, actor=actor, at=at)
    release_lot(lot, keep=frozenset(), reason="lot terminated", actor=actor, at=at)


def _open(actor: Actor, lot_id: int, decision: NumberedDecision, reason: str) -> tuple[Lot, str]:
    can_run_procedure(actor).require()
    decision.require()
    lot = locked_lot(lot_id)
    if lot.room_id is not None:
        raise RoomDecides()
    return lot, require_reason(reason)


def _moved(lot: Lot, pause: timedelta) -> dict[str, datetime]:
    names = (
        "registration_starts_at",
        "registration_ends_at",
        "qualification_ends_at",
        "negotiation_ends_at",
        "opens_at",
    )
    since = lot.suspended_at
    ahead = {name: value for name in names if (value := getattr(lot, name)) and since and value > since}
    return {name: value + pause for name, value in ahead.items()}


def _payload(decision: NumberedDecision, reason: str) -> dict[str, JSON]:
    return {
        "decision_body": decision.body.strip(),
        "decision_no": decision.number.strip(),
        "document": f"document:{decision.document_id}",
        "reason": reason,
    }


def _announce(
    lot: Lot, kind: NoticeKind, decision: NumberedDecision, reason: str, subject: str, *, actor: Actor, at: datetime
) -> None:
    body: dict[str, JSON] = {
        "lot": str(lot.number),
        "reason": reason,
        "at": to_text(at),
        "opens_at": to_text(lot.opens_at),
    }
    notice = publish_notice(
        actor=actor,
        project_id=lot.project_id,
        lot_id=lot.pk,
        kind=kind,
        body=body,
        at=at,
        reason=reason,
        decision=decision,
    )
    tell_registered(lot, subject, at=at, key=f"notice:{notice.pk}")
