"""Amounts that contradict each other: 政府采购货物和服务招标投标管理办法 (87号令) art. 59.

In this order: (1) the opening sheet prevails over the details; (2) words prevail over figures; (3) a unit price whose
decimal point is plainly misplaced gives way to the total; (4) otherwise the unit price prevails over the total.
Whoever quoted must confirm the corrected amount; without it the bid is invalid.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bidding.scoring.domain.model import Line, Quoted, Step
from bidding.scoring.domain.rounding import exact, fen
from commons.domain.money import as_text
from commons.domain.text import gettext_noop

_POWERS = tuple(Fraction(10) ** power for power in range(-6, 7) if power)


@dataclass(frozen=True, slots=True)
class Correction:
    """The amount that counts, and a step for every conflict that was found."""

    amount: Decimal
    steps: tuple[Step, ...]

    @property
    def needs_confirmation(self) -> bool:
        return bool(self.steps)


def correct(quoted: Quoted) -> Correction:
    """The amount that counts by the order of art. 59, with every conflict that was found."""
    steps: list[Step] = []
    total = _lines_total(quoted.lines, steps)
    if total is not None and quoted.details_total is not None and total != quoted.details_total:
        steps.append(
            Step(
                gettext_noop("The details add up to %(sum)s, not to %(total)s: the sum counts."),
                {"sum": as_text(total), "total": as_text(quoted.details_total)},
            )
        )  # fmt: skip
    details = total if total is not None else quoted.details_total
    amount = quoted.sheet_figures
    if quoted.sheet_words is not None and quoted.sheet_words != quoted.sheet_figures:
        amount = quoted.sheet_words
        steps.append(
            Step(
                gettext_noop("The opening sheet says %(words)s in words and %(figures)s in figures: the words count."),
                {"words": as_text(quoted.sheet_words), "figures": as_text(quoted.sheet_figures)},
            )
        )
    if details is not None and details != amount:
        steps.append(
            Step(
                gettext_noop("The details say %(details)s, the opening sheet %(sheet)s: the opening sheet counts."),
                {"details": as_text(details), "sheet": as_text(amount)},
            )
        )  # fmt: skip
    return Correction(amount, tuple(steps))


def _lines_total(lines: tuple[Line, ...], steps: list[Step]) -> Decimal | None:
    if not lines:
        return None
    return sum((_line_total(line, index, steps) for index, line in enumerate(lines, 1)), Decimal(0))


def _line_total(line: Line, index: int, steps: list[Step]) -> Decimal:
    product = fen(exact(line.unit_price) * exact(line.quantity))
    if product == line.total:
        return product
    fields = {"line": line.name or str(index), "unit_price": as_text(line.unit_price), "total": as_text(line.total)}
    if _misplaced(line):
        text = gettext_noop(
            "%(line)s: the decimal point of the unit price %(unit_price)s is misplaced; the total %(total)s counts."
        )
        steps.append(Step(text, fields))
        return line.total
    text = gettext_noop(
        "%(line)s: %(unit_price)s times the quantity is %(product)s and not %(total)s; the unit price counts."
    )
    steps.append(Step(text, fields | {"product": as_text(product)}))
    return product


def _misplaced(line: Line) -> bool:
    """A shift of the unit price's point by some places, and nothing else, makes the line right."""
    exact_product = exact(line.unit_price) * exact(line.quantity)
    return any(fen(exact_product * power) == line.total for power in _POWERS) and line.total != 0
