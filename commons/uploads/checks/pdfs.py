"""PDF: so many pages, so deep, no password, nothing that acts by itself."""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import pikepdf

from commons.uploads.domain import (
    ArchiveLocked,
    PdfActive,
    PdfTooDeep,
    PdfTooManyPages,
    UploadTooCostly,
    UploadUnreadable,
)

MOST_PAGES = 5_000
DEEPEST = 60
MOST_OBJECTS = 500_000
_ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/Movie", "/Sound"}


def look(file: BinaryIO, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Pages and objects of a PDF. Raises the refusals of this module."""
    most_pages = int(arguments.get("most_pages", MOST_PAGES))
    try:
        with pikepdf.open(file, attempt_recovery=False, suppress_warnings=True) as document:
            pages = _pages(document, most_pages)
            objects = _walk(document)
    except pikepdf.PasswordError:
        raise ArchiveLocked() from None
    except pikepdf.PdfError as error:
        raise (PdfTooDeep() if "deep" in str(error) else UploadUnreadable()) from None
    return {"pages": pages, "objects": objects}


def _pages(document: pikepdf.Pdf, most: int) -> int:
    pages = len(document.pages)
    if pages > most:
        raise PdfTooManyPages(most=str(most))
    if not pages:
        raise UploadUnreadable()
    return pages


def _walk(document: pikepdf.Pdf) -> int:
    """Look at every object once, as deep as it goes."""
    count = 0
    for number, found in enumerate(document.objects):
        if number > MOST_OBJECTS:
            raise UploadTooCostly()
        stack = [(found, 0)]
        while stack:
            value, depth = stack.pop()
            count += 1
            if depth > DEEPEST:
                raise PdfTooDeep()
            if count > 4 * MOST_OBJECTS:
                raise UploadTooCostly()
            stack.extend((inner, depth + 1) for inner in _inner(value))
    return count


def _inner(value: Any) -> Iterator[Any]:
    """The direct values inside a dictionary, stream or array; what is referred to is an object of its own."""
    if isinstance(value, (pikepdf.Dictionary, pikepdf.Stream)):
        _refuse_action(value)
        items = [value[key] for key in value.keys()]  # noqa: SIM118  # pikepdf's objects iterate over items otherwise
    elif isinstance(value, pikepdf.Array):
        items = list(value)
    else:
        return
    yield from (item for item in items if isinstance(item, pikepdf.Object) and not item.is_indirect)


def _refuse_action(value: Any) -> None:
    # /S also names the role of a structure element, which has a /P; an action has none.
    if "/S" in value and str(value["/S"]) in _ACTIONS and "/P" not in value:
        raise PdfActive(what=str(value["/S"])[1:])
    for key in ("/JS", "/XFA"):
        if key in value:
            raise PdfActive(what=key[1:])
