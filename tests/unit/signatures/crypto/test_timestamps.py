"""Time stamps: tokens that hold, tokens that do not, fail-over, and what OpenSSL says."""

import subprocess
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
import rfc3161_client
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signatures.crypto.timestamps import (
    PAUSE_WHEN_ALL_FAILED,
    REST_AFTER_FAILURE,
    FailOver,
    StampUnavailable,
    request,
    time_of,
    token_of,
    verify,
)
from tests.pki import Revocation, Stamps, authority, trust

NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
DIGEST = sha256(b"what was there").digest()


def judge(token, *, digest=DIGEST, at=NOW, **changes):
    return verify(token, digest=digest, at=at, trust=trust(), revocation=Revocation(), **changes)


@pytest.mark.parametrize("label", ["tsa1", "tsa2"])
def test_a_token_of_a_trusted_authority_holds(label):
    found = judge(Stamps(label).stamp(DIGEST, at=NOW))
    assert found.valid
    assert found.time == NOW
    assert found.certificate.authority == "time"


def test_a_token_over_other_data_does_not_hold():
    assert not judge(Stamps().stamp(sha256(b"else").digest(), at=NOW)).intact


def test_a_token_with_another_nonce_does_not_hold():
    asked = request(DIGEST)
    token = token_of(authority().time_stamp("tsa1", asked.der, at=NOW), asked, DIGEST)
    assert judge(token, nonce=asked.nonce).valid
    assert not judge(token, nonce=asked.nonce + 2).nonce_right


def test_a_token_of_another_root_does_not_hold():
    found = judge(Stamps("rogue-tsa").stamp(DIGEST, at=NOW))
    assert (found.intact, found.right) == (True, True)
    assert found.certificate.refusal.code == "CERT_AUTHORITY_NOT_TRUSTED"
    assert not found.valid


def test_a_token_from_the_future_does_not_hold():
    assert not judge(Stamps().stamp(DIGEST, at=NOW + timedelta(hours=1))).valid


def test_a_token_by_a_signing_certificate_does_not_hold():
    """A bidder stamps its own time: the same structure, signed with its signing key."""
    from certomancer.services import TimeStamper

    architecture, label = authority()._architecture(), "buyer1"
    from certomancer.registry import CertLabel

    own = TimeStamper(architecture.get_cert(CertLabel(label)), authority()._keys.get_private_key(label), fixed_dt=NOW)
    asked = request(DIGEST)
    answer = own.request_tsa_response(tsp.TimeStampReq.load(asked.der)).dump()
    assert not judge(token_of(answer, asked, DIGEST)).valid


@pytest.mark.parametrize("junk", [b"", b"\x30\x00", bytes(300_000)])
def test_what_is_no_token_is_unreadable(junk):
    assert not judge(junk).readable
    assert time_of(junk) is None


def test_every_flipped_byte_is_noticed():
    token = Stamps().stamp(DIGEST, at=NOW)
    answers = Revocation()
    for place in range(0, len(token), 11):
        changed = token[:place] + bytes([token[place] ^ 1]) + token[place + 1 :]
        found = verify(changed, digest=DIGEST, at=NOW, trust=trust(), revocation=answers)
        if found.valid:  # only what nobody signs may differ
            assert (found.time, time_of(changed)) == (NOW, NOW)


@pytest.mark.parametrize("answer", [b"", b"\x30\x05\x30\x03\x02\x01\x02", b"\xff" * 50])
def test_an_answer_that_is_none_is_no_token(answer):
    with pytest.raises(StampUnavailable):
        token_of(answer, request(DIGEST), DIGEST)


def test_an_answer_to_another_question_is_no_token():
    asked, other = request(DIGEST), request(DIGEST)
    with pytest.raises(StampUnavailable):
        token_of(authority().time_stamp("tsa1", other.der, at=NOW), asked, DIGEST)


class TestFailOver:
    def test_the_second_answers_when_the_first_is_away(self):
        first, second = Stamps("tsa1", away=True), Stamps("tsa2")
        assert judge(FailOver([first, second]).stamp(DIGEST, at=NOW)).valid

    def test_one_that_failed_lately_is_asked_last(self):
        asked = []

        class Noted(Stamps):
            def stamp(self, digest, *, at):
                asked.append(self.label)
                return super().stamp(digest, at=at)

        first = Noted("tsa1", away=True)
        both = FailOver([first, Noted("tsa2")])
        both.stamp(DIGEST, at=NOW)
        first.away = False
        both.stamp(DIGEST, at=NOW + timedelta(seconds=1))
        both.stamp(DIGEST, at=NOW + REST_AFTER_FAILURE)
        assert asked == ["tsa1", "tsa2", "tsa2", "tsa1"]

    def test_when_all_failed_a_moment_ago_nobody_is_asked_again_yet(self):
        only = Stamps(away=True)
        service = FailOver([only])
        with pytest.raises(StampUnavailable, match="away"):
            service.stamp(DIGEST, at=NOW)
        only.away = False
        with pytest.raises(StampUnavailable, match="a moment ago"):
            service.stamp(DIGEST, at=NOW + PAUSE_WHEN_ALL_FAILED / 2)
        assert service.stamp(DIGEST, at=NOW + PAUSE_WHEN_ALL_FAILED)

    def test_when_all_are_away_it_says_so(self):
        with pytest.raises(StampUnavailable, match="away"):
            FailOver([Stamps(away=True)]).stamp(DIGEST, at=NOW)
        with pytest.raises(StampUnavailable, match="no time-stamp authority"):
            FailOver([]).stamp(DIGEST, at=NOW)


class TestSecondOpinions:
    def pem(self, name):
        return x509.load_der_x509_certificate(authority().certificate(name)).public_bytes(Encoding.PEM)

    def openssl(self, folder, token, digest, root):
        (folder / "token").write_bytes(token)
        (folder / "root.pem").write_bytes(self.pem(root))
        return subprocess.run(
            ["openssl", "ts", "-verify", "-token_in", "-in", "token", "-digest", digest.hex(), "-CAfile", "root.pem",
             "-attime", str(int(NOW.timestamp()))],
            cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def test_openssl_agrees(self, tmp_path):
        token = Stamps().stamp(DIGEST, at=NOW)
        result = self.openssl(tmp_path, token, DIGEST, "time-root")
        assert "Verification: OK" in result.stdout, result.stderr
        assert "Verification: OK" not in self.openssl(tmp_path, token, sha256(b"x").digest(), "time-root").stdout
        assert "Verification: OK" not in self.openssl(tmp_path, token, DIGEST, "rogue-root").stdout

    def test_rfc3161_client_agrees(self):
        asked = request(DIGEST)
        answer = authority().time_stamp("tsa1", asked.der, at=NOW)
        read = rfc3161_client.decode_timestamp_response(answer)
        assert read.tst_info.message_imprint.message == DIGEST
        assert read.tst_info.nonce == asked.nonce
        verifier = (
            rfc3161_client.VerifierBuilder()
            .add_root_certificate(x509.load_pem_x509_certificate(self.pem("time-root")))
            .tsa_certificate(x509.load_der_x509_certificate(authority().certificate("tsa1")))
            .nonce(asked.nonce)
            .build()
        )
        assert verifier.verify(read, DIGEST)
