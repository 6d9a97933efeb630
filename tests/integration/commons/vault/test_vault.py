import hashlib
import io
from dataclasses import replace
from datetime import UTC, datetime

import openpyxl
import pytest
from django.core.files.storage import storages
from django.db import IntegrityError, transaction

from commons.domain.actor import ALLOWED, ANONYMOUS, deny
from commons.domain.refusals import NotFound, NotPermitted
from commons.evidence.models import EvidenceEntry
from commons.vault import content, policies, queries
from commons.vault.content import ContentDamaged, path_of
from commons.vault.domain.media import CSV, JPEG, JSON, PDF, PNG, XLSX, XML, FileEmpty, FileTooLarge, WrongMediaType
from commons.vault.models import Document, VaultContent
from commons.vault.services import open_document, store
from tests import cast

pytestmark = pytest.mark.django_db

AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
PAPER = b"%PDF-1.7\n" + b"x" * 1000


@pytest.fixture(autouse=True)
def _storage(settings, tmp_path):
    options = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "vault": options}


def put(data=PAPER, who="buyer1", **changes):
    facts = {"name": "许可证.pdf", "media_type": PDF, "at": AT}
    return store(actor=cast.actor(who), stream=io.BytesIO(data), **{**facts, **changes})


def get(document, who="buyer1", **changes):
    return b"".join(open_document(actor=cast.actor(who), document_id=document.id, at=AT, **changes).chunks)


def workbook():
    file = io.BytesIO()
    openpyxl.Workbook().save(file)
    return file.getvalue()


def test_what_is_stored_is_read_back_under_its_hash():
    document = put()

    assert document.sha256 == hashlib.sha256(PAPER).hexdigest()
    assert (document.size, document.name, document.media_type) == (len(PAPER), "许可证.pdf", PDF)
    assert get(document) == PAPER
    assert queries.document(document.id) == document


def test_equal_bytes_are_kept_once_for_several_documents():
    first, second = put(), put(who="buyer2", name="other.pdf")

    assert first.id != second.id
    assert VaultContent.objects.count() == 1
    assert get(second, "buyer2") == PAPER


def test_a_large_file_passes_in_pieces_and_is_never_whole_in_memory():
    """Peak memory stays far below the size of the file, on the way in and out."""
    import tracemalloc

    def pieces():
        yield b"%PDF-1.7\n"
        for number in range(30):
            yield bytes([number]) * 1_000_000

    tracemalloc.start()
    document = store(actor=cast.actor("buyer1"), stream=pieces(), name="large.pdf", media_type=PDF, at=AT)
    read = sum(len(chunk) for chunk in open_document(actor=cast.actor("buyer1"), document_id=document.id, at=AT).chunks)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert read == document.size == 30_000_009
    assert peak < 8_000_000


def test_too_large_a_file_is_refused_before_it_is_all_there():
    taken = []

    def endless():
        yield b"%PDF-"
        while True:
            taken.append(1)
            yield b"x" * 1000

    with pytest.raises(FileTooLarge):
        store(actor=cast.actor("buyer1"), stream=endless(), name="a.pdf", media_type=PDF, at=AT, limit=10_000)
    assert len(taken) <= 11


def test_an_empty_file_is_refused():
    with pytest.raises(FileEmpty):
        put(b"")


@pytest.mark.parametrize(
    ("data", "media_type", "stored"),
    [
        (PAPER, "application/pdf; charset=binary", PDF),
        (b"\x89PNG\r\n\x1a\n...", PNG, PNG),
        (b"\xff\xd8\xff\xe0...", "image/jpg", JPEG),
        (workbook(), XLSX, XLSX),
        ("\ufeff<?xml version='1.0'?><a/>".encode(), "text/xml", XML),
        ("企业,许可证\n".encode("gb18030"), "application/vnd.ms-excel", CSV),
        ("企业,许可证\n".encode() * 700, CSV, CSV),
        (b'{"a":"1"}', JSON, JSON),
    ],
)
def test_content_that_is_what_it_says_is_taken(data, media_type, stored):
    assert put(data, media_type=media_type).media_type == stored


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"<html>", PDF),
        (b"MZ\x90\x00", PNG),
        (PAPER, PNG),
        (b"PK\x03\x04nothing", XLSX),
        (b"a\x00b", CSV),
        (b"<svg onload='alert(1)'/>", CSV),
        (b"plain", XML),
        (b"<html>", "text/html"),
        (PAPER, ""),
        (b"MZ", "application/x-msdownload"),
    ],
)
def test_content_that_is_not_what_it_says_is_refused(data, media_type):
    with pytest.raises(WrongMediaType):
        put(data, media_type=media_type)
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/passwd", "passwd"), ("C:\\Users\\a.pdf", "a.pdf"), ("a\r\nb\x00.pdf", "ab.pdf"), ("", "document")],
)
def test_names_keep_their_last_part_without_control_characters(name, kept):
    assert put(name=name).name == kept


