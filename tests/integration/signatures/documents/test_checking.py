"""A paper that somebody hands in is checked by its signatures and by the log; private ones are for their sides."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from commons.domain.refusals import NotFound
from commons.uploads.domain import UploadUnreadable
from signatures.documents import queries, services
from signatures.documents.domain.answers import Covers, Fault
from signatures.documents.models import Paper
from tests import papers
from tests.cast import actor
from tests.integration.signatures.documents.story import (
    AT,
    LATER,
    altered,
    check,
    newest,
    sealed,
    sign,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("drawn_without_templates")]


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
