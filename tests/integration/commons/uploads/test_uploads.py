"""Files made to hurt their reader: each class is refused by its own code, in a child that can be killed."""

import io
import os
import struct
import threading
import time
import zipfile
import zlib
from collections.abc import Callable
from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import BinaryIO, cast

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image

from commons.uploads import limited
from commons.uploads.domain import (
    ArchiveEscapes,
    ArchiveLocked,
    ArchiveNested,
    ArchiveOverlapping,
    ArchiveTooLarge,
    Cage,
    CertificateTooLarge,
    PdfActive,
    PdfTooDeep,
    PdfTooManyPages,
    PictureTooLarge,
    UploadTooCostly,
    UploadUnreadable,
    UploadUnsafe,
    WorkbookWithMacros,
    XmlTooDeep,
    XmlWithDefinitions,
)
from commons.uploads.services import Kind, check


def archive(entries: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return made.getvalue()


def overlapping() -> bytes:
    """Two names in the directory, one and the same entry behind both."""
    made = archive({"aa.txt": b"content"})
    start = made.index(b"PK\x01\x02")
    end = made.index(b"PK\x05\x06")
    directory = made[start:end]
    twice = directory + directory.replace(b"aa.txt", b"bb.txt")
    tail = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 2, 2, len(twice), start, 0)
    return made[:start] + twice + tail


def link() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        entry = zipfile.ZipInfo("passwords")
        entry.external_attr = 0o120777 << 16
        file.writestr(entry, "/etc/passwd")
    return made.getvalue()


def lying_about_size() -> bytes:
    """The directory says 1 byte, the entry unpacks to a megabyte."""
    made = bytearray(archive({"a.txt": b"0" * 1_000_000}))
    start = made.index(b"PK\x01\x02")
    made[start + 24 : start + 28] = struct.pack("<L", 1)
    return bytes(made)


def locked() -> bytes:
    made = bytearray(archive({"a.txt": b"x"}))
    for place in (made.index(b"PK\x03\x04") + 6, made.index(b"PK\x01\x02") + 8):
        made[place] |= 1
    return bytes(made)


def pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalogue."""
    made, places = io.BytesIO(), []
    made.write(b"%PDF-1.7\n")
    for number, content in enumerate(objects, start=1):
        places.append(made.tell())
        made.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = made.tell()
    made.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    made.writelines(b"%010d 00000 n \n" % place for place in places)
    made.write(b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return made.getvalue()


PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>"
CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"


def pages(number: int) -> bytes:
    kids = b" ".join(b"%d 0 R" % (place + 3) for place in range(number))
    return pdf(CATALOGUE, b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, number), *[PAGE] * number)


def one_page(extra: bytes) -> bytes:
    tree = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    return pdf(CATALOGUE, tree, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]%s>>" % extra)


def deep_page_tree(depth: int) -> bytes:
    nodes = [b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (place + 3) for place in range(depth)]
    return pdf(CATALOGUE, *nodes, PAGE)


def laughs() -> bytes:
    lines = ['<!ENTITY a0 "ha">']
    lines += [f'<!ENTITY a{place} "{f"&a{place - 1};" * 10}">' for place in range(1, 12)]
    return f"<!DOCTYPE lolz [{''.join(lines)}]><lolz>&a11;</lolz>".encode()


def png(width: int, height: int) -> bytes:
    """A picture that says how large it is and holds next to nothing."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))

    header = struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def workbook(extra: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet["A1"] = "1"
    book.save(made)
    with zipfile.ZipFile(made, "a") as file:
        for name, content in extra.items():
            file.writestr(name, content)
    return made.getvalue()


def saved_png() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(made, "PNG")
    return made.getvalue()


GOOD: list[tuple[str, Kind, Callable[[], bytes]]] = [
    ("archive", Kind.ZIP, lambda: archive({"投标文件/一.txt": b"hello" * 100, "b.txt": b""})),
    ("workbook", Kind.XLSX, lambda: workbook({})),
    ("XML", Kind.XML, lambda: "<bank><entry>一</entry></bank>".encode()),
    ("picture", Kind.PICTURE, saved_png),
    ("PDF", Kind.PDF, lambda: pages(3)),
]

BAD: list[tuple[str, Kind, Callable[[], bytes], type[UploadUnsafe]]] = [
    ("nested archive", Kind.ZIP, lambda: archive({"inner.zip": archive({"a": b"x"})}), ArchiveNested),
    ("overlapping archive", Kind.ZIP, overlapping, ArchiveOverlapping),
    ("zip bomb", Kind.ZIP, lambda: archive({"zeros": b"\0" * 30_000_000}), ArchiveTooLarge),
    ("many entries", Kind.ZIP, lambda: archive({str(n): b"" for n in range(6_000)}), ArchiveTooLarge),
    ("entry that lies about its size", Kind.ZIP, lying_about_size, ArchiveOverlapping),
    ("zip-slip", Kind.ZIP, lambda: archive({"../../etc/cron.d/x": b"x"}), ArchiveEscapes),
    ("zip-slip with backslashes", Kind.ZIP, lambda: archive({"..\\..\\x": b"x"}), ArchiveEscapes),
    ("absolute name", Kind.ZIP, lambda: archive({"/etc/passwd": b"x"}), ArchiveEscapes),
    ("drive letter", Kind.ZIP, lambda: archive({"C:/windows/x": b"x"}), ArchiveEscapes),
    ("symbolic link", Kind.ZIP, link, ArchiveEscapes),
    ("archive with a password", Kind.ZIP, locked, ArchiveLocked),
    ("no archive", Kind.ZIP, lambda: b"PK\x03\x04 nothing", UploadUnreadable),
    ("billion laughs", Kind.XML, laughs, XmlWithDefinitions),
    ("external entity", Kind.XML, lambda: b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', XmlWithDefinitions),
    ("deep XML", Kind.XML, lambda: b"<a>" * 100_000, XmlTooDeep),
    ("laughs in a workbook", Kind.XLSX, lambda: workbook({"xl/x.xml": laughs()}), XmlWithDefinitions),
    ("macros", Kind.XLSX, lambda: workbook({"xl/vbaProject.bin": b"x"}), WorkbookWithMacros),
    ("archive as a workbook", Kind.XLSX, lambda: archive({"a.txt": b"x"}), UploadUnreadable),
    ("huge picture", Kind.PICTURE, lambda: png(60_000, 60_000), PictureTooLarge),
    ("picture cut short", Kind.PICTURE, lambda: saved_png()[:45], UploadUnreadable),
    ("10,000 pages", Kind.PDF, lambda: pages(10_000), PdfTooManyPages),
    ("deep page tree", Kind.PDF, lambda: deep_page_tree(5_000), PdfTooDeep),
    ("deep array", Kind.PDF, lambda: one_page(b"/X " + b"[" * 90 + b"]" * 90), PdfTooDeep),
    ("bottomless array", Kind.PDF, lambda: one_page(b"/X " + b"[" * 200_000 + b"]" * 200_000), UploadUnsafe),
    ("script", Kind.PDF, lambda: one_page(b"/AA<</O<</S/JavaScript/JS(app.alert)>>>>"), PdfActive),
    ("launched program", Kind.PDF, lambda: one_page(b"/AA<</O<</S/Launch/F(cmd.exe)>>>>"), PdfActive),
    ("no PDF", Kind.PDF, lambda: b"%PDF-1.7 nothing", UploadUnreadable),
    ("1 MB certificate", Kind.CERTIFICATE, lambda: b"\x30\x84\x00\x0f\xff\xff" + bytes(10**6), CertificateTooLarge),
    ("no certificate", Kind.CERTIFICATE, lambda: b"hello", UploadUnreadable),
]  # fmt: skip


@pytest.mark.parametrize(("name", "kind", "make"), GOOD, ids=[row[0] for row in GOOD])
def test_a_good_file_passes(name: str, kind: Kind, make: Callable[[], bytes]) -> None:
    assert check(io.BytesIO(make()), kind).facts


@pytest.mark.parametrize(("name", "kind", "make", "refusal"), BAD, ids=[row[0] for row in BAD])
def test_a_file_made_to_hurt_is_refused(
    name: str, kind: Kind, make: Callable[[], bytes], refusal: type[UploadUnsafe]
) -> None:
    with pytest.raises(refusal):
        check(io.BytesIO(make()), kind)


def spin(file: BinaryIO, arguments: object) -> None:
    while True:
        pass


def wait(file: BinaryIO, arguments: object) -> None:
    threading.Event().wait()


def eat(file: BinaryIO, arguments: object) -> int:
    return len([bytearray(2**20) for _ in range(2_000)])


def talk(file: BinaryIO, arguments: object) -> str:
    return "x" * (limited.ANSWER_BYTES + 1)


def fail(file: BinaryIO, arguments: object) -> None:
    raise ZeroDivisionError


def connect(file: BinaryIO, arguments: object) -> None:
    import socket

    socket.create_connection(("127.0.0.1", 1))


def launch(file: BinaryIO, arguments: object) -> None:
    import subprocess

    subprocess.run(["true"], check=True)


def write(file: BinaryIO, arguments: object) -> None:
    os.open(cast("dict[str, str]", arguments)["target"], os.O_CREAT | os.O_WRONLY)


def first_bytes(file: BinaryIO, arguments: object) -> str:
    return file.read(5).decode()


@pytest.mark.parametrize(
    ("job", "cage", "refusal"),
    [
        (spin, Cage(cpu_s=1), UploadTooCostly),
        (wait, Cage(wall_s=8), UploadTooCostly),
        (eat, Cage(), UploadTooCostly),
        (talk, Cage(), UploadTooCostly),
        (fail, Cage(), UploadUnreadable),
        (connect, Cage(), UploadUnreadable),
        (launch, Cage(), UploadUnreadable),
    ],
)
def test_the_cage_holds(job: Callable[..., object], cage: Cage, refusal: type[UploadUnsafe]) -> None:
    started = time.monotonic()
    with pytest.raises(refusal):
        limited.run(f"{__name__}:{job.__name__}", io.BytesIO(b"x"), cage=cage)
    assert time.monotonic() - started < 60, "the child was not stopped"


def test_the_cage_writes_nothing(tmp_path: object) -> None:
    target = f"{tmp_path}/written"
    with pytest.raises(UploadUnreadable):
        limited.run(f"{__name__}:write", io.BytesIO(b"x"), {"target": target})
    assert not os.path.exists(target)  # noqa: PTH110


@pytest.mark.parametrize("make", [TemporaryFile, SpooledTemporaryFile, io.BytesIO])
def test_the_child_reads_any_file_from_its_start(make: Callable[[], BinaryIO]) -> None:
    with make() as file:
        file.write(b"hello world")
        assert limited.run(f"{__name__}:first_bytes", file) == "hello"
        assert file.read(5) == b"hello", "the file is handed back at its start"


def by_order(file: BinaryIO, arguments: object) -> object:
    """What the file asks for; otherwise how much of the others its reader can see."""
    asked = file.read().decode()
    if asked in ("spin", "wait", "eat", "talk", "fail", "connect", "launch"):
        return cast("Callable[[BinaryIO, object], object]", globals()[asked])(file, arguments)
    leaked = [number for number in range(3, 64) if _is_open(number)]
    globals()["REMEMBERED"].append(asked)
    return {"said": asked, "open": len(leaked), "remembered": len(REMEMBERED), **cast("dict[str, str]", arguments)}


REMEMBERED: list[str] = []


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def test_of_several_files_each_has_a_cage_of_its_own_and_meets_none_of_the_others() -> None:
    asked = ("one", "spin", "two", "eat", "talk", "fail", "launch", "three")
    files = [(io.BytesIO(one.encode()), {"number": str(n)}) for n, one in enumerate(asked)]

    found = limited.run_each(f"{__name__}:by_order", files, cage=Cage(cpu_s=1))

    assert [one for one in found if isinstance(one, dict)] == [
        {"said": said, "open": 0, "remembered": 1, "number": str(asked.index(said))} for said in ("one", "two", "three")
    ]
    refusals = [type(one) for one in found if not isinstance(one, dict)]
    assert refusals == [UploadTooCostly, UploadTooCostly, UploadTooCostly, UploadUnreadable, UploadUnreadable]


def test_a_look_that_waits_is_killed_and_the_next_file_has_its_turn() -> None:
    files: list[tuple[BinaryIO, dict[str, str]]] = [(io.BytesIO(one), {}) for one in (b"wait", b"after")]
    waited, after = limited.run_each(f"{__name__}:by_order", files, cage=Cage(wall_s=2))
    assert isinstance(waited, UploadTooCostly)
    assert isinstance(after, dict)
