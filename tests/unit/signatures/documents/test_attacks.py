"""Attacks on signed PDFs, one per known class. The library alone lets some pass; the platform does not."""

import io
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from signatures.crypto import cms
from signatures.documents.domain.answers import Covers, DocumentAnswer, Fault, Level
from signatures.documents.pades.checking import Unreadable, check
from signatures.documents.pades.finishing import Proof, fill, with_proof
from signatures.documents.pades.preparing import Attachment, Intent, prepare, with_fields
from tests import papers
from tests.pki import Revocation, sign, trust

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def answer(content: bytes, at: datetime = NOW) -> DocumentAnswer:
    return check(content, at=at, trust=trust())


def increment(content: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """One more revision, as an attacker with any PDF library writes it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    change(writer)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def other_text(writer: IncrementalPdfFileWriter) -> generic.IndirectObject:
    return writer.add_object(generic.StreamObject(stream_data=b"BT /F1 40 Tf 50 700 Td (Pay 1 yuan) Tj ET"))


def swap_content(writer: IncrementalPdfFileWriter) -> None:
    page, _ = writer.find_page_for_modification(0)
    page.get_object()["/Contents"] = other_text(writer)
    writer.mark_update(page)


def overlay(writer: IncrementalPdfFileWriter) -> None:
    page, _ = writer.find_page_for_modification(0)
    form = generic.StreamObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/XObject"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/Form"),
            generic.pdf_name("/BBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 600, 800))),
        },
        stream_data=b"1 1 1 rg 0 0 600 800 re f",
    )
    annotation = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/Stamp"),
            generic.pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 600, 800))),
            generic.pdf_name("/AP"): generic.DictionaryObject({generic.pdf_name("/N"): writer.add_object(form)}),
        }
    )
    there = page.get_object().get("/Annots", generic.ArrayObject())
    page.get_object()["/Annots"] = generic.ArrayObject([*there, writer.add_object(annotation)])
    writer.mark_update(page)


def only_info(writer: IncrementalPdfFileWriter) -> None:
    writer.set_info(
        generic.DictionaryObject({generic.pdf_name("/Title"): generic.TextStringObject("Another contract")})
    )


def change_field(writer: IncrementalPdfFileWriter) -> None:
    """Move the seller's seal to another place."""
    field = writer.root["/AcroForm"]["/Fields"].raw_get(1)
    field.get_object()["/Rect"] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 10, 10)))
    writer.mark_update(field)


@pytest.mark.parametrize("change", [swap_content, overlay, change_field])
def test_an_increment_that_changes_what_is_read_is_refused(change: Callable[[IncrementalPdfFileWriter], None]) -> None:
    found = answer(increment(papers.signed_paper(), change))
    assert not found.holds
    assert not found.intact
    assert Fault.CHANGED in found.all_faults


def record(
    who: str = "buyer1", *, over: bytes = b'{"agreed":"yes"}', statement: bytes | None = b'{"agreed":"yes"}'
) -> bytes:
    """A record that the platform sealed, with what `who` signed beside it."""
    signature = sign(who, over, at=papers.AT)
    files = [Attachment("buyer.p7s", signature, "application/pkcs7-signature", "Buyer")]
    if statement is not None:
        files.append(Attachment("buyer.json", statement, "application/json", "Buyer"))
    fields = {"platform": papers.FIELDS["platform"]}
    sealed = papers.sign_field(with_fields(papers.paper(), fields, files), papers.PLATFORM)
    status = cms.verify_detached(
        content=over, signature=signature, at=papers.AT, trust=trust(), revocation=Revocation()
    )
    assert status.certificate is not None
    return with_proof(sealed, Proof(status.certificate.path, status.certificate.proof))


