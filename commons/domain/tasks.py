"""Tasks of a workspace: what is to be done, how far it is, and why it cannot start yet (five task states)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum


class TaskState(StrEnum):
    """How far a task is. Each state is shown as a worded tag, never by colour alone."""

    NOT_STARTED = "NOT_STARTED"
    IN_PROGRESS = "IN_PROGRESS"
    INCOMPLETE = "INCOMPLETE"
    DONE = "DONE"
    CANNOT_START = "CANNOT_START"


@dataclass(frozen=True, slots=True)
class Task:
    """One line of a task list. `title` and `hint` are texts for the reader; `hint` says why a task cannot start yet."""

    title: str
    state: TaskState
    url: str = ""
    hint: str = ""

    def __post_init__(self) -> None:
        assert self.state is not TaskState.CANNOT_START or self.hint, "a task that cannot start says why"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for the reader: what, where to do it, and by when, if there is a limit."""

    title: str
    url: str
    due_at: datetime | None = None
    hint: str = ""
    count: int = 1

    def is_overdue(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at < now


def in_order(found: Iterable[Waiting]) -> list[Waiting]:
    """The soonest due first; what has no limit comes last, as it was found."""
    return sorted(found, key=lambda one: (one.due_at is None, one.due_at or datetime.max.replace(tzinfo=UTC)))
