"""ZIP archives: nothing nested, overlapping, growing or leading out of its folder; every byte is unpacked once."""

import stat
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

from commons.uploads.domain import (
    ArchiveEscapes,
    ArchiveLocked,
    ArchiveNested,
    ArchiveOverlapping,
    ArchiveTooLarge,
    UploadUnreadable,
)

MOST_ENTRIES = 5_000
MOST_BYTES = 1_000_000_000
"""All entries together, unpacked."""
HIGHEST_RATIO = 200
"""Unpacked to packed bytes of the archive; deflate reaches 1,032."""
SMALL = 1_000_000
"""An archive that unpacks to less may be packed as tightly as it likes."""
_CHUNK = 256 * 1024
_LOCAL_HEADER = 30
_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\xfd7zXZ\x00")


def look(file: BinaryIO, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Names, count and bytes of an archive. Raises the refusals of this module."""
    with opened(file) as archive:
        entries = archive.infolist()
        check_directory(file, entries)
        total = sum(check_entry(archive, entry, nested=bool(arguments.get("nested"))) for entry in entries)
    return {"entries": len(entries), "bytes": total, "names": [entry.filename for entry in entries][:200]}


def opened(file: BinaryIO) -> zipfile.ZipFile:
    """The archive. Raises `UploadUnreadable`."""
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise UploadUnreadable() from None


def check_directory(file: BinaryIO, entries: Sequence[zipfile.ZipInfo]) -> None:
    """What the directory alone shows: names, sizes, and that no two entries share a byte."""
    if len(entries) > MOST_ENTRIES or len({entry.filename for entry in entries}) != len(entries):
        raise ArchiveTooLarge() if len(entries) > MOST_ENTRIES else ArchiveOverlapping()
    for entry in entries:
        _check_name(entry)
        if entry.flag_bits & 0x1:
            raise ArchiveLocked()
    packed, unpacked = sum(entry.compress_size for entry in entries), sum(entry.file_size for entry in entries)
    if unpacked > MOST_BYTES or (unpacked > SMALL and unpacked > HIGHEST_RATIO * max(packed, 1)):
        raise ArchiveTooLarge()
    _check_places(file, entries)


def check_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, *, nested: bool) -> int:
    """Unpack one entry, counting; its bytes. `nested`: it may be a ZIP archive in its turn, as office files are."""
    count, head = 0, b""
    try:
        with archive.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                head = head or chunk[:8]
                count += len(chunk)
                if count > entry.file_size:
                    raise ArchiveTooLarge()
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError):
        raise ArchiveOverlapping() from None
    if head.startswith(_MAGIC) and not nested:
        raise ArchiveNested()
    return count


def _check_name(entry: zipfile.ZipInfo) -> None:
    # orig_filename is what stands in the file; Python cuts names at NUL and other programs do not.
    name = entry.orig_filename.replace("\\", "/")
    parts = name.split("/")
    if "\x00" in name or name.startswith("/") or ".." in parts or (parts[0][1:2] == ":"):
        raise ArchiveEscapes()
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise ArchiveEscapes()


def _check_places(file: BinaryIO, entries: Sequence[zipfile.ZipInfo]) -> None:
    """Each entry has its own bytes, and its header says the name that the directory says."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise ArchiveOverlapping()
        file.seek(entry.header_offset)
        header = file.read(_LOCAL_HEADER)
        if len(header) < _LOCAL_HEADER or not header.startswith(b"PK\x03\x04"):
            raise ArchiveOverlapping()
        name_length, extra_length = int.from_bytes(header[26:28], "little"), int.from_bytes(header[28:30], "little")
        if file.read(name_length) != _raw_name(entry):
            raise ArchiveOverlapping()
        end = entry.header_offset + _LOCAL_HEADER + name_length + extra_length + entry.compress_size


def _raw_name(entry: zipfile.ZipInfo) -> bytes:
    return entry.orig_filename.encode("utf-8" if entry.flag_bits & 0x800 else "cp437")
