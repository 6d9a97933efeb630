"""Blind volumes: what tells the author is gone afterwards, what cannot be taken off is refused with its reason."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from django.core.management import call_command

from signatures.documents.domain.blindness import VolumeNotBlind
from signatures.documents.pades.blinding import blind_check
from signatures.documents.services import require_blind

SECRET = "金马印染"


def volume(*changes: Callable[[pikepdf.Pdf], None], **saved: object) -> BytesIO:
    """A PDF of one page, changed as each test wants it."""
    pdf, target = pikepdf.new(), BytesIO()
    pdf.add_blank_page(page_size=(595, 842))
    for change in changes:
        change(pdf)
    pdf.save(target, **saved)  # type: ignore[arg-type]
    target.seek(0)
    return target


def authored(pdf: pikepdf.Pdf) -> None:
    with pdf.open_metadata() as metadata:
        metadata["dc:creator"] = [SECRET]
    pdf.docinfo["/Author"] = SECRET
    pdf.docinfo["/CreationDate"] = "D:20260302090000"


def pictured(pdf: pikepdf.Pdf) -> None:
    """A picture with metadata of its own, and a page with an editor's private data."""
    picture = pdf.make_stream(b"\0", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=1, Height=1)
    picture.Metadata = pdf.make_stream(SECRET.encode(), Type=pikepdf.Name.Metadata)
    pdf.pages[0].obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(P=picture))
    pdf.pages[0].obj.PieceInfo = pikepdf.Dictionary(Editor=pikepdf.Dictionary(Private=pikepdf.String(SECRET)))


def test_author_dates_and_private_data_are_taken_off() -> None:
    found = blind_check(volume(authored, pictured))

    assert {"/Author", "/CreationDate", "/Metadata", "/PieceInfo"} <= set(found.removed)
    with pikepdf.open(BytesIO(found.content)) as pdf:
        assert "/Info" not in pdf.trailer
        assert "/Metadata" not in pdf.Root
        everything = b"".join(item.unparse(resolved=True) for item in pdf.objects)
        streams = b"".join(item.read_raw_bytes() for item in pdf.objects if isinstance(item, pikepdf.Stream))
        assert len(pdf.pages) == 1
    for spelled in (SECRET.encode(), SECRET.encode("utf-16-be"), SECRET.encode("utf-16-be").hex().encode()):
        assert spelled not in everything + streams


def test_the_same_volume_gives_the_same_file() -> None:
    assert blind_check(volume(authored)).content == blind_check(volume(authored)).content


def test_what_is_blind_already_stays_as_it_is() -> None:
    assert blind_check(volume()).removed == ()


def test_what_was_sealed_is_only_taken_when_it_tells_nothing() -> None:
    require_blind(volume())
    for file, reason in ((volume(authored), "/Author"), (volume(commented), "it carries comments")):
        with pytest.raises(VolumeNotBlind) as refused:
            require_blind(file)
        assert reason in str(refused.value.fields["reason"])


def test_the_command_tells_and_writes_a_file_that_tells_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bid.pdf").write_bytes(volume(authored).read())
    with pytest.raises(SystemExit) as ended:
        call_command("blind_check", str(tmp_path / "bid.pdf"))
    assert (ended.value.code, "/Author" in capsys.readouterr().out) == (1, True)

    call_command("blind_check", str(tmp_path / "bid.pdf"), out=str(tmp_path / "blind.pdf"))

    with (tmp_path / "blind.pdf").open("rb") as file:
        require_blind(file)


def commented(pdf: pikepdf.Pdf) -> None:
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9], T=SECRET)
    pdf.pages[0].obj.Annots = pikepdf.Array([note])


def linked(pdf: pikepdf.Pdf) -> None:
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9])
    pdf.pages[0].obj.Annots = pikepdf.Array([link])


def attached(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["who.txt"] = SECRET.encode()


def signed(pdf: pikepdf.Pdf) -> None:
    value = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Sig, Name=SECRET))
    field = pdf.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Sig, T="S", V=value))
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[field])


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (lambda: volume(commented), "it carries comments"),
        (lambda: volume(attached), "it carries attached files"),
        (lambda: volume(signed), "it carries a signature"),
        (lambda: volume(encryption=pikepdf.Encryption(owner="o", user="u")), "it is encrypted"),
        (lambda: volume(encryption=pikepdf.Encryption(owner="o", user="")), "it is encrypted"),
        (lambda: BytesIO(b"PK\x03\x04"), "it is no PDF that can be read"),
        (lambda: BytesIO(b""), "it is no PDF that can be read"),
    ],
)
def test_what_cannot_be_made_blind_is_refused(file: Callable[[], BytesIO], reason: str) -> None:
    with pytest.raises(VolumeNotBlind) as refused:
        blind_check(file())

    assert refused.value.fields["reason"] == reason


def test_a_link_is_no_comment() -> None:
    assert blind_check(volume(linked)).removed == ()
