"""Detached signatures: what holds, what does not, and what OpenSSL says of it."""

import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import cms as asn1
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signatures.crypto.authorities import Purpose
from signatures.crypto.cms import (
    assemble,
    digest_of,
    sign_detached,
    signed_attributes,
    stamp_digest,
    verify_detached,
    with_stamp,
)
from signatures.crypto.suites import Suite, provider_of
from tests.pki import Revocation, Stamps, authority, holder, sign, trust

NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
CONTENT = "投标函：总价 1,234,567.89 元".encode()


def judge(signature, *, content=CONTENT, at=NOW, **changes):
    values = {"content": content, "signature": signature, "at": at, "trust": trust(), "revocation": Revocation()}
    return verify_detached(**{**values, **changes})


@pytest.mark.parametrize("name", ["buyer1", "buyer2", "buyer3", "seal-jinma"])
def test_a_signature_by_either_kind_of_key_holds(name):
    found = judge(sign(name, CONTENT, at=NOW))
    assert found.valid, found.refusal
    assert found.signer.common_name
    assert found.claimed_at == NOW


def test_the_holder_signs_elsewhere():
    who = holder("buyer1")
    attributes = signed_attributes(digest=digest_of(CONTENT, who.certificate), certificate=who.certificate)
    assert len(attributes) < 300
    value = provider_of(Suite.INTERNATIONAL).sign(who.key, attributes)
    made = assemble(attributes=attributes, signature=value, certificate=who.certificate, chain=who.chain)
    assert judge(made).valid


def test_another_content_is_noticed():
    assert (
        judge(sign("buyer1", CONTENT, at=NOW), content=CONTENT + b" ").refusal.code == "SIGNATURE_OVER_SOMETHING_ELSE"
    )


def test_a_signature_of_another_key_with_the_same_subject_is_noticed():
    """The certificate of the bidder, the key of its namesake."""
    who, other = holder("buyer1"), holder("buyer1-other-key")
    made = sign_detached(content=CONTENT, key=other.key, certificate=who.certificate, chain=who.chain, at=NOW)
    assert judge(made).refusal.code == "SIGNATURE_WRONG"


def test_the_certificate_cannot_be_swapped_for_another_one():
    who, other = holder("buyer1"), holder("buyer1-other-key")
    made = asn1.ContentInfo.load(sign("buyer1", CONTENT, at=NOW))
    data = made["content"]
    data["certificates"] = [asn1.CertificateChoices.load(other.certificate)]
    data["signer_infos"][0]["sid"].chosen["serial_number"] = x509.load_der_x509_certificate(
        other.certificate
    ).serial_number
    assert not judge(made.dump(force=True)).valid
    assert who.certificate != other.certificate


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("expired", "CERT_EXPIRED"),
        ("revoked", "CERT_REVOKED"),
        ("wrong-usage", "CERT_WRONG_USAGE"),
        ("rogue", "CERT_AUTHORITY_NOT_TRUSTED"),
        ("lingnan-ca", "CERT_IS_AUTHORITY"),
        ("weak", "CERT_WEAK"),
    ],
)
def test_a_right_signature_with_a_bad_certificate_is_refused_for_the_certificate(name, code):
    found = judge(sign(name, CONTENT, at=NOW))
    assert (found.intact, found.right) == (True, True)
    assert found.refusal.code == code


def test_every_flipped_byte_of_what_is_signed_is_noticed():
    made = sign("buyer1", CONTENT, at=NOW)
    answers = Revocation()

    def signed(document):
        info = asn1.ContentInfo.load(document)["content"]["signer_infos"][0]
        return info["signed_attrs"].dump(), info["signature"].native

    for place in range(0, len(made), 9):
        changed = made[:place] + bytes([made[place] ^ 1]) + made[place + 1 :]
        if judge(changed, revocation=answers).valid:  # version numbers and certificates beside the signer's own
            assert signed(changed) == signed(made)


@pytest.mark.parametrize("junk", [b"", b"\x30\x00", bytes(300_000), b"\x30\x84\xff\xff\xff\xff"])
def test_what_is_no_signature_is_unreadable(junk):
    assert judge(junk).refusal.code == "SIGNATURE_UNREADABLE"


def test_a_time_stamp_proves_the_time_after_a_revocation():
    """Signed and stamped in January, revoked in February, checked in November."""
    before = datetime(2026, 1, 20, tzinfo=UTC)
    stamped = sign("revoked", CONTENT, at=before, stamper=Stamps())
    found = judge(stamped)
    assert found.stamp.valid
    assert found.stamp.time == before
    assert found.valid, found.refusal
    assert judge(sign("revoked", CONTENT, at=before)).refusal.code == "CERT_REVOKED"


def test_a_token_over_another_signature_is_noticed():
    first, second = sign("buyer1", CONTENT, at=NOW), sign("buyer2", CONTENT, at=NOW)
    token = Stamps().stamp(stamp_digest(first), at=NOW)
    assert judge(with_stamp(second, token)).refusal.code == "TIME_STAMP_WRONG"


class TestOpenSsl:
    @pytest.fixture
    def folder(self, tmp_path):
        roots = b"".join(
            x509.load_der_x509_certificate(authority().certificate(root)).public_bytes(Encoding.PEM)
            for root in ("lingnan-root", "zhujiang-root")
        )
        (tmp_path / "roots.pem").write_bytes(roots)
        (tmp_path / "content").write_bytes(CONTENT)
        return tmp_path

    def openssl(self, folder, signature, content="content"):
        (folder / "signature").write_bytes(signature)
        at = str(int(NOW.timestamp()))
        return subprocess.run(
            ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature", "-content", content,
             "-CAfile", "roots.pem", "-purpose", "any", "-attime", at, "-out", "verified"],
            cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip

    @pytest.mark.parametrize("name", ["buyer1", "buyer2", "buyer3"])
    def test_it_agrees_on_what_holds(self, folder, name):
        result = self.openssl(folder, sign(name, CONTENT, at=NOW, stamper=Stamps()))
        assert result.returncode == 0, result.stderr
        assert (folder / "verified").read_bytes() == CONTENT

    def test_it_agrees_on_what_does_not(self, folder):
        (folder / "other").write_bytes(CONTENT + b"!")
        assert self.openssl(folder, sign("buyer1", CONTENT, at=NOW), "other").returncode != 0
        assert self.openssl(folder, sign("rogue", CONTENT, at=NOW)).returncode != 0

    def test_we_read_what_it_signs(self, folder):
        who = holder("buyer3")
        (folder / "who.pem").write_bytes(x509.load_der_x509_certificate(who.certificate).public_bytes(Encoding.PEM))
        (folder / "who.key").write_bytes(who.key)
        subprocess.run(
            ["openssl", "cms", "-sign", "-binary", "-cades", "-md", "sha256", "-in", "content", "-signer", "who.pem",
             "-inkey", "who.key", "-keyform", "DER", "-outform", "DER", "-out", "theirs"],
            cwd=folder, check=True, capture_output=True,
        )  # fmt: skip
        assert judge((folder / "theirs").read_bytes()).valid


def test_a_signature_is_for_its_purpose():
    made = sign("buyer1", CONTENT, at=NOW + timedelta(seconds=1))
    assert judge(made, purpose=Purpose.TIME_STAMP).refusal.code == "CERT_AUTHORITY_NOT_TRUSTED"
