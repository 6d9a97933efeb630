"""Certificates that must be refused, each for its own reason, and those that must not."""

from datetime import UTC, datetime, timedelta

import pytest

from signatures.crypto.answers import Chain, Revocation, UsageAnswer, Validity
from signatures.crypto.authorities import Purpose, TrustStore
from signatures.crypto.certificates import validate
from tests.pki import Revocation as Answers
from tests.pki import authority, holder, trust

NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)


def status(name, *, at=NOW, purpose=Purpose.SIGN, store=None, answers=None):
    who = holder(name)
    return validate(
        leaf=who.certificate,
        intermediates=who.chain,
        at=at,
        purpose=purpose,
        trust=store or trust(),
        revocation=answers or Answers(),
    )


@pytest.mark.parametrize("name", ["buyer1", "buyer2", "buyer3", "staff", "regulator", "seal-jinma", "seal-lanshi"])
def test_a_good_certificate_of_either_authority_is_usable(name):
    found = status(name)
    assert found.usable, found.refusal
    assert len(found.path) == 3
    assert found.proof.ocsps


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("expired", "CERT_EXPIRED"),
        ("revoked", "CERT_REVOKED"),
        ("wrong-usage", "CERT_WRONG_USAGE"),
        ("weak", "CERT_WEAK"),
        ("weak-digest", "CERT_WEAK"),
        ("rogue", "CERT_AUTHORITY_NOT_TRUSTED"),
        ("rogue-root", "CERT_AUTHORITY_NOT_TRUSTED"),
        ("lingnan-ca", "CERT_IS_AUTHORITY"),
        ("tsa1", "CERT_AUTHORITY_NOT_TRUSTED"),
    ],
)
def test_a_bad_certificate_is_refused_for_its_own_reason(name, code):
    refusal = status(name).refusal
    assert refusal is not None
    assert refusal.code == code


def test_questions_are_answered_separately():
    found = status("expired")
    assert (found.chain, found.validity, found.usage) == (Chain.TRUSTED, Validity.EXPIRED, UsageAnswer.ALLOWED)


def test_a_revoked_certificate_was_good_before_its_revocation():
    assert status("revoked", at=datetime(2026, 1, 31, tzinfo=UTC)).usable
    found = status("revoked", at=datetime(2026, 2, 2, tzinfo=UTC))
    assert found.revocation == Revocation.REVOKED
    assert found.revoked_at == datetime(2026, 2, 1, tzinfo=UTC)


def test_an_authority_that_does_not_answer_is_a_refusal_never_a_yes():
    found = status("buyer1", answers=Answers(silent=True))
    assert found.revocation == Revocation.UNKNOWN
    assert found.refusal.code == "CERT_REVOCATION_UNKNOWN"
    assert found.refusal.retryable


def test_a_root_that_has_expired_vouches_for_nobody():
    store = TrustStore((authority().trusted("old", "old-root"),))
    assert status("old", store=store, at=datetime(2026, 1, 1, tzinfo=UTC)).refusal.code == "CERT_AUTHORITY_EXPIRED"


def test_a_certificate_for_signing_stamps_no_time_and_the_other_way_round():
    assert status("buyer1", purpose=Purpose.TIME_STAMP).chain == Chain.UNKNOWN_AUTHORITY
    assert status("tsa1", purpose=Purpose.TIME_STAMP).usable


def test_before_its_first_day_a_certificate_is_not_yet_valid():
    assert status("buyer1", at=datetime(2024, 12, 31, tzinfo=UTC)).refusal.code == "CERT_NOT_YET_VALID"


@pytest.mark.parametrize("junk", [b"", b"\x30\x03\x02\x01\x01", b"\x00" * 1_000_000, b"-----BEGIN", bytes(range(256))])
def test_what_is_no_certificate_is_unreadable(junk):
    found = validate(leaf=junk, at=NOW, purpose=Purpose.SIGN, trust=trust(), revocation=Answers())
    assert found.chain == Chain.UNREADABLE
    assert found.refusal is not None
    assert found.refusal.code == "CERT_UNREADABLE"


def test_every_prefix_and_flipped_byte_of_a_certificate_is_refused():
    der = holder("buyer1").certificate
    for place in range(0, len(der), 5):
        for bad in (der[:place], der[:place] + bytes([der[place] ^ 0x20]) + der[place + 1 :]):
            found = validate(
                leaf=bad,
                intermediates=holder("buyer1").chain,
                at=NOW + timedelta(minutes=1),
                purpose=Purpose.SIGN,
                trust=trust(),
                revocation=Answers(silent=True),
            )
            assert found.chain != Chain.TRUSTED
