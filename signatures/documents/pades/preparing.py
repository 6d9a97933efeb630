"""A PDF made ready for one signature: fields where the template marked places, the appearance, an empty container."""

import asyncio
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.embed import EmbeddedFileObject, FileSpec, embed_file
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.sign import fields
from pyhanko.sign.signers import ExternalSigner, PdfSignatureMetadata, PdfSigner
from pyhanko.stamp import StaticStampStyle

from signatures.documents.domain.seals import Appearance
from signatures.documents.pades.drawing import pdf_operators

RESERVED_BYTES = 24_576
"""For the signature with its chain and its time stamp; what is not used stays zero."""
PLACE = "sign-"
"""A template marks the upper left corner of a signature with `id="sign-<field>"`."""


class NoPlace(LookupError):
    """The template has no place for a signature: a mistake in the template, not of the user."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that travels inside the PDF, under the platform's signature: what others signed beside it."""

    name: str
    content: bytes
    media_type: str
    description: str


@dataclass(frozen=True, slots=True)
class Intent:
    """Which field is signed, by whose certificate (DER), and how that looks."""

    field: str
    certificate: bytes
    name: str
    reason: str
    appearance: Appearance
    certify: bool = False
    """The platform's signature, which allows the fields to be filled and nothing else (DocMDP, FILL_FORMS)."""


@dataclass(frozen=True, slots=True)
class PreparedPdf:
    """A PDF with an empty container, and what its signature covers: everything but `start` to `end`."""

    content: bytes
    start: int
    end: int

    @property
    def covered(self) -> bytes:
        return self.content[: self.start] + self.content[self.end :]

    @property
    def ranges(self) -> tuple[tuple[int, int], ...]:
        """Offset and length of the two covered parts."""
        return (0, self.start), (self.end, len(self.content) - self.end)

    @property
    def sha256(self) -> str:
        return sha256(self.covered).hexdigest()


def with_fields(
    content: bytes, sizes: Mapping[str, tuple[float, float]], attachments: Sequence[Attachment] = ()
) -> bytes:
    """The PDF with an empty signature field of each size (points) at its marked place. Raises `NoPlace`."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    places = _places(writer)
    for name, (width, height) in sizes.items():
        if name not in places:
            raise NoPlace(f"the template marks no place with id=“{PLACE}{name}”")
        page, x, top = places[name]
        box = (round(x), round(top - height), round(x + width), round(top))
        fields.append_signature_field(writer, fields.SigFieldSpec(name, on_page=page, box=box))
    for one in attachments:
        _attach(writer, one)
    return _written(writer)


def prepare(content: bytes, intent: Intent) -> PreparedPdf:
    """The PDF with the field's appearance drawn and a container reserved."""
    return asyncio.run(_prepare(content, intent))


async def _prepare(content: bytes, intent: Intent) -> PreparedPdf:
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    metadata = PdfSignatureMetadata(
        field_name=intent.field,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        name=intent.name,
        reason=intent.reason,
        certify=intent.certify,
        docmdp_permissions=fields.MDPPerm.FILL_FORMS,
    )
    signer = ExternalSigner(x509.Certificate.load(intent.certificate), cert_registry=None, signature_value=256)
    pdf_signer = PdfSigner(metadata, signer, stamp_style=_style(intent.appearance))
    digest, _, output = await pdf_signer.async_digest_doc_for_signing(
        writer, existing_fields_only=True, bytes_reserved=2 * RESERVED_BYTES
    )
    return PreparedPdf(_bytes(output), digest.reserved_region_start, digest.reserved_region_end)


def _style(appearance: Appearance) -> StaticStampStyle:
    drawn = RawContent(pdf_operators(appearance), box=BoxConstraints(appearance.width, appearance.height))
    return StaticStampStyle(
        background=drawn,
        background_opacity=1.0,
        border_width=0,
        background_layout=SimpleBoxLayoutRule(
            x_align=_CENTRED.x_align, y_align=_CENTRED.y_align, margins=Margins.uniform(0)
        ),
    )


_CENTRED = StaticStampStyle().background_layout


def _places(writer: IncrementalPdfFileWriter) -> dict[str, tuple[int, float, float]]:
    """Page, x and top of every marked place, by the field's name."""
    try:
        named = writer.root["/Names"]["/Dests"]["/Names"]
    except KeyError:
        return {}
    pages = {reference: number for number, reference in enumerate(_page_references(writer))}
    found = {}
    for place in range(0, len(named), 2):
        name = str(named[place])
        if name.startswith(PLACE):
            target = named[place + 1]
            page = pages[target.raw_get(0).reference]
            found[name.removeprefix(PLACE)] = (page, float(target[2]), float(target[3]))
    return found


def _page_references(writer: IncrementalPdfFileWriter) -> list[Any]:
    count = int(writer.root["/Pages"]["/Count"])
    return [writer.find_page_for_modification(number)[0].reference for number in range(count)]


def _attach(writer: IncrementalPdfFileWriter, one: Attachment) -> None:
    stored = EmbeddedFileObject.from_file_data(writer, data=one.content, mime_type=one.media_type)
    embed_file(
        writer,
        FileSpec(
            file_spec_string=one.name,
            file_name=one.name,
            embedded_data=stored,
            description=one.description,
            af_relationship=generic.pdf_name("/Supplement"),
        ),
    )


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def _bytes(output: Any) -> bytes:
    output.seek(0)
    return bytes(output.read())
