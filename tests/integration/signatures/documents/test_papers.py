"""A paper from the template to the archive, and strangers' programs that check it."""

import io
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from signatures.crypto.answers import RevocationNotProven
from signatures.crypto.timestamps import StampUnavailable
from signatures.documents import queries, services
from signatures.documents.domain.answers import Level
from signatures.documents.domain.papers import Mode, PaperState
from signatures.pki import queries as pki
from signatures.pki.services import judging
from tests.integration.signatures.documents.story import (
    AT,
    LATER,
    SIDES,
    SIGNED,
    check,
    complete,
    drawn,
    newest,
    paper_of,
    prepared,
    roots,
    sealed,
    sides,
    sign,
)
from tests.pki import Revocation, Stamps

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("drawn_without_templates")]


def test_a_paper_is_sealed_signed_in_turn_and_archived():
    ref = sealed()
    assert paper_of(ref).state == PaperState.PREPARED
    sign(ref, "seller")
    assert (paper_of(ref).state, paper_of(ref).lease_until) == (PaperState.SIGNING, None)
    sign(ref, "buyer", at=LATER)
    assert paper_of(ref).state == PaperState.SIGNED
    assert [(part.field, part.complete) for part in SIGNED] == [("seller", False), ("buyer", True)]
    answer = check(newest(ref))
    assert (answer.holds, answer.level, answer.registered) == (True, Level.B_LT, True)
    assert services.archive(paper_id=ref.id, at=LATER)
    assert not services.archive(paper_id=ref.id, at=LATER), "a redelivered message changes nothing"
    answer = check(newest(ref))
    assert (answer.holds, answer.level, answer.registered) == (True, Level.B_LTA, True)
    assert answer.registration["revision"] == answer.registration["newest"] == "5"
    assert [one.act.value for one in queries.revisions(ref.id)] == [
        "DRAWN",
        "CERTIFIED",
        "SIGNED",
        "SIGNED",
        "ARCHIVED",
    ]


def test_a_stamper_that_asks_the_database_archives_too(monkeypatch):
    """As the platform's own does, of the services on the trust list."""
    ref, asked, stamper = sealed([]), [], judging.stamper()

    class Asking:
        def stamp(self, digest: bytes, *, at: datetime) -> bytes:
            asked.append(pki.time_stamp_urls())
            return stamper.stamp(digest, at=at)

    monkeypatch.setattr("signatures.pki.services.stamper", Asking)

    assert services.archive(paper_id=ref.id, at=AT)
    assert asked
    assert check(newest(ref)).level == Level.B_LTA


def test_nothing_is_archived_without_proof_that_the_stamps_certificate_is_good(monkeypatch):
    ref = sealed([])
    monkeypatch.setattr(
        "signatures.documents.services.archiving.pki.revocation_source", lambda: Revocation(silent=True)
    )

    with pytest.raises(RevocationNotProven):
        services.archive(paper_id=ref.id, at=AT)
    assert paper_of(ref).state == PaperState.SIGNED
    monkeypatch.undo()


def test_an_archive_stamp_is_renewed_when_it_is_old():
    ref = sealed([])
    services.archive(paper_id=ref.id, at=AT)
    assert services.renew_due(AT + timedelta(days=30)) == 0
    assert services.renew_due(AT + timedelta(days=4 * 365)) == 1
    later = services.verify_document(io.BytesIO(newest(ref)), at=AT + timedelta(days=5 * 365))
    assert (later.holds, later.level) == (True, Level.B_LTA)


def test_strangers_programs_agree_with_the_platform(tmp_path: Path):
    ref = sealed()
    sign(ref, "seller")
    sign(ref, "buyer")
    content = newest(ref)
    file = tmp_path / "paper.pdf"
    file.write_bytes(content)
    told = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=False).stdout
    assert told.count("Signature is Valid.") == 3
    assert "ETSI.CAdES.detached" in told
    assert _openssl_says_valid(content, tmp_path)


def _openssl_says_valid(content: bytes, folder: Path) -> bool:
    """The last signature of the file, taken out of it, as OpenSSL sees it."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    last = PdfFileReader(io.BytesIO(content)).embedded_regular_signatures[-1]
    start, first, second, length = (int(part) for part in last.byte_range)
    (folder / "covered").write_bytes(content[start:first] + content[second : second + length])
    (folder / "signature").write_bytes(bytes(last.pkcs7_content))
    (folder / "roots.pem").write_text(roots())
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature", "-content", "covered"]
    command += ["-CAfile", "roots.pem", "-purpose", "any", "-out", "out"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return ran.returncode == 0 and "successful" in ran.stderr


def test_when_no_time_is_stamped_the_archive_stamp_proves_it():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.pki.Stamps.stamp", _away)
        ref = sealed()
        sign(ref, "seller")
        sign(ref, "buyer")
    answer = check(newest(ref))
    assert (answer.holds, answer.time, answer.level) == (True, False, Level.B_B)
    services.archive(paper_id=ref.id, at=LATER)
    answer = check(newest(ref))
    assert (answer.holds, answer.time, answer.level) == (True, True, Level.B_LTA)


def test_a_time_stamp_that_does_not_hold_keeps_nobody_from_signing(monkeypatch):
    """The authority of the stamps is not trusted, or was revoked: the paper is signed without, and stamped later."""
    rogue = Stamps("rogue-tsa")
    with monkeypatch.context() as patch:
        patch.setattr("signatures.documents.services.finishing.pki.stamper", lambda: rogue)
        ref = sealed()
        sign(ref, "seller")
        sign(ref, "buyer")
    answer = check(newest(ref))
    assert (answer.holds, answer.time, answer.level) == (True, False, Level.B_B)
    assert services.archive(paper_id=ref.id, at=LATER)
    assert check(newest(ref)).time


def _away(self, digest: bytes, *, at: datetime) -> bytes:
    raise StampUnavailable("the time-stamp authority is away")


def test_parallel_signatures_are_collected_and_travel_in_the_record(tmp_path: Path):
    ref = drawn(sides(Mode.PARALLEL))
    assert not services.certify(paper_id=ref.id, at=AT), "the platform waits for them"
    sessions = [(field, *prepared(ref, field)) for field in ("buyer", "seller")]
    for field, number, attributes in sessions:
        complete(number, attributes, SIDES[field])
    assert services.certify(paper_id=ref.id, at=AT)
    assert paper_of(ref).state == PaperState.SIGNED
    content = newest(ref)
    answer = check(content)
    assert answer.holds, answer.all_faults
    assert [(one.field_name, one.revocation) for one in answer.statements] == [
        ("buyer.p7s", "GOOD"), ("seller.p7s", "GOOD"),
    ]  # fmt: skip
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as opened:
        assert sorted(opened.attachments) == ["buyer.json", "buyer.p7s", "seller.json", "seller.p7s"]
        (tmp_path / "statement").write_bytes(opened.attachments["buyer.json"].get_file().read_bytes())
        (tmp_path / "signature").write_bytes(opened.attachments["buyer.p7s"].get_file().read_bytes())
    (tmp_path / "roots.pem").write_text(roots())
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature", "-content", "statement"]
    command += ["-CAfile", "roots.pem", "-purpose", "any", "-out", "out"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