def test_what_was_signed_beside_a_record_is_checked_like_the_record() -> None:
    found = answer(record())

    (statement,) = found.statements
    assert found.holds, found.all_faults
    assert (statement.field_name, statement.signer, statement.revocation) == ("buyer.p7s", "梁一", "GOOD")
    assert statement.time == found.signatures[0].time, "the seal over it proves when it existed"


@pytest.mark.parametrize(
    ("made", "fault"),
    [
        (lambda: record(over=b'{"agreed":"no"}'), Fault.NOT_INTACT),
        (lambda: record(statement=None), Fault.STATEMENT_MISSING),
        (lambda: record("revoked"), Fault.REVOKED),
        (lambda: record("rogue"), Fault.CHAIN),
    ],
)
def test_a_signature_beside_a_record_that_does_not_hold_is_named(made: Callable[[], bytes], fault: Fault) -> None:
    found = answer(made())

    assert not found.holds
    assert fault in found.statements[0].faults
    assert fault in found.all_faults


def test_a_revision_that_only_describes_the_document_anew_is_refused() -> None:
    found = answer(increment(papers.signed_paper(), only_info))
    assert not found.coverage
    assert Fault.NOT_COVERED in found.all_faults


def test_the_good_papers_hold() -> None:
    signed, archived = answer(papers.signed_paper()), answer(papers.archived_paper())
    assert (signed.holds, signed.level, signed.covers) == (True, Level.B_LT, Covers.PROOF_FOLLOWS)
    assert (archived.holds, archived.level, archived.covers) == (True, Level.B_LTA, Covers.WHOLE)
    assert [one.signer for one in signed.signatures] == ["佛山市公共资源交易中心", "佛山市排污权储备中心", "梁一"]
    assert [one.certifies for one in signed.signatures] == [True, False, False]
    assert archived.intact
    assert archived.signature
    assert archived.chain
    assert archived.revocation
    assert archived.time


def test_no_flipped_byte_goes_unnoticed() -> None:
    good = papers.archived_paper()
    chance = random.Random(7)
    container = re.compile(rb"<[0-9a-f]{40000,}>")
    padding = [match.span() for match in container.finditer(good)]
    places = [place for place in chance.sample(range(len(good)), 60) if not any(a <= place < b for a, b in padding)]
    for place in places[:25]:
        changed = bytearray(good)
        changed[place] ^= 1
        try:
            assert not answer(bytes(changed)).holds, f"byte {place}"
        except Unreadable:
            continue


def test_a_flipped_byte_of_the_text_is_named_as_such() -> None:
    changed = bytearray(papers.signed_paper())
    changed[changed.index(b"stream\n") + 20] ^= 1
    found = answer(bytes(changed))
    assert not found.intact
    assert Fault.NOT_INTACT in found.all_faults


def test_hidden_content_that_is_shown_after_the_signature_is_refused() -> None:
    """Hide and replace: the other text is in the file before anybody signs, and shown afterwards."""
    hidden = increment(papers.paper(), lambda writer: _hide(writer))
    from signatures.documents.pades.preparing import with_fields

    signed = papers.sign_field(with_fields(hidden, papers.FIELDS), papers.PLATFORM)
    assert answer(signed).holds, "what is hidden harms nobody as long as it stays hidden"

    def show(writer: IncrementalPdfFileWriter) -> None:
        page, _ = writer.find_page_for_modification(0)
        page.get_object()["/Contents"] = writer.root["/Hidden"].reference if False else writer.root.raw_get("/Hidden")
        writer.mark_update(page)

    assert Fault.CHANGED in answer(increment(signed, show)).all_faults


