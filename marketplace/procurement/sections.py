"""Sections that the subjects above put on the page of a notice: sign-ups, selection, contract, rating.

A subject registers a builder when its app is loaded; the page asks each for what it has to show to the reader.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from commons.domain.actor import Actor
from marketplace.procurement.queries import ProcurementView


@dataclass(frozen=True, slots=True)
class Section:
    """A template and what it shows, under the name `section`."""

    template: str
    context: Mapping[str, Any]


Builder = Callable[[Actor, ProcurementView, datetime], Section | None]
_BUILDERS: dict[str, tuple[int, Builder]] = {}


def register_section(name: str, place: int, builder: Builder) -> None:
    """Show what `builder` gives, in the order of `place`; None shows nothing. Registering again replaces it."""
    _BUILDERS[name] = (place, builder)


def sections_for(viewer: Actor, found: ProcurementView, at: datetime) -> list[Section]:
    """The sections of a notice for a reader."""
    built = (builder(viewer, found, at) for _, builder in sorted(_BUILDERS.values(), key=lambda one: one[0]))
    return [section for section in built if section is not None]
