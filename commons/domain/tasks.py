"""Tasks of a workspace: what is to be done, how far it is, and why it cannot start yet (UX: five task states)."""

from dataclasses import dataclass
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
