"""REST: the reader's messages, for programs that must not miss one."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from commons.domain.time import to_text
from commons.inbox import queries, services
from commons.people.domain.scopes import Scope
from commons.rest.api import Key, Paged, PageOut, actor_of, effectful, page_out

router = Router()


class MessageOut(Schema):
    id: str
    subject: str
    link: str
    delivered_at: str
    read: bool


@router.get("/", auth=Key(), response=PageOut[MessageOut], summary="Messages to the key's person, the newest first")
def messages(request: HttpRequest, paging: Paged, unread: bool = False) -> Any:
    rows = queries.rows(actor_of(request), unread_only=unread)
    return page_out(rows, paging, lambda row: _out(queries.view(row)))


@router.post("/{int:message_id}/read", auth=Key(Scope.TRADE), response=MessageOut, summary="Mark a message as read")
@effectful
def read(request: HttpRequest, message_id: int) -> dict[str, Any]:
    found = services.mark_read(actor=actor_of(request), message_id=message_id, at=timezone.now())
    return {**_out(found), "read": True}


def _out(view: queries.MessageView) -> dict[str, Any]:
    return {
        "id": str(view.id),
        "subject": view.subject,
        "link": view.link,
        "delivered_at": to_text(view.delivered_at),
        "read": view.read,
    }
