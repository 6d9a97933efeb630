"""What a room is about. The packages above name the rooms that they open: each registers how to call its subjects."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """What a room is about, for its head line."""

    title: str
    notice: str = ""
    quantity_unit: str = ""
    price_unit: str = ""
    url: str = ""
    """The page of the procedure to which the room belongs."""


Naming = Callable[[Sequence[str]], Mapping[str, Subject]]
"""The subjects of rooms to what they are called, in the reader's language; one query however many."""
_NAMINGS: dict[str, Naming] = {}


def register_naming(prefix: str, naming: Naming) -> None:
    """Let `naming` name rooms whose subject begins with `prefix`. Registering again replaces it."""
    _NAMINGS[prefix] = naming


def named(subjects: Sequence[str]) -> dict[str, Subject]:
    """Those of the subjects that somebody names."""
    found: dict[str, Subject] = {}
    for prefix, naming in _NAMINGS.items():
        own = [subject for subject in subjects if subject.startswith(prefix)]
        found |= naming(own) if own else {}
    return found
