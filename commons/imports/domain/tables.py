"""A table as it was read, and the match of its headings with declared columns. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from commons.imports.domain.columns import BadCell, Cell, Column, Value, heading_key


class FileRefused(Refusal):
    """The file as a whole cannot be read."""

    code = "IMPORT_FILE_REFUSED"
    message = gettext_noop("The file cannot be imported: %(reason)s.")
    status = 400


class HeadingsMissing(Refusal):
    code = "IMPORT_HEADINGS_MISSING"
    message = gettext_noop("The first row must name the columns; these are missing: %(headings)s.")
    status = 400


class HeadingTwice(Refusal):
    code = "IMPORT_HEADING_TWICE"
    message = gettext_noop("The column “%(heading)s” stands twice in the first row; keep one of them.")
    status = 400


class SameKeyTwice(Refusal):
    code = "IMPORT_SAME_KEY_TWICE"
    message = gettext_noop("Line %(line)s of this file already describes the same thing (%(key)s).")
    status = 400


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be. The page reads in one request; the command may go further."""

    file_bytes: int = 20 * 2**20
    rows: int = 5_000
    columns: int = 60
    cell_characters: int = 4_000
    unpacked_bytes: int = 300 * 2**20
    unpacked_ratio: int = 200
    blank_rows: int = 200_000


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file with its number as the spreadsheet shows it."""

    number: int
    cells: tuple[Cell, ...]

    @property
    def is_blank(self) -> bool:
        return not any(self.cells)

    def as_text(self) -> list[str]:
        """The cells for the report; an unusable cell as its reason in brackets."""
        return [f"[{cell.reason}]" if isinstance(cell, BadCell) else cell for cell in self.cells]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each declared column stands in the file, and which headings nobody asked for."""

    places: dict[str, int]
    ignored: tuple[str, ...]

    def values(self, line: Line, columns: Iterable[Column]) -> tuple[dict[str, Value], tuple[Refusal, ...]]:
        """The values of one line and everything that is wrong with it."""
        values: dict[str, Value] = {}
        wrong: list[Refusal] = []
        for column in columns:
            place = self.places.get(column.name)
            cell = line.cells[place] if place is not None and place < len(line.cells) else ""
            try:
                values[column.name] = column.read(cell)
            except Refusal as refusal:
                wrong.append(refusal)
        return values, tuple(wrong)


def match_headings(header: Line, columns: Sequence[Column]) -> Layout:
    """Find the declared columns in the first row. Raises `HeadingsMissing` and `HeadingTwice`."""
    by_heading = {heading_key(heading): column for column in columns for heading in column.headings}
    places: dict[str, int] = {}
    ignored = []
    for place, heading in enumerate(header.as_text()):
        column = by_heading.get(heading_key(heading))
        if column is None:
            ignored += [heading] if heading else []
        elif column.name in places:
            raise HeadingTwice(heading=heading)
        else:
            places[column.name] = place
    missing = [column.headings[0] for column in columns if column.required and column.name not in places]
    if missing:
        raise HeadingsMissing(headings="、".join(missing))
    return Layout(places, tuple(ignored))
