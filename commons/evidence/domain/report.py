"""What a verification found: separate facts, and every fault in words."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from commons.evidence.domain.canonical import JSON

MOST_FAULTS = 200
"""A broken log may hold a fault per entry; so many are told, all are counted."""


@dataclass(slots=True)
class Report:
    """Filled while a log is read."""

    facts: dict[str, JSON] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    fault_count: int = 0

    @property
    def holds(self) -> bool:
        return not self.fault_count

    def fault(self, *sentences: str) -> None:
        """Note faults."""
        self.add(sentences)

    def add(self, sentences: Iterable[str]) -> None:
        """Note every fault that `sentences` yields."""
        for sentence in sentences:
            self.fault_count += 1
            if len(self.faults) < MOST_FAULTS:
                self.faults.append(sentence)

    def as_json(self) -> dict[str, JSON]:
        return {"holds": self.holds, **self.facts, "fault_count": str(self.fault_count), "faults": self.faults}
