"""PDFs under SM2 with SM3: the same questions, the same answers, the same attacks found."""

import io
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from signatures.crypto import cms
from signatures.crypto.authorities import TrustedAuthority, TrustStore
from signatures.crypto.revocation import RevocationData
from signatures.crypto.suites import provider_for
from signatures.documents.domain.answers import Covers, Fault, Level
from signatures.documents.pades.checking import check
from signatures.documents.pades.finishing import Proof, fill, with_archive_stamp, with_proof
from signatures.documents.pades.preparing import Intent, prepare, with_fields
from tests import papers
from tests.pki import Revocation, Stamps, trust
from tests.sm import Lists, Sm2Holder, certificate, trusting
from tests.unit.signatures.documents.test_attacks import overlay

NOW = datetime(2026, 12, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Answers:
    """Of the national authority, and of the time-stamp authority, which is of the other suite."""

    root: Sm2Holder

    def about(self, *, certificate: bytes, issuer: bytes, authority: TrustedAuthority, at: datetime) -> RevocationData:
        source = Lists(self.root) if authority.key == "sm" else Revocation()
        return source.about(certificate=certificate, issuer=issuer, authority=authority, at=at)


@pytest.fixture(scope="module")
def root() -> Sm2Holder:
    return certificate({"common_name": "国密测试根"}, ca=True)


@pytest.fixture(scope="module")
def store(root: Sm2Holder) -> TrustStore:
    return TrustStore((*trusting(root).authorities, *trust().authorities))


@pytest.fixture(scope="module")
def sealed(root: Sm2Holder, store: TrustStore) -> bytes:
    """A paper under an SM2 seal with SM3, time-stamped, with its proof."""
    who = certificate({"common_name": "许签", "organization_name": "岭南商业银行"}, by=root, serial=7)
    fielded = with_fields(papers.paper(), {"platform": papers.FIELDS["platform"]})
    intent = Intent("platform", who.certificate, "许签", "test", papers.PLATFORM.appearance, certify=True)
    prepared = prepare(fielded, intent)
    digest = cms.digest_of(prepared.covered, who.certificate)
    attributes = cms.signed_attributes(digest=digest, certificate=who.certificate)
    value = provider_for(who.parsed.public_key).sign(who.key, attributes)
    made = cms.assemble(attributes=attributes, signature=value, certificate=who.certificate)
    made = cms.with_stamp(made, Stamps().stamp(cms.stamp_digest(made), at=papers.AT))
    status = cms.verify_detached(digest=digest, signature=made, at=papers.AT, trust=store, revocation=Answers(root))
    status.require()
    assert status.certificate is not None
    assert status.stamp is not None
    assert status.stamp.certificate is not None
    stamp = status.stamp.certificate
    proof = Proof(status.certificate.path + stamp.path, status.certificate.proof + stamp.proof)
    return with_proof(fill(prepared, made), proof)


def test_a_pdf_under_sm2_with_sm3_holds_and_goes_into_the_archive(sealed: bytes, store: TrustStore) -> None:
    found = check(sealed, at=NOW, trust=store)
    archived = check(with_archive_stamp(sealed, Stamps(), field="archive-1", at=papers.AT), at=NOW, trust=store)

    assert (found.holds, found.level, found.covers) == (True, Level.B_LT, Covers.PROOF_FOLLOWS)
    assert [(one.signer, one.authority, one.revocation) for one in found.signatures] == [("许签", "sm", "GOOD")]
    assert archived.intact
    assert (archived.signature, archived.covers) == (True, Covers.WHOLE)


def test_without_the_authority_it_is_not_believed(sealed: bytes) -> None:
    assert Fault.CHAIN in check(sealed, at=NOW, trust=trust()).all_faults


def test_changes_after_an_sm2_signature_are_found(sealed: bytes, store: TrustStore) -> None:
    writer, target = IncrementalPdfFileWriter(io.BytesIO(sealed)), io.BytesIO()
    overlay(writer)
    writer.write(target)
    flipped = bytearray(sealed)
    flipped[200] ^= 1

    assert Fault.CHANGED in check(target.getvalue(), at=NOW, trust=store).all_faults
    assert Fault.NOT_INTACT in check(bytes(flipped), at=NOW, trust=store).all_faults


def test_who_checks_outside_of_the_application_knows_the_suite() -> None:
    """The child process for files from outside, and the offline verifier, load no application that installs it."""
    for module in ("signatures.documents.pades.job", "signatures.verify.documents"):
        program = f"import {module}; from signatures.crypto.suites import Suite, provider_of; provider_of(Suite.SM)"
        ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
