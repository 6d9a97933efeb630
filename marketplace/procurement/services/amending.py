"""Amendments of a published need: the owner proposes, the centre publishes, and the clock begins anew.

Sign-ups of the earlier version count no more: who still wants to take part signs up again.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor
from commons.domain.refusals import Malformed, NotAllowedNow, Refusal
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.evidence.domain.canonical import JSON
from marketplace.procurement.domain.needs import NeedFacts
from marketplace.procurement.domain.notices import ProcurementNoticeKind
from marketplace.procurement.domain.states import ProcurementCommand, ProcurementState
from marketplace.procurement.domain.timetable import Timetable
from marketplace.procurement.models import Procurement
from marketplace.procurement.policies import can_audit, can_change
from marketplace.procurement.queries.views import need_of
from marketplace.procurement.services.auditing import announce, times_of
from marketplace.procurement.services.drafting import body_of, columns_of, index, public_body
from marketplace.procurement.services.reviewing import examine
from marketplace.procurement.services.steps import locked_procurement, move_procurement, record

FIXED = ("item_id", "region", "fund", "method", "case_number")
"""What an amendment leaves as it is: otherwise it is another need."""


class AmendmentChangesNeed(Refusal):
    code = "AMENDMENT_CHANGES_NEED"
    message = gettext_noop("An amendment keeps item, region, money and method. For another need void this one.")


class SignUpOver(Refusal):
    code = "SIGN_UP_OVER"
    message = gettext_noop("The deadline for signing up has passed.")


@transaction.atomic
def propose_amendment(*, actor: Actor, procurement_id: int, need: NeedFacts, reason: str, at: datetime) -> None:
    """Propose what the notice shall say instead; a later proposal takes the place of an earlier one.

    Refuses `AmendmentChangesNeed`, `NeedIncomplete`, `SignUpOver`, and (`Malformed`) without a reason.
    """
    row = _open(procurement_id, at)
    can_change(actor, row).require()
    if not reason.strip():
        raise Malformed(field="reason", reason=gettext_noop("it is empty"))
    need.require_complete()
    _require_same_need(row, need)
    body = body_of(need)
    pending = {"need": body, "reason": reason.strip(), "by": actor.ref, "at": to_text(at)}
    Procurement.objects.filter(pk=row.pk).update(pending_amendment=pending)
    record(
        row, "AmendmentProposed", actor=actor, at=at, payload={"need": public_body(row, need), "reason": reason.strip()}
    )


@transaction.atomic
def withdraw_amendment(*, actor: Actor, procurement_id: int, at: datetime) -> None:
    """Take a proposal back, or turn it down: the owner or the centre. Refuses (`NotAllowedNow`) where there is none."""
    row = locked_procurement(procurement_id)
    if not can_change(actor, row):
        can_audit(actor, row).require()
    _require_pending(row)
    Procurement.objects.filter(pk=row.pk).update(pending_amendment=None)
    record(row, "AmendmentDropped", actor=actor, at=at)


@transaction.atomic
def publish_amendment(*, actor: Actor, procurement_id: int, at: datetime) -> Timetable:
    """Publish the proposal: another version, with the whole time for signing up again.

    Refuses `NotPermitted`, `SignUpOver`, `NotAllowedNow`, and what `publish` refuses.
    """
    row = _open(procurement_id, at)
    can_audit(actor, row).require()
    pending = _require_pending(row)
    need = pending["need"]
    assert isinstance(need, Mapping), "a proposal holds the need"
    columns: dict[str, object] = dict(columns_of(need_from(row, need)))
    for name, value in columns.items():
        setattr(row, name, value)
    found, payload = examine(row, at=at)
    times = times_of(row, row.parameters, at)
    columns |= found
    columns |= {
        "version": row.version + 1,
        "audited_by": actor.ref,
        "pending_amendment": None,
        "published_at": at,
        "sign_up_until": times.sign_up_until,
        "selection_at": times.selection_at,
    }
    payload |= {"version": str(row.version + 1), "reason": str(pending["reason"])}
    move_procurement(row, ProcurementCommand.AMEND, actor=actor, at=at, payload=payload, **columns)
    announce(row, ProcurementNoticeKind.AMENDMENT, times, actor=actor, at=at, reason=str(pending["reason"]))
    index(row)
    return times


def need_from(row: Procurement, body: Mapping[str, JSON]) -> NeedFacts:
    """The need that a stored body describes; what an amendment cannot change comes from the row."""
    shown = Procurement(**{name: _typed(name, value) for name, value in body.items()})
    shown.owner_id = row.owner_id
    return need_of(shown)


def _typed(name: str, value: JSON) -> object:
    field = Procurement._meta.get_field(name)
    if name == "criteria":
        assert isinstance(value, list), "criteria are a list"
        return [{"label": one["label"], "points": int(one["points"])} for one in value]
    return field.to_python(value)  # type: ignore[union-attr]


def _open(procurement_id: int, at: datetime) -> Procurement:
    row = locked_procurement(procurement_id)
    if row.state != ProcurementState.SIGNING_UP:
        raise NotAllowedNow(command=ProcurementCommand.AMEND.value, state=row.state)
    if row.sign_up_until is None or at >= row.sign_up_until:
        raise SignUpOver()
    return row


def _require_pending(row: Procurement) -> dict[str, JSON]:
    if row.pending_amendment is None:
        raise NotAllowedNow(command=ProcurementCommand.AMEND.value, state=row.state)
    return dict(row.pending_amendment)


def _require_same_need(row: Procurement, need: NeedFacts) -> None:
    columns = columns_of(need)
    if any(columns[name] != getattr(row, name) for name in FIXED):
        raise AmendmentChangesNeed()
