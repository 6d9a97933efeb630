"""Reading tables: whatever the bytes, there are lines or a refusal, never a crash and never a hang."""

import io
import zipfile

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from commons.imports import sheets
from commons.imports.domain.tables import FileRefused, Limits

SMALL = Limits(file_bytes=200_000, rows=50, columns=8, cell_characters=100, blank_rows=2_000)


def workbook():
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["统一社会信用代码", "名称"])
    sheet.append(["914403001922038216", "佛山"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


WORKBOOK = workbook()


def read(content, name):
    try:
        return list(sheets.read(io.BytesIO(content), name=name, limits=SMALL))
    except FileRefused:
        return None


@given(st.binary(max_size=400))
def test_any_bytes_called_csv_are_lines_or_a_refusal(content):
    lines = read(content, "a.csv")
    assert lines is None or 0 < len(lines) <= SMALL.rows + 1


@given(st.binary(max_size=200))
def test_any_bytes_called_xlsx_are_refused(content):
    assert read(content, "a.xlsx") is None


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(WORKBOOK) - 1), st.binary(min_size=1, max_size=40))
def test_a_damaged_workbook_is_lines_or_a_refusal(place, noise):
    read(WORKBOOK[:place] + noise + WORKBOOK[place + len(noise) :], "a.xlsx")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_sheet_inside_a_workbook_is_lines_or_a_refusal(xml):
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as source, zipfile.ZipFile(file, "w") as target:
        for entry in source.namelist():
            changed = f"<worksheet><sheetData>{xml}</sheetData></worksheet>".encode("utf-8", "replace")
            target.writestr(entry, changed if entry == "xl/worksheets/sheet1.xml" else source.read(entry))
    read(file.getvalue(), "a.xlsx")


@given(st.lists(st.text("佛山市三水区排污权企业名称0123", min_size=1, max_size=9), min_size=1, max_size=4))
def test_a_table_reads_the_same_in_utf_8_and_in_the_chinese_code_page(cells):
    text = "统一社会信用代码,名称\r\n" + ",".join(cells)

    lines = read(text.encode("utf-8"), "a.csv")

    assert lines is not None
    assert lines[1].cells == tuple(cells)
    assert read(text.encode("utf-8-sig"), "a.csv") == read(text.encode("gb18030"), "a.csv") == lines