def test_the_anonymous_store_nothing():
    with pytest.raises(NotPermitted):
        store(actor=ANONYMOUS, stream=[PAPER], name="a.pdf", media_type=PDF, at=AT)


def test_a_document_is_for_those_who_handed_it_in_and_the_overseers():
    document = put(who="buyer1")

    colleague = replace(cast.actor("buyer2"), organisation_id=cast.organisation("jinma").pk)
    assert b"".join(open_document(actor=colleague, document_id=document.id, at=AT).chunks) == PAPER
    for who in ("regulator", "auditor"):
        assert get(document, who) == PAPER
    for actor in (cast.actor("buyer2"), cast.actor("staff"), ANONYMOUS):
        with pytest.raises(NotPermitted):
            open_document(actor=actor, document_id=document.id, at=AT)


def test_the_guard_of_the_subject_decides(monkeypatch):
    monkeypatch.setattr(policies, "_GUARDS", {})
    policies.guards("notice")(lambda actor, document: ALLOWED)
    policies.guards("case")(lambda actor, document: deny())
    public, closed = put(subject="notice:1"), put(subject="case:1")

    assert b"".join(open_document(actor=ANONYMOUS, document_id=public.id, at=AT).chunks) == PAPER
    with pytest.raises(NotPermitted):
        get(closed)


def test_a_caller_may_bring_the_decision_of_its_own_policy():
    document = put()

    assert get(document, "buyer2", decision=ALLOWED) == PAPER
    with pytest.raises(NotPermitted):
        get(document, decision=deny())


def test_what_is_not_there_is_not_found():
    with pytest.raises(NotFound):
        open_document(actor=cast.actor("auditor"), document_id=999, at=AT)


def test_downloads_of_sensitive_documents_are_logged_and_others_are_not():
    plain, sensitive = put(), put(sensitive=True)
    get(plain)
    get(sensitive, "auditor")
    with pytest.raises(NotPermitted):
        get(sensitive, "buyer2")

    logged = EvidenceEntry.objects.filter(type="document.downloaded")
    assert [(entry.stream, entry.actor) for entry in logged] == [
        (f"document:{sensitive.id}", cast.actor("auditor").ref)
    ]


def test_names_of_files_stay_out_of_the_evidence():
    put(name="梁金的身份证.pdf")

    assert not any("梁金".encode() in bytes(entry.payload) for entry in EvidenceEntry.objects.all())


@pytest.mark.parametrize("size", [100, content.CHUNK, content.CHUNK + 1, 3 * content.CHUNK])
def test_a_damaged_file_never_arrives_whole(tmp_path, size):
    document = put(b"%PDF-" + b"x" * (size - 5))
    file = tmp_path / path_of(document.sha256)
    file.write_bytes(b"%PDF-" + b"y" * (size - 5))

    arrived: list[bytes] = []
    with pytest.raises(ContentDamaged):
        arrived.extend(open_document(actor=cast.actor("buyer1"), document_id=document.id, at=AT).chunks)
    assert len(b"".join(arrived)) < size


def test_a_lost_file_is_an_alarm(tmp_path):
    document = put()
    (tmp_path / path_of(document.sha256)).unlink()

    with pytest.raises(ContentDamaged):
        get(document)


def test_the_stump_of_a_crash_is_replaced(tmp_path):
    sha256 = hashlib.sha256(PAPER).hexdigest()
    stump = tmp_path / path_of(sha256)
    stump.parent.mkdir(parents=True)
    stump.write_bytes(PAPER[:100])

    assert get(put()) == PAPER


def test_two_stores_of_the_same_bytes_leave_one_file(monkeypatch, tmp_path):
    """Another process stores between the look and the save: the doubled file is removed again."""
    storage = storages["vault"]
    looked = []

    def blind(path, sha256, size):
        looked.append(path)
        return False

    put()
    with monkeypatch.context() as patch:
        patch.setattr(content, "_is_there", blind)
        put()

    assert looked
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1
    assert storage.exists(path_of(hashlib.sha256(PAPER).hexdigest()))


def test_documents_are_never_changed():
    put()

    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.update(name="other.pdf")