def _hide(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/Hidden"] = other_text(writer)
    writer.update_root()


def test_a_signature_wrapped_around_other_bytes_is_refused() -> None:
    """The signed second part is copied to where the forgery does not reach, and the byte range made to jump there."""
    good = papers.sign_field(papers.fielded(), papers.PLATFORM, proof=False)
    embedded = PdfFileReader(io.BytesIO(good)).embedded_signatures[0]
    _, first, second, length = (int(part) for part in embedded.byte_range)

    def wrap(writer: IncrementalPdfFileWriter) -> None:
        swap_content(writer)
        value = writer.root["/AcroForm"]["/Fields"].raw_get(0).get_object().raw_get("/V")
        jump = (0, first, len(good), length)
        value.get_object()["/ByteRange"] = generic.ArrayObject(map(generic.NumberObject, jump))
        writer.mark_update(value)

    found = answer(increment(good + good[second : second + length], wrap))
    assert found.signatures[0].faults == (Fault.CONTAINER,)
    assert not found.holds


def test_a_signature_moved_from_another_document_is_refused() -> None:
    mine = papers.sign_field(papers.fielded(), papers.PLATFORM, proof=False)
    stolen = bytes(PdfFileReader(io.BytesIO(mine)).embedded_signatures[0].pkcs7_content).rstrip(b"\0")
    other = increment(papers.fielded(), swap_content)
    intent = Intent("platform", _certificate(), "x", "x", papers.PLATFORM.appearance, certify=True)
    found = answer(fill(prepare(other, intent), stolen))
    assert not found.signature
    assert Fault.NOT_INTACT in found.all_faults


def _certificate() -> bytes:
    from tests.pki import holder

    return holder("seal-centre").certificate


@pytest.mark.parametrize("extra", [b"x", b"\n\n\n", b"%PDF-1.7", b"\n%comment\n%%EOF\n", b"\nstartxref\n0\n%%EOF"])
@pytest.mark.parametrize("make", [papers.signed_paper, papers.archived_paper])
def test_bytes_appended_to_the_file_are_refused(make: Callable[[], bytes], extra: bytes) -> None:
    try:
        assert not answer(make() + extra).coverage
    except Unreadable:
        return


def test_a_file_cut_short_is_refused() -> None:
    good = papers.signed_paper()
    for share in (0.2, 0.5, 0.9, 0.999):
        try:
            assert not answer(good[: int(len(good) * share)]).holds
        except Unreadable:
            continue


def test_a_file_cut_back_to_an_earlier_signature_shows_only_that_one() -> None:
    """A whole earlier revision is a true document; that it is not the newest one, the log says."""
    earlier = papers.sign_field(papers.fielded(), papers.PLATFORM)
    assert papers.sign_field(earlier, papers.SELLER).startswith(earlier)
    assert [one.field_name for one in answer(earlier).signatures] == ["platform"]


def test_a_paper_without_signature_does_not_hold() -> None:
    assert answer(papers.fielded()).all_faults == [Fault.NO_SIGNATURE]


@pytest.mark.parametrize(
    ("who", "fault"),
    [
        ("rogue", Fault.CHAIN),
        ("old", Fault.CHAIN),
        ("expired", Fault.VALIDITY),
        ("revoked", Fault.REVOKED),
        ("wrong-usage", Fault.USAGE),
    ],
)
def test_a_certificate_that_must_not_sign_is_named(who: str, fault: Fault) -> None:
    signature = papers.Signature("platform", who, papers.PLATFORM.appearance, certify=True)
    assert fault in answer(papers.sign_field(papers.fielded(), signature)).all_faults


def test_without_proof_of_revocation_nothing_holds() -> None:
    found = answer(papers.sign_field(papers.fielded(), papers.PLATFORM, proof=False))
    assert not found.revocation
    assert Fault.REVOCATION_UNKNOWN in found.all_faults


def test_a_certificate_that_ended_later_still_holds() -> None:
    """Seen in ten years: the stamp proves that the signature was made while the certificate held."""
    assert answer(papers.archived_paper(), NOW + timedelta(days=3_650)).holds


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"\0" * 4096, b"%PDF-1.7\n" + b"<" * 50_000])
def test_what_is_no_pdf_is_a_refusal_and_no_error(content: bytes) -> None:
    with pytest.raises(Unreadable):
        answer(content)
