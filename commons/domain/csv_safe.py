"""CSV that a spreadsheet opens as data, never as formulas.

A cell that begins with `=`, `+`, `-`, `@` (also full-width), a tab or a line break is taken for a formula by
spreadsheets. Such a cell gets an apostrophe in front; plain numbers keep their sign. The file begins with a byte
order mark, without which Excel reads Chinese as the system's code page.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

from commons.domain.money import as_text
from commons.domain.time import SHANGHAI

Cell = str | int | bool | Decimal | date | datetime | None

_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)


def safe(cell: Cell) -> str:
    """The text of one cell, made harmless; instants as Shanghai time with seconds."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime):
        return cell.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, date):
        return cell.isoformat()
    text = as_text(cell) if isinstance(cell, Decimal) else str(cell)
    if _FORMULA.match(text) and not _PLAIN_NUMBER.fullmatch(text):
        return "'" + text
    return text


def lines(header: Iterable[str], rows: Iterable[Iterable[Cell]]) -> Iterator[str]:
    """The lines of the file one by one, for a streamed download; the first carries the byte order mark."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    mark = "\ufeff"
    for row in _with_header(header, rows):
        writer.writerow([safe(cell) for cell in row])
        yield mark + buffer.getvalue()
        mark = ""
        buffer.seek(0)
        buffer.truncate()


def _with_header(header: Iterable[str], rows: Iterable[Iterable[Cell]]) -> Iterator[Iterable[Cell]]:
    yield tuple(header)
    yield from rows
