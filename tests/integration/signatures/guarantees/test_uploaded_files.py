"""A guarantee of an issuer that is not connected: only a file whose signature holds, by the issuer named, comes in."""

from datetime import UTC, datetime

import pytest

from commons.uploads.domain import UploadUnreadable
from signatures.guarantees.services.papers import UploadNotSigned, UploadSignedByAnother, check_uploaded
from tests import papers
from tests.pki import install_trust

pytestmark = pytest.mark.django_db

AT = datetime(2026, 12, 1, tzinfo=UTC)
ISSUER = "佛山市排污权储备中心"


@pytest.fixture(autouse=True)
def _trust():
    install_trust()


def test_a_file_that_its_issuer_signed_comes_in():
    checked = check_uploaded(papers.signed_paper(), issuer=f" {ISSUER} ", at=AT)

    assert checked.signer == ISSUER


def test_a_file_without_signature_is_refused():
    with pytest.raises(UploadNotSigned) as refused:
        check_uploaded(papers.paper(), issuer=ISSUER, at=AT)

    assert refused.value.fields["fault"] == "NO_SIGNATURE"


def test_a_file_changed_after_its_signature_is_refused():
    with pytest.raises(UploadNotSigned):
        check_uploaded(papers.signed_paper() + b"% more", issuer=ISSUER, at=AT)


def test_a_file_of_another_signer_is_refused():
    with pytest.raises(UploadSignedByAnother):
        check_uploaded(papers.signed_paper(), issuer="佛山第九银行", at=AT)


def test_what_is_no_pdf_is_refused():
    with pytest.raises(UploadUnreadable):
        check_uploaded(b"PK\x03\x04 not a document", issuer=ISSUER, at=AT)
