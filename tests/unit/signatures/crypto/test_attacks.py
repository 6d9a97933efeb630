"""Attacks on chains and revocation answers: each is refused, within bounds, and none raises."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, load_der_private_key
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID

from signatures.crypto.answers import Chain, Revocation
from signatures.crypto.authorities import Purpose, TrustedAuthority, TrustStore
from signatures.crypto.certificates import validate
from signatures.crypto.chains import DEEPEST
from signatures.crypto.revocation import Kept, RevocationData, RevocationUnavailable, ocsp_question
from signatures.crypto.suites import Suite
from tests.pki import Revocation as Answers
from tests.pki import authority, holder, trust

NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
KEY = ec.generate_private_key(ec.SECP256R1())
BOUND_S = 10.0
"""A search without bounds would take hours; on a busy machine a bounded one still ends long before this."""


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def made(subject, issuer, *, key=KEY, signer=KEY, ca=True, length=None, number=None, extra=None, critical=False):
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(number or x509.random_serial_number())
        .not_valid_before(datetime(2025, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2035, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=length), critical=True)
    )
    usage = dict.fromkeys(
        [
            "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
            "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
        ],
        False,
    )  # fmt: skip
    usage |= {"key_cert_sign": True} if ca else {"digital_signature": True, "content_commitment": True}
    builder = builder.add_extension(x509.KeyUsage(**usage), critical=True)
    if extra is not None:
        builder = builder.add_extension(extra, critical=critical)
    algorithm = None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(signer, algorithm).public_bytes(Encoding.DER)


def store(root, **changes):
    return TrustStore(
        (TrustedAuthority(**{"key": "own", "name": "own", "suite": Suite.INTERNATIONAL, "root": root, **changes}),)
    )


def judge(leaf, intermediates, trusted, *, answers=None):
    began = time.monotonic()
    found = validate(
        leaf=leaf,
        intermediates=intermediates,
        at=NOW,
        purpose=Purpose.SIGN,
        trust=trusted,
        revocation=answers or Answers(silent=True),
    )
    assert time.monotonic() - began < BOUND_S
    assert not found.usable
    return found


class TestPathologicalChains:
    def test_certificates_that_issue_each_other_in_circles(self):
        circle = [made("a", "b"), made("b", "a"), made("a", "a"), made("b", "b")]
        assert judge(made("leaf", "a", ca=False), circle, store(made("root", "root"))).chain == Chain.UNKNOWN_AUTHORITY

    def test_many_authorities_of_one_name(self):
        """Each of them may have issued each: without bounds as many ways as there are orders."""
        crowd = [made("crowd", "crowd") for _ in range(2_000 // 100)]
        found = judge(made("leaf", "crowd", ca=False), crowd, store(made("root", "root")))
        assert found.chain == Chain.UNKNOWN_AUTHORITY

    def test_a_chain_that_is_too_deep(self):
        root = made("0", "0")
        tower = [made(str(level + 1), str(level)) for level in range(DEEPEST)]
        leaf = made("leaf", str(DEEPEST), ca=False)
        assert judge(leaf, tower, store(root)).chain == Chain.UNKNOWN_AUTHORITY

    def test_a_path_length_that_is_exceeded(self):
        root, first = made("root", "root"), made("first", "root", length=0)
        second = made("second", "first")
        assert judge(made("leaf", "second", ca=False), [first, second], store(root)).chain == Chain.BROKEN

    def test_a_holder_who_issues_certificates(self):
        root, person = made("root", "root"), made("person", "root", ca=False)
        assert judge(made("leaf", "person", ca=False), [person], store(root)).chain == Chain.BROKEN

    def test_an_unknown_critical_extension(self):
        strange = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5.6"), b"\x05\x00")
        leaf = made("leaf", "root", ca=False, extra=strange, critical=True)
        assert judge(leaf, [], store(made("root", "root"))).chain == Chain.BROKEN

    def test_name_constraints_are_kept(self):
        only = x509.NameConstraints(permitted_subtrees=[x509.DirectoryName(name("allowed"))], excluded_subtrees=None)
        between = made("between", "root", extra=only, critical=True)
        leaf = made("other", "between", ca=False)
        assert judge(leaf, [between], store(made("root", "root"))).chain == Chain.BROKEN

    def test_a_key_of_a_kind_that_nobody_accepts(self):
        key = ed25519.Ed25519PrivateKey.generate()
        assert judge(made("leaf", "root", ca=False, key=key), [], store(made("root", "root"))).chain == Chain.WEAK

    def test_a_chain_of_another_suite_than_its_authority(self):
        leaf = made("leaf", "root", ca=False)
        assert judge(leaf, [], store(made("root", "root"), suite=Suite.SM)).chain == Chain.MIXED_SUITES

    def test_a_certificate_of_a_megabyte(self):
        padding = x509.UnrecognizedExtension(
            x509.ObjectIdentifier("1.2.3.4.5.6"), b"\x04\x83\x0f\x42\x40" + bytes(1_000_000)
        )
        huge = made("leaf", "root", ca=False, extra=padding)
        assert judge(huge, [], store(made("root", "root"))).chain == Chain.UNREADABLE

    def test_intermediates_that_are_junk(self):
        junk = [b"", b"\x30\x80" * 500, bytes(100_000), holder("buyer2").certificate]
        good = holder("buyer1")
        found = validate(
            leaf=good.certificate,
            intermediates=junk,
            at=NOW,
            purpose=Purpose.SIGN,
            trust=trust(),
            revocation=Answers(),
        )
        assert found.usable  # the trust list knows the intermediates; junk changes nothing


@dataclass
class Replayed:
    """An answer that was true once, handed out as today's."""

    made_at: datetime
    fetched_at: datetime | None

    def about(self, *, certificate, issuer, authority, at):
        made = Answers().about(certificate=certificate, issuer=issuer, authority=authority, at=self.made_at)
        return RevocationData(made.ocsps, made.crls, self.fetched_at)


