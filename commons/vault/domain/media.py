"""What a file is, by its first bytes; what it calls itself must agree."""

import mimetypes
import zipfile
from typing import BinaryIO

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop

PDF = "application/pdf"
PNG = "image/png"
JPEG = "image/jpeg"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XML = "application/xml"
CSV = "text/csv"
JSON = "application/json"
BYTES = "application/octet-stream"
"""Never taken from outside; for what comes out of a sealed bid and is of no known kind."""
SIGNATURE = "application/pkcs7-signature"
"""A detached CMS signature, DER."""

ALIASES = {"text/xml": XML, "image/jpg": JPEG, "application/csv": CSV, "application/vnd.ms-excel": CSV}
"""Browsers on Windows call a CSV file an Excel file."""

KNOWN = frozenset({PDF, PNG, JPEG, XLSX, XML, CSV, JSON, SIGNATURE})

_HEAD = 4096
_MOST_ZIP_ENTRIES = 10_000


class WrongMediaType(Refusal):
    """The content is not what the upload calls it, or is of no kind that the vault takes."""

    code = "WRONG_MEDIA_TYPE"
    message = gettext_noop(
        "The file is not what its type says (%(declared)s). Allowed are PDF, PNG, JPEG, XLSX, XML and CSV."
    )
    status = 415


class FileTooLarge(Refusal):
    code = "FILE_TOO_LARGE"
    message = gettext_noop("The file is larger than %(limit_mb)s MB. Make it smaller or split it.")
    status = 413


class FileEmpty(Refusal):
    code = "FILE_EMPTY"
    message = gettext_noop("The file is empty.")
    status = 400


def normal_type(declared: str) -> str:
    """The media type without parameters and aliases."""
    bare = declared.partition(";")[0].strip().lower()
    return ALIASES.get(bare, bare)


def check_content(file: BinaryIO, declared: str) -> str:
    """The normal media type of a seekable file. Raises `WrongMediaType` unless content and declaration agree."""
    wanted = normal_type(declared)
    if wanted not in KNOWN or not _matches(file, wanted):
        raise WrongMediaType(declared=declared[:100])
    file.seek(0)
    return wanted


def found_type(file: BinaryIO, name: str) -> str:
    """The media type that the name says and the content confirms; plain bytes where they do not agree."""
    declared, _ = mimetypes.guess_type(name)
    wanted = normal_type(declared or "")
    return wanted if wanted in KNOWN and _matches(file, wanted) else BYTES


def _matches(file: BinaryIO, wanted: str) -> bool:
    file.seek(0)
    head = file.read(_HEAD)
    if wanted == PDF:
        return head.startswith(b"%PDF-")
    if wanted == PNG:
        return head.startswith(b"\x89PNG\r\n\x1a\n")
    if wanted == JPEG:
        return head.startswith(b"\xff\xd8\xff")
    if wanted == SIGNATURE:
        return head.startswith(b"\x30")
    if wanted == XLSX:
        return _is_workbook(file)
    text = _as_text(head)
    if wanted == XML:
        return text is not None and text.lstrip("\ufeff \t\r\n").startswith("<")
    if wanted == JSON:
        return text is not None and text.lstrip().startswith(("{", "["))
    return text is not None and not text.lstrip("\ufeff \t\r\n").startswith(("<", "%PDF"))


def _is_workbook(file: BinaryIO) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    return len(names) <= _MOST_ZIP_ENTRIES and "xl/workbook.xml" in names


def _as_text(head: bytes) -> str | None:
    """The text, in UTF-8 or GB 18030; the cut at the end of the head may break a character."""
    if b"\x00" in head:
        return None
    for encoding in ("utf-8", "gb18030"):
        for cut in range(4):
            try:
                return head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
    return None
