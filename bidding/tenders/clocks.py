"""Clocks of the subjects above that stand still with a section (招标投标法实施条例 第22, 54, 62条).

Each subject registers its own; it is called in the transaction that suspends the section or lets it go on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """`stop(section_id, at)`, and `go_on(section_id, since, at)` with the instant at which it was stopped."""

    stop: Callable[[int, datetime], None]
    go_on: Callable[[int, datetime, datetime], None]


_CLOCKS: dict[str, Clock] = {}


def register_clock(name: str, clock: Clock) -> None:
    """Stop and start `clock` with every section. Registering again is harmless."""
    _CLOCKS[name] = clock


def stop(section_id: int, at: datetime) -> None:
    """Whatever runs for the section stands still from `at` on."""
    for clock in _CLOCKS.values():
        clock.stop(section_id, at)


def go_on(section_id: int, *, since: datetime, at: datetime) -> None:
    """It goes on, later by the time that it stood still."""
    for clock in _CLOCKS.values():
        clock.go_on(section_id, since, at)
