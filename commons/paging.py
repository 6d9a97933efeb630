"""Pages of a long list by cursor: stable while rows are added, and each page one query.

A cursor is opaque to the client: the ordering values of the last row that it saw, as base64 of canonical JSON.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

from commons.domain.refusals import Malformed

M = TypeVar("M", bound=Model)
T = TypeVar("T")
LARGEST_PAGE = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items and, when there are more, the cursor that leads to them."""

    items: Sequence[T]
    next_cursor: str | None


def encode_cursor(last_id: int) -> str:
    """The cursor after the row of that number."""
    return base64.urlsafe_b64encode(json.dumps([last_id]).encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> int:
    """The number in a cursor. Refuses (`Malformed`) what we did not make."""
    try:
        values = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error):
        values = None
    if not (isinstance(values, list) and len(values) == 1 and type(values[0]) is int):
        raise Malformed(field="cursor", reason="not a cursor that this service gave")
    return values[0]


def page(
    rows: "QuerySet[M]", *, cursor: str | None, limit: int, view: Callable[[M], T], newest_first: bool = True
) -> Page[T]:
    """At most `limit` (≤ 200) of `rows` after `cursor`, by number. Refuses (`Malformed`) a bad cursor or limit."""
    if not 1 <= limit <= LARGEST_PAGE:
        raise Malformed(field="limit", reason=f"not between 1 and {LARGEST_PAGE}")
    if cursor:
        last = decode_cursor(cursor)
        rows = rows.filter(pk__lt=last) if newest_first else rows.filter(pk__gt=last)
    found = list(rows.order_by("-pk" if newest_first else "pk")[: limit + 1])
    more = encode_cursor(found[limit - 1].pk) if len(found) > limit else None
    return Page(items=[view(row) for row in found[:limit]], next_cursor=more)
