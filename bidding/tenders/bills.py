"""Bills of quantities 工程量清单 from xlsx and CSV."""

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from bidding.tenders.domain.document import BillLine, DocumentMalformed, bill_line
from commons.domain.text import gettext_noop
from commons.imports import sheets
from commons.imports.domain.columns import BadCell, Cell
from commons.imports.domain.tables import FileRefused, Limits

LIMITS = Limits(rows=20_000)
HEADINGS = {
    "code": ("项目编码", "编码", "code"),
    "name": ("项目名称", "名称", "name"),
    "feature": ("项目特征描述", "项目特征", "特征", "feature"),
    "unit": ("计量单位", "单位", "unit"),
    "quantity": ("工程量", "数量", "quantity"),
}
NEEDED = ("code", "name", "unit", "quantity")


def read_bill(file: BinaryIO, *, name: str) -> tuple[BillLine, ...]:
    """The lines of the first sheet; headings may stand in any order, in Chinese or English.

    Refuses `FileRefused` for what is no table and `DocumentMalformed` with the number of a line that cannot be read.
    """
    rows = sheets.read(file, name=name, limits=LIMITS)
    places = _places(next(rows).cells)
    lines = tuple(_line(row.cells, places, row.number) for row in rows)
    if not lines:
        raise FileRefused(reason=gettext_noop("the file is empty"))
    seen: set[str] = set()
    for line in lines:
        if line.code in seen:
            raise DocumentMalformed(reason=gettext_noop("a code is there twice"), where=line.code)
        seen.add(line.code)
    return lines


def _places(headings: Sequence[Cell]) -> dict[str, int]:
    texts = [str(cell).strip().lower() for cell in headings]
    places = dict(_found(texts))
    missing = [HEADINGS[column][0] for column in NEEDED if column not in places]
    if missing:
        raise DocumentMalformed(reason=gettext_noop("columns are missing"), where=", ".join(missing))
    return places


def _found(texts: Sequence[str]) -> Iterator[tuple[str, int]]:
    for column, names in HEADINGS.items():
        for known in names:
            if known in texts:
                yield column, texts.index(known)
                break


def _line(cells: Sequence[Cell], places: dict[str, int], number: int) -> BillLine:
    row: dict[str, str] = {}
    for column, place in places.items():
        cell = cells[place] if place < len(cells) else ""
        if isinstance(cell, BadCell):
            raise DocumentMalformed(reason=cell.reason, where=str(number))
        row[column] = cell
    return bill_line(row, where=str(number))
