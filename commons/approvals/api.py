"""REST: requests that wait for a second person, and their decision."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from commons.approvals import queries, services
from commons.domain.time import to_text
from commons.people.domain.scopes import Scope
from commons.rest.api import Key, actor_of, effectful, require_match, tag

router = Router()


class ApprovalOut(Schema):
    id: str
    kind: str
    label: str
    subject: str
    reason: str
    facts: dict[str, Any]
    state: str
    requested_by: str
    requested_at: str
    expires_at: str
    decided_by: str
    decided_at: str | None


class Rejection(Schema):
    reason: str = ""


@router.get("/", auth=Key(), response=list[ApprovalOut], summary="What the key's person could decide now")
def waiting(request: HttpRequest) -> list[dict[str, Any]]:
    return [_out(view) for view in queries.waiting_for(actor_of(request), at=timezone.now(), page=None)]


@router.get("/{int:approval_id}", auth=Key(), response=ApprovalOut, summary="One request; its ETag is its state")
def one(request: HttpRequest, approval_id: int) -> dict[str, Any]:
    view = queries.one(actor_of(request), approval_id)
    tag(request, _version(view))
    return _out(view)


@router.post("/{int:approval_id}/approve", auth=Key(Scope.CENTRE), response=ApprovalOut, summary="Approve, as seen")
@effectful
def approve(request: HttpRequest, approval_id: int) -> dict[str, Any]:
    require_match(request, _version(queries.one(actor_of(request), approval_id)))
    return _out(services.approve(actor=actor_of(request), approval_id=approval_id, at=timezone.now()))


@router.post("/{int:approval_id}/reject", auth=Key(Scope.CENTRE), response=ApprovalOut, summary="Say no, with a reason")
@effectful
def reject(request: HttpRequest, approval_id: int, body: Rejection) -> dict[str, Any]:
    require_match(request, _version(queries.one(actor_of(request), approval_id)))
    decided = services.reject(actor=actor_of(request), approval_id=approval_id, reason=body.reason, at=timezone.now())
    return _out(decided)


def _version(view: queries.ApprovalView) -> str:
    return f"{view.id}-{view.state.value.lower()}"


def _out(view: queries.ApprovalView) -> dict[str, Any]:
    return {
        "id": str(view.id),
        "kind": view.kind,
        "label": view.label,
        "subject": view.subject,
        "reason": view.reason,
        "facts": view.payload,
        "state": view.state.value,
        "requested_by": view.requested_by_name,
        "requested_at": to_text(view.requested_at),
        "expires_at": to_text(view.expires_at),
        "decided_by": view.decided_by_name,
        "decided_at": to_text(view.decided_at) if view.decided_at else None,
    }
