"""Limits with a worded flag: in time, due soon, overdue (a default of this platform)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Flag(StrEnum):
    NONE = "NONE"
    YELLOW = "YELLOW"
    """At most one working day is left, or at most one has passed."""
    RED = "RED"
    """More than one working day has passed."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What must be done by which day, and how that day lies to today."""

    task: str
    due_on: date
    flag: Flag


def flag_for(*, today: date, due_on: date, working_day_before: date, working_day_after: date) -> Flag:
    """Yellow from the working day before the limit to the one after it, red beyond."""
    if today > working_day_after:
        return Flag.RED
    return Flag.YELLOW if today >= working_day_before else Flag.NONE
