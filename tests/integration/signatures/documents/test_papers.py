"""A paper from the template to the archive: sealed, signed in turn under a lease, checked by strangers' programs."""

import io
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client

from commons.domain.actor import ALLOWED, deny
from commons.domain.refusals import NotAllowedNow, NotFound, NotPermitted
from commons.uploads.domain import UploadUnreadable
from signatures.crypto.answers import CertificateRevoked, RevocationNotProven
from signatures.crypto.timestamps import StampUnavailable
from signatures.documents import kinds, queries, services
from signatures.documents.domain.answers import Covers, Fault, Level
from signatures.documents.domain.papers import (
    LEASE,
    Mode,
    PaperBusy,
    PaperMoved,
    PaperSignedAlready,
    PaperState,
    Party,
)
from signatures.documents.models import Paper
from signatures.documents.services.common import content_of
from signatures.signing import services as signing
from tests import papers
from tests.cast import actor, organisation
from tests.pki import Revocation, authority, bound, holder, install_trust
from tests.signing import ORIGIN, signature_of

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)
SIGNED: list[kinds.SignedPart] = []
SIDES = {"seller": "seller", "buyer": "buyer1"}


def _may_sign(who, subject, field):
    return ALLOWED if who.person_id == actor(SIDES.get(field, "buyer1")).person_id else deny()


KIND = kinds.register_paper_kind(
    kinds.PaperKind(
        "test.contract",
        "Contract of sale",
        may_sign=_may_sign,
        may_read=lambda who, subject: deny(),
        signed=SIGNED.append,
    )
)


@pytest.fixture(autouse=True)
def _drawn_without_templates(monkeypatch):
    SIGNED.clear()
    monkeypatch.setattr("signatures.documents.services.drawing.pdf.render", lambda *args, **kwargs: papers.paper())
    install_trust()


def sides(mode: Mode = Mode.IN_TURN) -> list[Party]:
    return [
        Party("seller", "Seller", organisation("ecology").pk, mode=mode),
        Party("buyer", "Buyer", organisation("jinma").pk, mode=mode),
    ]


def drawn(parties: list[Party] | None = None, *, public: bool = False) -> services.PaperRef:
    return services.draw(
        actor=actor("staff"), kind=KIND.name, subject="deal:7", guard="nobody:7", title="出让合同", template="none",
        context={}, parties=sides() if parties is None else parties, at=AT, public=public,
    )  # fmt: skip


def sealed(parties: list[Party] | None = None, *, public: bool = False) -> services.PaperRef:
    ref = drawn(parties, public=public)
    assert services.certify(paper_id=ref.id, at=AT)
    return ref


def prepared(ref: services.PaperRef, field: str, *, who: str = "", at: datetime = AT) -> tuple[str, bytes]:
    """A session of the side with its attributes ready to be signed."""
    login = who or SIDES[field]
    bound(login)
    session = services.ask(actor=actor(login), paper_id=ref.id, field=field, return_url="/", at=at)
    number = session.number
    made = signing.prepare(
        actor=actor(login), number=number, certificate=holder(login).certificate, origin=ORIGIN, at=at
    )
    return number, made.attributes


def complete(number: str, attributes: bytes, login: str, *, at: datetime = AT) -> None:
    signing.complete(actor=actor(login), number=number, signature=signature_of(login, attributes), at=at)


def sign(ref: services.PaperRef, field: str, *, at: datetime = AT) -> None:
    number, attributes = prepared(ref, field, at=at)
    complete(number, attributes, SIDES[field], at=at)


def paper_of(ref: services.PaperRef) -> queries.PaperView:
    return queries.papers_about("deal:7")[0]


def newest(ref: services.PaperRef) -> bytes:
    return content_of(paper_of(ref).document_id, at=AT)


def altered(content: bytes) -> bytes:
    """One bit of the comment in the second line, which no reader looks at, is another."""
    place = content.index(b"\n%") + 3
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def check(content: bytes, at: datetime = LATER):
    return services.verify_document(io.BytesIO(content), at=at)


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


def roots() -> str:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    ders = [one.root for one in authority().trust().authorities]
    return "".join(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM).decode() for der in ders)


def test_one_signer_holds_the_paper_until_it_signs():
    ref = sealed()
    number, attributes = prepared(ref, "seller")
    with pytest.raises(PaperBusy):
        prepared(ref, "buyer")
    complete(number, attributes, "seller")
    sign(ref, "buyer")
    assert paper_of(ref).state == PaperState.SIGNED


def test_two_that_ask_at_once_do_not_both_prepare():
    ref = sealed()
    for login in ("seller", "buyer1"):
        bound(login)
    sessions = [
        services.ask(actor=actor(SIDES[field]), paper_id=ref.id, field=field, return_url="/", at=AT) for field in SIDES
    ]
    made = []
    for session, login in zip(sessions, ("seller", "buyer1"), strict=True):
        try:
            certificate = holder(login).certificate
            signing.prepare(actor=actor(login), number=session.number, certificate=certificate, origin=ORIGIN, at=AT)
            made.append(login)
        except PaperBusy:
            continue
    assert made == ["seller"]


def test_a_lease_ends_and_what_was_prepared_under_it_counts_no_more():
    ref = sealed()
    number, attributes = prepared(ref, "seller")
    sign(ref, "buyer", at=AT + LEASE)
    with pytest.raises(PaperMoved):
        signing.complete(
            actor=actor("seller"), number=number, signature=signature_of("seller", attributes), at=AT + LEASE / 2
        )
    assert [part.field for part in SIGNED] == ["buyer"]
    assert check(newest(ref), AT + LEASE).holds


