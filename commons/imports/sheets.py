"""Reading xlsx and CSV files as lines of text, within limits, whatever is inside."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

from commons.domain.text import gettext_noop
from commons.imports.domain.columns import BadCell, Cell
from commons.imports.domain.tables import FileRefused, Limits, Line

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
_LARGEST_SHOWN = 10**15
"""A spreadsheet keeps 15 digits; a longer number typed as a number has lost its last digits."""


def media_type(name: str) -> str:
    """The kind of file by its name. Refuses (`FileRefused`) anything but .xlsx and .csv."""
    suffix = name.rsplit(".", 1)[-1].lower()
    if suffix == "xlsx":
        return XLSX
    if suffix == "csv":
        return CSV
    raise FileRefused(reason=gettext_noop("only .xlsx and .csv files can be read; save the table as one of them"))


def read(file: BinaryIO, *, name: str, limits: Limits) -> Iterator[Line]:
    """The lines that are not blank, the headings first, numbered as the spreadsheet numbers them.

    Refuses (`FileRefused`) what is no table, is larger than `limits`, or unpacks to more.
    """
    content = file.read(limits.file_bytes + 1)
    if len(content) > limits.file_bytes:
        raise FileRefused(reason=gettext_noop("it is too large; split it"))
    lines = _xlsx(content, limits) if media_type(name) == XLSX else _csv(content, limits)
    rows = 0
    for line in lines:
        if line.is_blank:
            continue
        rows += 1
        if rows > limits.rows + 1:
            raise FileRefused(reason=gettext_noop("it has too many rows; split it"))
        yield _within(line, limits)
    if not rows:
        raise FileRefused(reason=gettext_noop("the file is empty"))


def _within(line: Line, limits: Limits) -> Line:
    if len(line.cells) > limits.columns and any(line.cells[limits.columns :]):
        raise FileRefused(reason=gettext_noop("it has too many columns"))
    too_long = BadCell(gettext_noop("the cell holds too much text"))
    cells = tuple(
        too_long if isinstance(cell, str) and len(cell) > limits.cell_characters else cell
        for cell in line.cells[: limits.columns]
    )
    return Line(line.number, cells)


# --- CSV ------------------------------------------------------------------------------------------------------------


def _csv(content: bytes, limits: Limits) -> Iterator[Line]:
    text = _decode(content)
    if "\0" in text:
        raise FileRefused(reason=gettext_noop("it holds zero bytes; it is no text file"))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            yield Line(reader.line_num, tuple(_clean(cell) for cell in cells))
    except csv.Error:
        raise FileRefused(
            reason=gettext_noop("its quotation marks or line ends are broken; save it again as CSV")
        ) from None


def _decode(content: bytes) -> str:
    """UTF-8 with or without mark, else GB 18030, which the Chinese Excel writes."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileRefused(reason=gettext_noop("it is UTF-16; save it as “CSV UTF-8”"))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused(reason=gettext_noop("its characters are neither UTF-8 nor GB 18030; save it as “CSV UTF-8”"))


# --- xlsx -----------------------------------------------------------------------------------------------------------


def _xlsx(content: bytes, limits: Limits) -> Iterator[Line]:
    _check_archive(content, limits)
    from openpyxl import load_workbook  # 15 MB that a process which reads no tables does without

    try:
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = workbook.worksheets[0]
        sheet.reset_dimensions()  # what the sheet says of its own size may be wrong
        rows = sheet.iter_rows(max_col=limits.columns + 1)
        for number, row in enumerate(rows, start=1):
            if number > limits.blank_rows:
                raise FileRefused(reason=gettext_noop("it has too many rows; split it"))
            yield Line(number, _without_tail([_cell(cell) for cell in row]))
    except FileRefused:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers raise; none of it may reach the user as a crash
        raise FileRefused(reason=gettext_noop("it is damaged or no xlsx file; save it again")) from error


def _without_tail(cells: list[Cell]) -> tuple[Cell, ...]:
    """A spreadsheet pads every row to the same width."""
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _check_archive(content: bytes, limits: Limits) -> None:
    """An xlsx is a zip: refuse it when it unpacks to far more than it is (the archive enforces declared sizes)."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise FileRefused(reason=gettext_noop("it is damaged or no xlsx file; save it again")) from None
    if any(entry.flag_bits & 1 for entry in entries):
        raise FileRefused(reason=gettext_noop("it is protected by a password; remove it"))
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > 1_000 or unpacked > min(limits.unpacked_bytes, limits.unpacked_ratio * len(content) + 2**20):
        raise FileRefused(reason=gettext_noop("it unpacks to far more than its size"))


def _cell(cell: Any) -> Cell:
    """The text of a cell as the spreadsheet shows it, or why it has none."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return BadCell(gettext_noop("the cell holds a formula; paste its value"))
    if cell.data_type == "e":
        return BadCell(gettext_noop("the cell holds an error value"))
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime):
        midnight = not (value.hour or value.minute or value.second or value.microsecond)
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return _clean(str(value))


def _number(value: float) -> Cell:
    if abs(value) >= _LARGEST_SHOWN:
        return BadCell(gettext_noop("a long number was typed as a number and lost digits; format the column as text"))
    return str(value) if isinstance(value, int) else format(Decimal(format(value, ".15g")), "f")


def _clean(text: str) -> str:
    """Without blanks and invisible marks around it; full-width blanks count as blanks."""
    return text.strip().strip("\ufeff\u200b\u200e\u200f").strip()
