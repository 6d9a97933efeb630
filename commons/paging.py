"""Pages of a long list: by cursor for programs, stable while rows are added, each one query; by number for readers.

A cursor is opaque to the client: the ordering values of the last row that it saw, as base64 of canonical JSON.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar

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


class Part(tuple[T, ...]):
    """One numbered page of a list. It is what `portal/fragments/pagination.html` draws, which names the others.

    `name` is the query parameter that chooses the page, so that one page of the site can hold several lists.
    """

    number: int
    num_pages: int
    name: str

    @classmethod
    def of(cls, items: Iterable[T], *, number: int = 1, pages: int = 1, name: str = "page") -> Self:
        made = cls(items)
        made.number, made.num_pages, made.name = number, pages, name
        return made

    @property
    def paginator(self) -> Self:
        """As Django's pages have it."""
        return self

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_next(self) -> bool:
        return self.number < self.num_pages

    @property
    def previous_page_number(self) -> int:
        return self.number - 1

    @property
    def next_page_number(self) -> int:
        return self.number + 1


def numbered(
    rows: "QuerySet[M]",
    lines: Callable[[list[M]], Iterable[T]],
    *,
    number: int | str | None = 1,
    size: int = LARGEST_PAGE,
    name: str = "page",
) -> Part[T]:
    """A page of ordered `rows`, made into lines; the last one where there are not so many. `None`: all of them.

    A list that fits on one page costs one query, a longer one counts besides.
    """
    if number is None:
        return Part.of(lines(list(rows)), name=name)
    wanted = _number(number)
    found: list[Any] = list(rows[(wanted - 1) * size : wanted * size + 1])
    if wanted == 1 and len(found) <= size:
        return Part.of(lines(found), name=name)
    pages = max(1, -(-rows.count() // size))
    if wanted > pages:
        wanted = pages
        found = list(rows[(wanted - 1) * size : wanted * size])
    return Part.of(lines(found[:size]), number=wanted, pages=pages, name=name)


def sliced(
    items: Sequence[T], *, number: int | str | None = 1, size: int = LARGEST_PAGE, name: str = "page"
) -> Part[T]:
    """A page of what is at hand whole; the last one where there are not so many. `None`: all of it."""
    if number is None:
        return Part.of(items, name=name)
    pages = max(1, -(-len(items) // size))
    wanted = min(_number(number), pages)
    return Part.of(items[(wanted - 1) * size : wanted * size], number=wanted, pages=pages, name=name)


def _number(asked: int | str) -> int:
    """What an address asks for; the first page where it is no number."""
    return max(1, int(asked)) if str(asked).isdecimal() and len(str(asked)) < 7 else 1
