"""The papers of an auction: sealed by the platform, signed by their sides; the confirmation carries both signatures."""

import io
import subprocess
from datetime import datetime
from pathlib import Path

import pikepdf
import pytest

from commons.domain.suites import Suite
from exchange.auctions import services as auctions
from exchange.auctions.queries import confirmations_of
from exchange.auctions.services.papers import CERTIFICATE, CONFIRMATION, CONTRACT, RESULT
from exchange.contracts.models import Contract, Deal
from exchange.projects.models import Project
from signatures.documents import queries
from signatures.documents import services as documents
from signatures.documents.domain.papers import PaperState
from signatures.documents.services.common import content_of
from tests.cast import actor
from tests.integration.exchange.auctions import story
from tests.integration.exchange.auctions.test_story import TWO, certified, contracted, hammered, newest, paid, signed
from tests.pki import bound, holder
from tests.signing import sign_as

pytestmark = pytest.mark.django_db(transaction=True)


def confirmed(suite: Suite = Suite.INTERNATIONAL) -> tuple[Deal, datetime]:
    """A deal of a sale with that suite, whose sides signed with certificates of it."""
    lot = story.qualified_lot(TWO)
    Project.objects.filter(pk=lot.project_id).update(suite=suite)
    at = hammered(lot)
    deal = Deal.objects.get(lot=lot)
    for key in ("seller-sm", "buyer1-sm") if suite is Suite.SM else ("seller", "buyer1"):
        sign_as(key, auctions.request_confirmation(actor=actor(key.removesuffix("-sm")), deal_id=deal.pk, at=at), at=at)
    auctions.advance_due(at)
    return deal, at


def test_the_record_of_the_confirmation_carries_what_both_sides_signed(tmp_path: Path) -> None:
    deal, at = confirmed()
    record = newest(f"deal:{deal.pk}", CONFIRMATION)
    assert [party.signed_at is not None for party in record.parties] == [True, True]
    assert documents.certify(paper_id=record.id, at=at), "nobody is left to sign; the platform seals"

    record = newest(f"deal:{deal.pk}", CONFIRMATION)
    content = content_of(record.document_id, at=at)
    answer = documents.verify_document(io.BytesIO(content), at=at)

    assert record.state == PaperState.SIGNED
    assert (answer.holds, answer.registered) == (True, True)
    given = confirmations_of(deal)
    with pikepdf.open(io.BytesIO(content)) as opened:
        attached = {name: one.get_file().read_bytes() for name, one in opened.attachments.items()}
    for side in ("SELLER", "BUYER"):
        assert attached[f"{side.lower()}.json"] == given[side].content
        assert attached[f"{side.lower()}.p7s"] == given[side].cms
    assert _openssl_accepts(attached["buyer.json"], attached["buyer.p7s"], tmp_path)
    assert not _openssl_accepts(attached["seller.json"], attached["buyer.p7s"], tmp_path)


def _openssl_accepts(statement: bytes, signature: bytes, folder: Path) -> bool:
    (folder / "statement").write_bytes(statement)
    (folder / "signature").write_bytes(signature)
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature", "-content", "statement"]
    command += ["-noverify", "-out", "out"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def test_the_last_signature_on_the_contract_makes_it() -> None:
    deal, at = confirmed()
    drawn = Contract.objects.get(deal=deal)
    paper = newest(f"deal:{deal.pk}", CONTRACT)
    assert documents.certify(paper_id=paper.id, at=at)
    for field, key, state in (("seller", "seller", "CONFIRMED"), ("buyer", "buyer1", "CONTRACTED")):
        bound(key)
        session = documents.ask(actor=actor(key), paper_id=paper.id, field=field, return_url="/", at=at)
        sign_as(key, session, at=at)
        deal.refresh_from_db()
        assert deal.state == state
    contract = Contract.objects.get(deal=deal)
    assert (contract.seller_agreed_at, contract.buyer_agreed_at) == (at, at)
    assert contract.sha256 != drawn.sha256
    answer = documents.verify_document(io.BytesIO(content_of(contract.document_id, at=at)), at=at)
    assert (answer.holds, answer.sha256) == (True, contract.sha256)


def test_nobody_signs_the_contract_for_the_other_side() -> None:
    deal, at = confirmed()
    paper = newest(f"deal:{deal.pk}", CONTRACT)
    assert documents.certify(paper_id=paper.id, at=at)
    for field, key in (("seller", "buyer1"), ("buyer", "seller"), ("buyer", "buyer2")):
        with pytest.raises(Exception, match="NOT_PERMITTED"):
            documents.ask(actor=actor(key), paper_id=paper.id, field=field, return_url="/", at=at)


def test_result_notice_and_certificate_are_sealed_and_checked_by_anybody() -> None:
    lot = story.qualified_lot(TWO)
    at = hammered(lot)
    deal = Deal.objects.get(lot=lot)
    notice = signed(f"lot:{lot.pk}", RESULT, {"seller": "seller"}, at=at)
    contracted(deal, at)
    paid(deal, at)
    certificate = signed(f"certificate:{certified(deal, at)}", CERTIFICATE, {}, at=at)
    for paper in (notice, certificate):
        assert (paper.state, paper.public) == (PaperState.SIGNED, True)
        answer = documents.verify_document(io.BytesIO(content_of(paper.document_id, at=at)), at=at)
        assert (answer.holds, answer.registered) == (True, True)
    assert holder("seal-centre").certificate, "the seal is the centre's"
    assert len(queries.papers_about(f"lot:{lot.pk}")) == 1, "one result notice, however often the clock looked"
