"""What a PDF tells beside its pages, and on which pages its bidder is named. Runs in the limited child process, and in
the offline composer on the bidder's own machine; the page does the same with `pdf-facts.js`."""

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any, BinaryIO

import pikepdf
import pypdfium2

TELLING = ("/LastModified", "/Metadata", "/PieceInfo")
MOST_PAGES = 5_000


def look(file: BinaryIO, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """`{"is_pdf", "metadata", "marks"}`; `names` in the arguments are those by which the bidder is known."""
    names = [str(name) for name in arguments.get("names", ())]
    try:
        with pikepdf.open(file, suppress_warnings=True) as document:
            metadata = sorted(set(_telling(document)))
    except pikepdf.PasswordError:
        return {"is_pdf": True, "metadata": ["ENCRYPTED"], "marks": []}
    except pikepdf.PdfError:
        return {"is_pdf": False, "metadata": [], "marks": []}
    file.seek(0)
    try:
        return {"is_pdf": True, "metadata": metadata, "marks": list(_marks(file, names))}
    except pypdfium2.PdfiumError:  # mended by one reader, unreadable to the other: nobody could evaluate it
        return {"is_pdf": False, "metadata": [], "marks": []}


def _telling(document: pikepdf.Pdf) -> Iterator[str]:
    if "/Info" in document.trailer:
        yield from (str(name) for name in document.docinfo)
    for item in document.objects:
        if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            yield from (name for name in TELLING if name in item)
            if item.get("/Type") in ("/EmbeddedFile", "/Filespec"):
                yield "ATTACHMENT"
            if item.get("/Type") in ("/Sig", "/DocTimeStamp"):
                yield "SIGNATURE"
            if item.get("/Type") == "/Annot" and item.get("/Subtype") not in ("/Link", "/Widget"):
                yield "COMMENT"


def _marks(file: BinaryIO, names: Sequence[str]) -> Iterator[int]:
    """The pages whose text holds one of the names, blanks and line breaks aside."""
    wanted = [squeezed(name) for name in names if squeezed(name)]
    if not wanted:
        return
    document = pypdfium2.PdfDocument(file)
    try:
        for number in range(min(len(document), MOST_PAGES)):
            text = squeezed(document[number].get_textpage().get_text_bounded())
            if any(name in text for name in wanted):
                yield number + 1
    finally:
        document.close()


def cleaned(file: BinaryIO) -> bytes:
    """The same volume without author, program, dates and private data; what cannot be taken off stays told."""
    with pikepdf.open(file) as document, BytesIO() as target:
        if "/Info" in document.trailer:
            del document.trailer["/Info"]
        for item in document.objects:
            if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
                for name in TELLING:
                    if name in item:
                        del item[name]
        document.save(target, deterministic_id=True)
        return target.getvalue()


def squeezed(text: str) -> str:
    return "".join(text.split())
