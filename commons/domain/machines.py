"""State machines as tables: one row per (command, from) with the state it leads to and the event it leaves."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Generic, TypeVar

from commons.domain.refusals import NotAllowedNow

S = TypeVar("S", bound=StrEnum)
C = TypeVar("C", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Row(Generic[S, C]):
    """`command` leads from `source` to `target` and is recorded as `event`; `guard` says in words what must hold."""

    command: C
    source: S
    target: S
    event: str
    guard: str = ""


class Machine(Generic[S, C]):
    """A transition table. Registered by name, so that diagrams and tests find every machine of the house."""

    registry: ClassVar[dict[str, "Machine[StrEnum, StrEnum]"]] = {}

    def __init__(self, name: str, *, states: type[S], commands: type[C], initial: S, rows: Iterable[Row[S, C]]) -> None:
        self.name = name
        self.states = states
        self.commands = commands
        self.initial = initial
        self.rows = tuple(rows)
        self._table = {(row.source, row.command): row for row in self.rows}
        assert len(self._table) == len(self.rows), f"{name}: two rows for one (state, command)"
        assert name not in Machine.registry, f"two machines are called {name}"
        Machine.registry[name] = self  # type: ignore[assignment]  # the registry forgets which enums a machine uses

    def fire(self, state: S, command: C) -> Row[S, C]:
        """The row for `command` in `state`. Raises `NotAllowedNow` where the table has none."""
        row = self._table.get((state, command))
        if row is None:
            raise NotAllowedNow(command=command.value, state=state.value)
        return row

    def allows(self, state: S, command: C) -> bool:
        return (state, command) in self._table

    def final_states(self) -> frozenset[S]:
        sources = {row.source for row in self.rows}
        return frozenset(state for state in self.states if state not in sources)

    def mermaid(self) -> str:
        """The table as a Mermaid state diagram, rows in the order of the table."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial.value}"]
        for row in self.rows:
            guard = f" [{row.guard}]" if row.guard else ""
            lines.append(f"    {row.source.value} --> {row.target.value}: {row.command.value}{guard}")
        lines += [f"    {state.value} --> [*]" for state in self.states if state in self.final_states()]
        return "\n".join(lines) + "\n"
