"""What a subject declares to be importable, and the list of all that is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from commons.domain.actor import Actor, Role
from commons.imports.domain.columns import Column

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class ImportContext:
    """Where a row comes from: who imports, when, in which run, from which document and line; why, for a correction."""

    actor: Actor
    at: datetime
    run_id: int
    document_sha256: str
    line: int
    reason: str = ""
    provenance: str = "migrated"


@dataclass(frozen=True, slots=True)
class Importer(Generic[R]):
    """One kind of import; see the package's docstring for an example."""

    kind: str
    label: str
    row: type[R]
    columns: tuple[Column, ...]
    key: Callable[[R], str]
    create: Callable[[R, ImportContext], str]
    correct: Callable[[R, str, ImportContext], str] | None = None
    roles: frozenset[Role] = frozenset({Role.OPERATOR})

    @property
    def template(self) -> tuple[str, ...]:
        """The headings of an empty file to fill in."""
        return tuple(column.headings[0] for column in self.columns)


_importers: dict[str, Importer[Any]] = {}


def register(importer: Importer[Any]) -> None:
    """Make a kind of import known; registering the same kind again replaces it (the app registry may reload)."""
    _importers[importer.kind] = importer


def importers() -> tuple[Importer[Any], ...]:
    return tuple(_importers.values())


def importer(kind: str) -> Importer[Any] | None:
    return _importers.get(kind)