def test_who_has_signed_does_not_sign_again():
    ref = sealed()
    sign(ref, "seller")
    with pytest.raises(PaperSignedAlready):
        services.ask(actor=actor("seller"), paper_id=ref.id, field="seller", return_url="/", at=AT)


def test_only_the_side_signs_and_only_a_sealed_paper():
    ref = drawn()
    with pytest.raises(NotAllowedNow):
        services.ask(actor=actor("seller"), paper_id=ref.id, field="seller", return_url="/", at=AT)
    services.certify(paper_id=ref.id, at=AT)
    with pytest.raises(NotPermitted):
        services.ask(actor=actor("buyer2"), paper_id=ref.id, field="buyer", return_url="/", at=AT)
    with pytest.raises(NotFound):
        services.ask(actor=actor("seller"), paper_id=ref.id, field="nobody", return_url="/", at=AT)


def test_a_revoked_certificate_is_refused_before_anything_is_prepared():
    ref = sealed()
    bound("buyer1")
    session = services.ask(actor=actor("buyer1"), paper_id=ref.id, field="buyer", return_url="/", at=AT)
    authority().revoke("buyer1", at=AT - timedelta(hours=1))
    try:
        with pytest.raises(CertificateRevoked):
            signing.prepare(
                actor=actor("buyer1"),
                number=session.number,
                certificate=holder("buyer1").certificate,
                origin=ORIGIN,
                at=AT,
            )
    finally:
        authority().restore("buyer1")
    assert paper_of(ref).lease_until is None


def test_a_signature_by_another_key_is_not_stored():
    ref = sealed()
    number, attributes = prepared(ref, "seller")
    with pytest.raises(Exception, match="SIGNATURE_WRONG"):
        signing.complete(actor=actor("seller"), number=number, signature=signature_of("buyer2", attributes), at=AT)
    assert paper_of(ref).revision == 2


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


def test_a_withdrawn_paper_cannot_be_signed():
    ref = sealed(public=True)
    number, attributes = prepared(ref, "seller")
    services.withdraw(actor=actor("staff"), paper_id=ref.id, reason="price wrong", at=AT)
    with pytest.raises(Exception, match="SIGNING_DONE"):
        complete(number, attributes, "seller")
    assert check(newest(ref)).registration["state"] == "WITHDRAWN"


def test_a_true_signature_that_the_log_does_not_know_is_named():
    answer = check(papers.signed_paper(), papers.AT + timedelta(minutes=1))
    assert (answer.signature, answer.registered) == (True, False)
    assert answer.all_faults == [Fault.NOT_REGISTERED]


def test_an_earlier_state_is_registered_and_known_as_such():
    ref = sealed()
    earlier = newest(ref)
    sign(ref, "seller")
    answer = check(earlier)
    assert answer.holds
    assert (answer.registration["revision"], answer.registration["newest"]) == ("2", "3")
    assert answer.covers == Covers.PROOF_FOLLOWS


def test_a_registration_that_the_log_contradicts_is_none():
    ref = sealed()
    content = newest(ref)
    Paper.objects.filter(pk=ref.id).update(title="changed")
    assert check(content).registered
    from django.db import connection

    from signatures.documents.models import PaperRevision
    from tests.plugins.append_only import triggers_lifted

    with triggers_lifted(connection):
        PaperRevision.objects.filter(paper_id=ref.id, number=2).update(stream_seq=1)
    assert not check(content).registered


@time_machine.travel(LATER, tick=False)
def test_the_public_check_answers_each_question(client: Client):
    ref = sealed(public=True)
    content = newest(ref)
    page = client.post("/verify/document/", {"file": io.BytesIO(content)}, headers={"accept-language": "en"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "Nothing speaks against this document." in text
    page = client.post("/verify/document/", {"file": io.BytesIO(altered(content))}, headers={"accept-language": "en"})
    assert "Do not rely on this document" in page.content.decode()
    by_hash = client.get(f"/verify/document/?number={paper_hash(ref)}", headers={"accept-language": "en"})
    assert b"registers a file with this SHA-256" in by_hash.content
    assert client.get("/verify/document/?number=" + "0" * 64).status_code == 404
    assert client.get(f"/verify/document/?number={ref.number.lower()}")["Location"] == f"/papers/{ref.number}/"
    assert client.get("/verify/document/?number=NOSUCH").status_code == 404
    assert client.get(f"/papers/{ref.number}/file.pdf").status_code == 200


def paper_hash(ref: services.PaperRef) -> str:
    return queries.revisions(ref.id)[-1].sha256


def test_what_is_no_pdf_gets_a_sentence_and_no_error(client: Client):
    with pytest.raises(UploadUnreadable):
        services.verify_document(io.BytesIO(b"hello"), at=AT)
    page = client.post("/verify/document/", {"file": io.BytesIO(b"hello")}, headers={"accept-language": "en"})
    assert page.status_code == 422
    assert b"damaged" in page.content


def test_a_private_paper_is_for_its_sides_and_overseers(client: Client):
    ref = sealed()
    assert client.get(f"/papers/{ref.number}/").status_code == 404
    assert queries.paper(actor("regulator"), ref.number).id == ref.id
    assert queries.paper(actor("seller"), ref.number).id == ref.id
    with pytest.raises(NotFound):
        queries.paper(actor("buyer2"), ref.number)


def test_what_waits_is_listed_for_the_side():
    ref = sealed()
    assert [one.id for one in queries.waiting_for(actor("buyer1"))] == [ref.id]
    assert queries.waiting_for(actor("buyer2")) == []
