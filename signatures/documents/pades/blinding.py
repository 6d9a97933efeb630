"""Blind volumes 暗标: a PDF that experts judge must not tell whose it is. What lies beside its pages is taken off.

What pages themselves say stays: a name in the text, a logo. That is for the eyes of who prepares the evaluation.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

import pikepdf

from commons.domain.text import gettext_noop
from signatures.documents.domain.blindness import VolumeNotBlind

_TELLING = ("/Metadata", "/PieceInfo", "/LastModified")
_AUTHOR = ("/T", "/Contents", "/RC", "/Popup")


@dataclass(frozen=True, slots=True)
class Blinded:
    """The file without what told its author, and the names of the entries that were taken off."""

    content: bytes
    removed: tuple[str, ...]


def blind_check(file: BinaryIO) -> Blinded:
    """Take author, program, dates, XMP and private data off a PDF.

    Raises `VolumeNotBlind` where that would not do: no PDF, encrypted, with signatures, attachments or comments.
    """
    try:
        pdf = pikepdf.open(file)
    except pikepdf.PasswordError:
        raise VolumeNotBlind(reason=gettext_noop("it is encrypted")) from None
    except pikepdf.PdfError:
        raise VolumeNotBlind(reason=gettext_noop("it is no PDF that can be read")) from None
    with pdf:
        _refuse_persons(pdf)
        removed = sorted({*_strip_information(pdf), *_strip_private(pdf)})
        target = BytesIO()
        pdf.save(target, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return Blinded(target.getvalue(), tuple(removed))


def _refuse_persons(pdf: pikepdf.Pdf) -> None:
    """What names a person and is content at the same time is refused, for the bidder alone can take it out."""
    if pdf.is_encrypted:
        raise VolumeNotBlind(reason=gettext_noop("it is encrypted"))
    if any(_is_signature(item) for item in pdf.objects):
        raise VolumeNotBlind(reason=gettext_noop("it carries a signature"))
    if len(pdf.attachments) or any(_is_attachment(item) for item in pdf.objects):
        raise VolumeNotBlind(reason=gettext_noop("it carries attached files"))
    if any(_is_comment(mark) for page in pdf.pages for mark in page.obj.get("/Annots", [])):
        raise VolumeNotBlind(reason=gettext_noop("it carries comments"))


def _strip_information(pdf: pikepdf.Pdf) -> Iterator[str]:
    if "/Info" in pdf.trailer:
        yield from [str(name) for name in pdf.docinfo]
        del pdf.trailer["/Info"]


def _strip_private(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Metadata of the document, of its pages and of every picture in it."""
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            for name in _TELLING:
                if name in item:
                    del item[name]
                    yield name


def _is_signature(item: pikepdf.Object) -> bool:
    return isinstance(item, pikepdf.Dictionary) and (
        (item.get("/FT") == "/Sig" and "/V" in item) or item.get("/Type") in ("/Sig", "/DocTimeStamp")
    )


def _is_attachment(item: pikepdf.Object) -> bool:
    return isinstance(item, pikepdf.Dictionary | pikepdf.Stream) and item.get("/Type") in ("/EmbeddedFile", "/Filespec")


def _is_comment(mark: pikepdf.Object) -> bool:
    return mark.get("/Subtype") not in ("/Link", "/Widget") and any(name in mark for name in _AUTHOR)
