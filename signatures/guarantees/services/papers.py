"""The papers of a guarantee: the PDF that the issuer signs, and the checks of what came back signed."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from django.conf import settings

from commons.domain.money import capital_yuan
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from commons.pdf import services as pdf
from signatures.crypto.authorities import Purpose, TrustedAuthority
from signatures.crypto.certificates import facts_of
from signatures.crypto.cms import SignatureStatus, verify_detached
from signatures.crypto.revocation import RevocationData, RevocationUnavailable
from signatures.documents.domain.answers import Fault
from signatures.documents.services.verifying import verify_document
from signatures.guarantees.domain.terms import GuaranteeData, Party
from signatures.guarantees.labels import CLAIM_GROUNDS, ISSUER_KINDS, KINDS
from signatures.pki import services as pki
from signatures.pki.queries import trust_store

LANGUAGE = "zh-hans"
"""What an issuer signs is Chinese, whoever asked for it."""


def draft_pdf(facts: GuaranteeData) -> bytes:
    """The guarantee as a PDF, ready to be signed; the same facts give the same bytes."""
    address = f"{settings.PUBLIC_URL}{facts.verify_url}{facts.anchor}/"
    context = {
        "facts": facts,
        "kind": KINDS[facts.kind],
        "issuer_kind": ISSUER_KINDS[facts.issuer_kind],
        "grounds": [CLAIM_GROUNDS[ground] for ground in facts.claim_grounds],
        "capitals": capital_yuan(facts.amount),
        "anchor": facts.anchor,
        "address": address,
        "check_address": address,
    }
    return pdf.render("guarantees/paper.html", context, language=LANGUAGE)


def signature_fault(data: bytes, signature: bytes, *, issuer: Party, at: datetime) -> str:
    """Why the issuer's signature over the data does not hold, empty when it does.

    The certificate must be trusted, unrevoked at `at`, fit for signing, and name the issuer itself. Speaks to the
    authority: not inside a transaction.
    """
    status = pki.verify_signature(content=data, signature=signature, at=at)
    if status.refusal is not None:
        return status.refusal.code
    return _holder_fault(status, issuer)


def integrity_fault(data: bytes, signature: bytes, *, issuer: Party, at: datetime) -> str:
    """The same without asking anybody about revocation, which was settled when the signature was taken in."""
    status = verify_detached(
        content=data, signature=signature, at=at, trust=trust_store(), revocation=_Settled(), purpose=Purpose.SIGN
    )
    if not (status.readable and status.intact and status.right):
        return "SIGNATURE_WRONG"
    return _holder_fault(status, issuer)


def holder_fault(certificate: bytes, issuer: Party) -> str:
    """Why a signer's certificate (DER) is not the issuer's, empty when it is."""
    named = facts_of(certificate).organisation_id
    return "" if named == issuer.uscc else f"OTHER_HOLDER {named}"


def _holder_fault(status: SignatureStatus, issuer: Party) -> str:
    named = status.signer.organisation_id if status.signer else ""
    return "" if named == issuer.uscc else f"OTHER_HOLDER {named}"


class _Settled:
    """Asks nobody."""

    def about(self, *, certificate: bytes, issuer: bytes, authority: TrustedAuthority, at: datetime) -> RevocationData:
        raise RevocationUnavailable("settled before")


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """An uploaded guarantee whose signature holds."""

    sha256: str
    signer: str


class UploadNotSigned(Refusal):
    code = "GUARANTEE_UPLOAD_NOT_SIGNED"
    message = gettext_noop(
        "The file does not carry a signature that holds (%(fault)s). "
        "The page “Check a document” says what is wrong with it."
    )
    status = 400


class UploadSignedByAnother(Refusal):
    code = "GUARANTEE_UPLOAD_SIGNED_BY_ANOTHER"
    message = gettext_noop("The file is signed by %(signer)s, and you name %(issuer)s as its issuer.")
    status = 400


def check_uploaded(content: bytes, *, issuer: str, at: datetime) -> CheckedFile:
    """Check integrity, signature, certificate and revocation of an uploaded guarantee, in a child process.

    The log cannot know a file from elsewhere; everything else must hold. Refuses (`UploadNotSigned`) what does not,
    (`UploadSignedByAnother`) a certificate that does not name `issuer`, `DocumentTooLarge`, and what is no safe PDF.
    """
    answer = verify_document(BytesIO(content), at=at)
    faults = [fault for fault in answer.all_faults if fault is not Fault.NOT_REGISTERED]
    if faults:
        raise UploadNotSigned(fault=str(faults[0]))
    signers = [one.organisation or one.signer for one in (*answer.signatures, *answer.statements) if not one.stamp]
    if issuer.strip() not in signers:
        raise UploadSignedByAnother(signer=", ".join(signers), issuer=issuer.strip())
    return CheckedFile(answer.sha256, issuer.strip())
