"""Duties of the people of the supermarket, for the workspace: each subject names its rows; one statement reads all.

A subject says with `rows` (or `tally`) which of its rows are whose duty, under a code, and with `Duty` in which words
and on which page. `marketplace.waiting` puts the statements of all subjects together.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, Count, DateField, DateTimeField, F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.functional import Promise

from commons.domain.actor import Actor
from commons.domain.tasks import Waiting
from commons.domain.time import end_of

MOST = 20
"""Of each duty; its page has the rest."""
MOST_ROWS = 1_000

Rows = QuerySet[Any, tuple[Any, ...]]
"""(code, number, title, part, due at, due on)."""
Source = Callable[[Actor, datetime], Iterable[Rows]]
_COLUMNS = ("duty", "duty_number", "duty_title", "duty_part", "duty_at", "duty_on")


@dataclass(frozen=True, slots=True)
class Duty:
    """A kind of duty in words, with the page that takes its number."""

    title: str | Promise
    page: str
    numbered: bool = True
    """Whether the page takes the number of the row."""
    count: Callable[[int], str] | None = None
    """Of a tally: how many there are, in words."""

    def waiting(self, number: int, title: str, part: str, due_at: datetime | None) -> Waiting:
        url = reverse(self.page, args=[number] if self.numbered else None)
        if self.count is not None:
            return Waiting(self.count(number), url, count=number)
        return Waiting(str(self.title), url, due_at, " · ".join(filter(None, (title, part))))


def rows(
    found: "QuerySet[Any]", code: str, *, number: str = "pk", title: str = "title", part: str = "", due_at: str = "",
    due_on: str = "",
) -> Rows:  # fmt: skip
    """The rows as lines of the common statement; what they hold is named by the paths of its columns."""
    lines = found.order_by().annotate(
        duty=_text(code),
        duty_number=Cast(F(number), IntegerField()),
        duty_title=Cast(F(title), CharField(max_length=200)),
        duty_part=Cast(F(part), CharField(max_length=200)) if part else _text(""),
        duty_at=F(due_at) if due_at else Cast(Value(None), DateTimeField()),
        duty_on=F(due_on) if due_on else Cast(Value(None), DateField()),
    )
    told: Rows = lines.values_list(*_COLUMNS)
    return told


def tally(found: "QuerySet[Any]", code: str) -> Rows:
    """One line with how many rows there are."""
    lines = found.order_by().annotate(duty=_text(code)).values("duty").annotate(
        duty_number=Cast(Count("pk"), IntegerField()),
        duty_title=_text(""),
        duty_part=_text(""),
        duty_at=Cast(Value(None), DateTimeField()),
        duty_on=Cast(Value(None), DateField()),
    )  # fmt: skip
    counted: Rows = lines.values_list(*_COLUMNS)
    return counted


def told(duties: Mapping[str, Duty], statements: Iterable[Rows]) -> Iterator[Waiting]:
    """What the statements find, in words; one query."""
    first, *others = statements
    found = first.union(*others, all=True) if others else first
    seen: dict[str, int] = dict.fromkeys(duties, 0)
    for code, number, title, part, due_at, due_on in found[:MOST_ROWS]:
        seen[code] += 1
        if seen[code] <= MOST and number:
            yield duties[code].waiting(number, title, part, _end(due_at, due_on))


def _end(due_at: datetime | None, due_on: date | None) -> datetime | None:
    return due_at or (end_of(due_on) if due_on else None)


def _text(words: str) -> Any:
    return Cast(Value(words), CharField(max_length=200))
