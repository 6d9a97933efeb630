"""Signed PDFs for tests, made with the embedded authority: `paper()`, `signed_paper()`, `sign_field(…)`."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from asn1crypto import x509

from signatures.crypto import cms
from signatures.crypto.suites import provider_for
from signatures.documents.domain.seals import (
    FIELD_MM,
    MILLIMETRE,
    Appearance,
    organisation_seal,
    personal_signature,
)
from signatures.documents.pades.finishing import Proof, fill, with_archive_stamp, with_proof
from signatures.documents.pades.preparing import Attachment, Intent, prepare, with_fields
from signatures.documents.services.sealing import Seal
from tests.pki import Revocation, Stamps, holder, trust

AT = datetime(2026, 6, 5, 2, 0, tzinfo=UTC)
FIELDS = dict.fromkeys(("platform", "seller", "buyer"), (FIELD_MM[0] * MILLIMETRE, FIELD_MM[1] * MILLIMETRE))


@dataclass(frozen=True)
class Signature:
    """Whose key signs which field, and how it looks."""

    field: str
    who: str
    appearance: Appearance
    certify: bool = False


PLATFORM = Signature(
    "platform", "seal-centre", organisation_seal(name="佛山市公共资源交易中心", serial="0A1B", at=AT), certify=True
)
SELLER = Signature("seller", "seal-ecology", organisation_seal(name="佛山市排污权储备中心", serial="2C3D", at=AT))
BUYER = Signature(
    "buyer",
    "buyer1",
    personal_signature(name="梁一", organisation="佛山金马印染有限公司", role="受让方", serial="4E5F", at=AT),
)


@cache
def paper() -> bytes:
    """Two pages with marked places, as the templates make them; the vendored font is not needed for this."""
    from weasyprint import HTML

    slots = "".join(f'<span class="slot" id="sign-{name}">{name}</span>' for name in FIELDS)
    style = "@page{size:A4;margin:20mm} .slot{display:inline-block;width:66mm;height:44mm}"
    markup = f"<style>{style}</style><h1>Contract</h1><p>Pay 100 yuan.</p><p style='break-before:page'></p>{slots}"
    made = HTML(string=markup).write_pdf()
    assert made is not None
    return bytes(made)


@cache
def fielded() -> bytes:
    """The paper with its empty fields and a file attached."""
    return with_fields(paper(), FIELDS, [Attachment("statement.json", b'{"a":"1"}', "application/json", "statement")])


def sign_field(content: bytes, signature: Signature, *, proof: bool = True, at: datetime = AT) -> bytes:
    """The PDF with one more signature, stamped, and with the proof of its certificates."""
    who = holder(signature.who)
    intent = Intent(signature.field, who.certificate, signature.who, "test", signature.appearance, signature.certify)
    prepared = prepare(content, intent)
    digest = cms.digest_of(prepared.covered, who.certificate)
    made = signed_cms(digest, signature.who, at=at)
    filled = fill(prepared, made)
    return with_proof(filled, proof_of(made, digest, at=at)) if proof else filled


def signed_cms(digest: bytes, who: str, *, at: datetime = AT) -> bytes:
    """A stamped signature of `who` over content with that digest."""
    one = holder(who)
    attributes = cms.signed_attributes(digest=digest, certificate=one.certificate)
    signature = provider_for(x509.Certificate.load(one.certificate).public_key).sign(one.key, attributes)
    made = cms.assemble(attributes=attributes, signature=signature, certificate=one.certificate, chain=one.chain)
    return cms.with_stamp(made, Stamps().stamp(cms.stamp_digest(made), at=at))


def proof_of(made: bytes, digest: bytes, *, at: datetime = AT) -> Proof:
    """The certificates of a signature and its stamp, with what proves that they are not revoked."""
    status = cms.verify_detached(digest=digest, signature=made, at=at, trust=trust(), revocation=Revocation())
    assert status.certificate is not None
    assert status.stamp is not None
    assert status.stamp.certificate is not None
    return Proof(
        status.certificate.path + status.stamp.certificate.path,
        status.certificate.proof + status.stamp.certificate.proof,
    )


@cache
def signed_paper() -> bytes:
    """Certified by the platform, signed by seller and buyer in turn: B-LT."""
    content = fielded()
    for signature in (PLATFORM, SELLER, BUYER):
        content = sign_field(content, signature)
    return content


@cache
def archived_paper() -> bytes:
    """The signed paper under an archive stamp: B-LTA."""
    return with_archive_stamp(signed_paper(), Stamps(), field="archive-1", at=AT)


class PlatformSeal:
    """The platform's seal of the embedded authority."""

    def seal(self) -> Seal:
        one = holder("seal-centre")
        return Seal(one.key, one.certificate, one.chain)
