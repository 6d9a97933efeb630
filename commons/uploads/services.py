"""The general check of a file from outside: `services.check(file, media_type)`."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, BinaryIO, cast

from commons.evidence.domain.canonical import JSON
from commons.uploads import limited
from commons.uploads.domain import Cage, UploadUnreadable


class Kind(StrEnum):
    """What a file is looked at as."""

    ZIP = "ZIP"
    XLSX = "XLSX"
    XML = "XML"
    PICTURE = "PICTURE"
    PDF = "PDF"
    CERTIFICATE = "CERTIFICATE"


JOBS = {
    Kind.ZIP: "commons.uploads.checks.archives:look",
    Kind.XLSX: "commons.uploads.checks.workbooks:look",
    Kind.XML: "commons.uploads.checks.markup:look",
    Kind.PICTURE: "commons.uploads.checks.pictures:look",
    Kind.PDF: "commons.uploads.checks.pdfs:look",
    Kind.CERTIFICATE: "commons.uploads.checks.certificates:look",
}
MEDIA_TYPES = {
    "application/zip": Kind.ZIP,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": Kind.XLSX,
    "application/xml": Kind.XML,
    "image/png": Kind.PICTURE,
    "image/jpeg": Kind.PICTURE,
    "application/pdf": Kind.PDF,
    "application/pkix-cert": Kind.CERTIFICATE,
}


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that was looked at and may be opened, with what was seen."""

    kind: Kind
    facts: Mapping[str, Any]


def check(
    file: BinaryIO, kind: Kind, *, arguments: Mapping[str, JSON] | None = None, cage: Cage | None = None
) -> CheckedFile:
    """Look at a seekable file as `kind`, in a child process with limits; its place is kept at the start.

    Raises an `UploadUnsafe` that says what is wrong.
    """
    facts = limited.run(JOBS[kind], file, arguments, cage=cage)
    if not isinstance(facts, dict):
        raise UploadUnreadable()
    return CheckedFile(kind, cast("dict[str, Any]", facts))


def kind_of(media_type: str) -> Kind | None:
    """What a media type is looked at as; None for plain text, which nothing unpacks."""
    return MEDIA_TYPES.get(media_type)
