"""Figures of several rounds, and how they are printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Rounds:
    """How often, and for how many seconds each."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Line:
    """One result: what was measured, and whether it reached its target (None: only reported)."""

    text: str
    reached: bool | None = None

    def __str__(self) -> str:
        mark = {True: "reached", False: "MISSED", None: "reported"}[self.reached]
        return f"{self.text}  [{mark}]"


def spread(values: Sequence[float], unit: str = "", digits: int = 0) -> str:
    """Median with the smallest and the largest: `1200/s (1100–1350)`."""
    middle, low, high = (f"{value:,.{digits}f}" for value in (median(values), min(values), max(values)))
    return f"{middle}{unit} ({low}–{high})"


def at_least(what: str, ratios: Sequence[float], target: float, detail: str = "") -> Line:
    """A ratio that should be `target` or more."""
    text = f"{what}: {spread(ratios, ' ×', 2)}, target ≥ {target:g} ×{'; ' + detail if detail else ''}"
    return Line(text, median(ratios) >= target)


def at_most(what: str, values: Sequence[float], target: float, unit: str, detail: str = "") -> Line:
    """A figure that should be `target` or less."""
    text = f"{what}: {spread(values, unit, 2)}, target ≤ {target:g}{unit}{'; ' + detail if detail else ''}"
    return Line(text, median(values) <= target)