class TestRevocationAnswers:
    def test_an_ocsp_answer_replayed_past_its_next_update(self):
        """The certificate was good in January and revoked in February; January's answer is played again."""
        before = datetime(2026, 1, 10, tzinfo=UTC)
        for fetched_at in (NOW, None):
            who = holder("revoked")
            found = validate(
                leaf=who.certificate,
                intermediates=who.chain,
                at=NOW,
                purpose=Purpose.SIGN,
                trust=trust(),
                revocation=Replayed(before, fetched_at),
            )
            assert found.revocation == Revocation.UNKNOWN
            assert not found.usable

    def test_an_answer_about_another_certificate_proves_nothing(self):
        other = holder("buyer2")

        class AboutAnother:
            def about(self, *, certificate, issuer, authority, at):
                return Answers().about(
                    certificate=holder("staff").certificate, issuer=issuer, authority=authority, at=at
                )

        who = holder("buyer1")
        crls = AboutAnother().about(certificate=b"", issuer=who.chain[0], authority=trust().authorities[0], at=NOW)
        only_ocsp = Kept(RevocationData(crls.ocsps, (), NOW))
        found = judge(who.certificate, who.chain, trust(), answers=only_ocsp)
        assert found.revocation == Revocation.UNKNOWN
        assert other.certificate != who.certificate

    def test_an_answer_signed_by_the_rogue_authority_proves_nothing(self):
        """A holder of a revoked certificate signs an answer with a key of its own."""
        who = holder("revoked")
        rogue = x509.load_der_x509_certificate(authority().certificate("rogue-ca"))
        key = load_der_private_key(holder("rogue-ca").key, password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        built = (
            ocsp.OCSPResponseBuilder()
            .add_response(
                cert=x509.load_der_x509_certificate(who.certificate),
                issuer=x509.load_der_x509_certificate(who.chain[0]),
                algorithm=hashes.SHA1(),
                cert_status=ocsp.OCSPCertStatus.GOOD,
                this_update=NOW - timedelta(minutes=1),
                next_update=NOW + timedelta(minutes=9),
                revocation_time=None,
                revocation_reason=None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, rogue)
            .certificates([rogue])
            .sign(key, hashes.SHA256())
        )
        forged = Kept(RevocationData((built.public_bytes(Encoding.DER),), (), NOW))
        assert judge(who.certificate, who.chain, trust(), answers=forged).revocation == Revocation.UNKNOWN

    @pytest.mark.parametrize("answer", [b"", b"\x30\x03\x0a\x01\x06", bytes(70_000), b"\x30\x80\x00\x00"])
    def test_an_answer_that_is_none(self, answer):
        who = holder("buyer1")
        found = judge(who.certificate, who.chain, trust(), answers=Kept(RevocationData((answer,), (answer,), NOW)))
        assert found.revocation == Revocation.UNKNOWN

    def test_the_question_names_the_certificate(self):
        who = holder("buyer1")
        asked = ocsp.load_der_ocsp_request(ocsp_question(who.certificate, who.chain[0]))
        assert asked.serial_number == x509.load_der_x509_certificate(who.certificate).serial_number


def test_silence_is_an_exception_of_the_source():
    with pytest.raises(RevocationUnavailable):
        Answers(silent=True).about(certificate=b"", issuer=b"", authority=trust().authorities[0], at=NOW)
