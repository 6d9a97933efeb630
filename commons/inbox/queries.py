"""Questions to the inbox, always from the point of view of one reader."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet

from commons.domain.actor import Actor
from commons.inbox.models import InboxMessage, InboxReading
from commons.secrecy.fields import Party
from commons.texts import render

COUNT_UP_TO = 100
PAGE = 20


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message in the reader's language."""

    id: int
    subject: str
    link: str
    delivered_at: datetime
    read: bool
    to_organisation: bool


def receiver(organisation_id: int) -> Party:
    """An organisation as the inbox knows it."""
    return Party(0, organisation_id)


def unread_count(reader: Actor) -> int:
    """How many messages the reader has not read, counted up to a hundred; one query."""
    if reader.person_id is None:
        return 0
    # Every page asks this. A count over a limit is a query around a query, which Django takes longer to write than
    # PostgreSQL to answer.
    return len(_unread(reader).order_by().values_list("pk")[:COUNT_UP_TO])


def page(reader: Actor, *, number: str | int | None = None, unread_only: bool = False) -> "Page[Any]":
    """One page of the reader's messages, the newest first; a page that is out of range is the nearest one."""
    found = _unread(reader) if unread_only else _visible(reader)
    return Paginator(found.annotate(read=Exists(_readings(reader))), PAGE).get_page(number)


def rows(reader: Actor, *, unread_only: bool = False) -> "QuerySet[InboxMessage]":
    """The reader's messages, each knowing whether it was read; for lists by cursor."""
    found = _unread(reader) if unread_only else _visible(reader)
    return found.annotate(read=Exists(_readings(reader))) if reader.person_id is not None else found


def views(rows: "Page[Any]") -> list[MessageView]:
    """The messages of a page as the reader sees them."""
    return [view(row) for row in rows]


def message(reader: Actor, message_id: int) -> MessageView | None:
    """One message, if it is the reader's."""
    row = _visible(reader).annotate(read=Exists(_readings(reader))).filter(pk=message_id).first()
    return view(row) if row else None


def _visible(reader: Actor) -> QuerySet[InboxMessage]:
    if reader.person_id is None:
        return InboxMessage.objects.none()
    mine = Q(person_id=reader.person_id)
    if reader.organisation_id is not None:
        mine |= Q(party=receiver(reader.organisation_id))
    return InboxMessage.objects.filter(mine).order_by("-delivered_at", "-id")


def _unread(reader: Actor) -> QuerySet[InboxMessage]:
    return _visible(reader).exclude(Exists(_readings(reader)))


def _readings(reader: Actor) -> QuerySet[InboxReading]:
    assert reader.person_id is not None, "only people read"
    return InboxReading.objects.filter(message=OuterRef("pk"), person_id=reader.person_id)


def view(row: InboxMessage) -> MessageView:
    """A row of `rows` as the reader sees it."""
    return MessageView(
        id=row.pk,
        subject=render(row.subject_msgid, row.fields),
        link=row.link,
        delivered_at=row.delivered_at,
        read=bool(getattr(row, "read", False)),
        to_organisation=row.party is not None,
    )
