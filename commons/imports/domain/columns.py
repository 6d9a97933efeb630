"""What a column may hold, and how its text becomes a value. Pure."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from commons.domain import codes, money
from commons.domain.refusals import Malformed, Refusal
from commons.domain.text import gettext_noop

Value: TypeAlias = "str | Decimal | int | date | None"


class CellMissing(Refusal):
    code = "IMPORT_CELL_MISSING"
    message = gettext_noop("“%(field)s” is empty; fill it in.")
    status = 400


class NotAChoice(Refusal):
    code = "IMPORT_NOT_A_CHOICE"
    message = gettext_noop("“%(field)s” must be one of: %(choices)s.")
    status = 400


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell that has no usable text: a formula, an error value, a number that lost digits."""

    reason: str


Cell: TypeAlias = "str | BadCell"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the field it fills, the headings by which it is known (the first stands in the template)."""

    name: str
    headings: tuple[str, ...]
    parse: Callable[[str, str], Value]
    required: bool = True

    def read(self, cell: Cell) -> Value:
        """The value of a cell. Raises the refusal that says what is wrong with it."""
        if isinstance(cell, BadCell):
            raise Malformed(field=self.headings[0], reason=cell.reason)
        if cell:
            return self.parse(cell, self.headings[0])
        if self.required:
            raise CellMissing(field=self.headings[0])
        return None


def text(name: str, *headings: str, max_length: int = 120, required: bool = True) -> Column:
    """Words as they are written; no control characters."""

    def parse(cell: str, field: str) -> str:
        if len(cell) > max_length:
            raise Malformed(field=field, reason=gettext_noop("it is too long"))
        if any(unicodedata.category(character) in ("Cc", "Cs", "Co") for character in cell):
            raise Malformed(field=field, reason=gettext_noop("it holds characters that cannot be printed"))
        return cell

    return Column(name, headings, parse, required)


def uscc(name: str, *headings: str, required: bool = True) -> Column:
    """A unified social credit code; full-width and lower-case spellings are read as the code they mean."""

    def parse(cell: str, field: str) -> str:
        verdict = codes.check_uscc(code := codes.normalise(cell))
        if not verdict.valid:
            raise Malformed(field=field, reason=verdict.reason)
        return code

    return Column(name, headings, parse, required)


def region(name: str, *headings: str, required: bool = True) -> Column:
    """Six digits of GB/T 2260."""
    return pattern(
        name, *headings, shape=r"[1-9][0-9]{5}", reason=gettext_noop("six digits are needed"), required=required
    )


def pattern(name: str, *headings: str, shape: str, reason: str, required: bool = True) -> Column:
    """Text that matches a regular expression as a whole."""
    compiled = re.compile(shape, re.ASCII)

    def parse(cell: str, field: str) -> str:
        if not compiled.fullmatch(cell):
            raise Malformed(field=field, reason=reason)
        return cell

    return Column(name, headings, parse, required)


def decimal(name: str, *headings: str, places: int, allow_zero: bool = True, required: bool = True) -> Column:
    """A plain decimal that is not negative. Full-width digits, thousands separators and exponents are refused."""
    return Column(
        name,
        headings,
        lambda cell, field: money.parse_decimal(cell, field=field, places=places, allow_zero=allow_zero),
        required,
    )


def integer(name: str, *headings: str, required: bool = True) -> Column:
    """A whole number that is not negative."""
    return Column(name, headings, lambda cell, field: int(money.parse_decimal(cell, field=field, places=0)), required)


_DAYS = tuple(
    re.compile(shape, re.ASCII)
    for shape in (
        r"(\d{4})-(\d{1,2})-(\d{1,2})",
        r"(\d{4})/(\d{1,2})/(\d{1,2})",
        r"(\d{4})年(\d{1,2})月(\d{1,2})日",
        r"(\d{4})(\d{2})(\d{2})",
    )
)


def day(name: str, *headings: str, required: bool = True) -> Column:
    """A calendar day: 2026-01-05, 2026/1/5, 2026年1月5日 or 20260105."""

    def parse(cell: str, field: str) -> date:
        match = next(filter(None, (shape.fullmatch(cell) for shape in _DAYS)), None)
        if match is None:
            raise Malformed(field=field, reason=gettext_noop("a day is written as 2026-01-05"))
        try:
            return date(*(int(part) for part in match.groups()))
        except ValueError:
            raise Malformed(field=field, reason=gettext_noop("there is no such day")) from None

    return Column(name, headings, parse, required)


def choice(name: str, *headings: str, choices: Mapping[str, str], required: bool = True) -> Column:
    """One of several words, each of which stands for a stored value."""
    known = {heading_key(word): value for word, value in choices.items()}
    shown: dict[str, str] = {}
    for word, value in choices.items():
        shown.setdefault(value, word)

    def parse(cell: str, field: str) -> str:
        value = known.get(heading_key(cell))
        if value is None:
            raise NotAChoice(field=field, choices="、".join(shown.values()))
        return value

    return Column(name, headings, parse, required)


def heading_key(heading: str) -> str:
    """Headings and words of a choice are compared without regard to width, case, blanks and asterisks."""
    return re.sub(r"[\s*]", "", unicodedata.normalize("NFKC", heading)).casefold()


def as_stored(value: Value) -> str | None:
    """The text form of a value in stored rows and digests."""
    if isinstance(value, Decimal):
        return money.as_text(value)
    if isinstance(value, date):
        assert not isinstance(value, datetime), "a column holds days, not instants"
        return value.isoformat()
    return None if value is None else str(value)
