"""The national suite: SM2 with SM3 on certificates and signatures, SM4-GCM, and what OpenSSL says of them."""

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import pem
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec as pyca
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from signatures.crypto import national, suites
from signatures.crypto.answers import Chain, Revocation
from signatures.crypto.authorities import Purpose
from signatures.crypto.certificates import validate
from signatures.crypto.cms import digest_of, sign_detached, signed_attributes, verify_detached
from signatures.crypto.national import Sm4Gcm, sm3
from signatures.crypto.suites import Suite, provider_of
from signatures.pki.domain import trust_list
from signatures.pki.domain.trusting import TrustListUnreadable
from tests.pki import Revocation as Answers
from tests.pki import authority, holder, trust
from tests.sm import Lists, Sm2Holder, certificate, trusting

AT = datetime(2026, 6, 1, tzinfo=UTC)
CONTENT = "保函：壹佰元整".encode()
IDENTITY = "distid:1234567812345678"


@pytest.fixture(scope="module")
def root() -> Sm2Holder:
    return certificate({"common_name": "国密测试根"}, ca=True)


@pytest.fixture(scope="module")
def bank(root: Sm2Holder) -> Sm2Holder:
    subject = {"common_name": "许签", "organization_name": "岭南商业银行", "organization_identifier": "NTRCN-91440600X"}
    return certificate(subject, by=root, serial=7)


def signed(who: Sm2Holder, content: bytes = CONTENT) -> bytes:
    return sign_detached(content=content, key=who.key, certificate=who.certificate, at=AT)


def judge(signature: bytes, root: Sm2Holder, content: bytes = CONTENT, **changes):
    values = {"at": AT, "trust": trusting(root), "revocation": Lists(root)}
    return verify_detached(content=content, signature=signature, **{**values, **changes})


def openssl(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["openssl", *arguments], cwd=cwd, capture_output=True, text=True, check=False)


def test_a_signature_holds_with_every_question_answered(root, bank) -> None:
    found = judge(signed(bank), root)

    assert found.valid, found.refusal
    assert (found.signer.suite, found.signer.key_kind, found.signer.organisation_id) == (Suite.SM, "SM2", "91440600X")
    assert found.certificate.revocation is Revocation.GOOD


def test_other_content_is_noticed(root, bank) -> None:
    found = judge(signed(bank), root, CONTENT + b" ")

    assert (found.intact, found.right) == (False, True)


@pytest.mark.parametrize("place", [-1, -20, -60])
def test_a_changed_signature_is_wrong(root, bank, place: int) -> None:
    changed = bytearray(signed(bank))
    changed[place] ^= 1

    assert not judge(bytes(changed), root).valid


def test_a_signature_by_another_key_is_wrong(root, bank) -> None:
    other = certificate({"common_name": "别人"}, by=root, serial=8)
    forged = sign_detached(content=CONTENT, key=other.key, certificate=bank.certificate, at=AT)

    assert not judge(forged, root).right


def test_a_revoked_certificate_is_refused(root, bank) -> None:
    found = judge(signed(bank), root, revocation=Lists(root, {7: AT - timedelta(days=1)}))

    assert found.refusal.code == "CERT_REVOKED"


def test_a_list_signed_by_another_authority_proves_nothing(root, bank) -> None:
    rogue = certificate({"common_name": "国密测试根"}, ca=True)

    assert not judge(signed(bank), root, revocation=Lists(rogue)).valid


def test_a_rogue_root_of_the_same_name_is_not_the_root(root, bank) -> None:
    rogue = certificate({"common_name": "国密测试根"}, ca=True)

    assert judge(signed(bank), rogue).certificate.chain is Chain.UNKNOWN_AUTHORITY


# --- mixed suites ----------------------------------------------------------------------------------------------------


def chain_of(leaf: bytes, root: Sm2Holder, suite: Suite = Suite.SM) -> Chain:
    status = validate(leaf=leaf, at=AT, purpose=Purpose.SIGN, trust=trusting(root, suite=suite), revocation=Lists(root))
    return status.chain


def test_an_international_key_under_a_national_authority_is_refused(root) -> None:
    public = pyca.generate_private_key(pyca.SECP256R1()).public_key()
    info = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    assert chain_of(certificate({"common_name": "混用"}, by=root, public=info).certificate, root) is Chain.MIXED_SUITES


def test_an_authority_entered_under_the_other_suite_vouches_for_nobody(root, bank) -> None:
    assert chain_of(bank.certificate, root, Suite.INTERNATIONAL) is Chain.MIXED_SUITES


def test_a_national_key_does_not_digest_with_sha256(bank) -> None:
    provider = provider_of(Suite.SM)

    assert not provider.accepts_digest("sha256")
    assert digest_of(CONTENT, bank.certificate) == sm3(CONTENT)


def test_an_international_signature_stays_what_it_was() -> None:
    """The rest of the platform does not notice that the suite is there."""
    who = holder("buyer1")
    made = sign_detached(content=CONTENT, key=who.key, certificate=who.certificate, chain=who.chain, at=AT)

    assert verify_detached(content=CONTENT, signature=made, at=AT, trust=trust(), revocation=Answers()).right
    assert digest_of(CONTENT, who.certificate) != sm3(CONTENT)


# --- keys of browsers and files --------------------------------------------------------------------------------------


@pytest.mark.parametrize("suite", Suite)
def test_a_raw_signature_holds_for_its_key_and_message_alone(suite) -> None:
    provider, other = provider_of(suite), next(provider_of(one) for one in Suite if one is not suite)
    private, public = provider.new_key()
    signature, holds = provider.raw_signer(private)(CONTENT), provider.raw_verifier(public)

    assert (len(signature), holds(CONTENT, signature)) == (64, True)
    assert not holds(CONTENT + b" ", signature)
    assert not holds(CONTENT, signature[:-1] + bytes([signature[-1] ^ 1]))
    assert not holds(CONTENT, bytes(64))
    assert not holds(CONTENT, b"\xff" * 64)
    assert not provider.raw_verifier(provider.new_key()[1])(CONTENT, signature)
    with pytest.raises(ValueError, match="not a"):
        other.raw_verifier(public)


@pytest.mark.parametrize("suite", Suite)
def test_whoever_verifies_lets_go_of_the_interpreter(suite) -> None:
    """No thread is made to let go here: that this one gets on while the other verifies is the other's doing."""
    provider = provider_of(suite)
    private, public = provider.new_key()
    signature, holds = provider.raw_signer(private)(CONTENT), provider.raw_verifier(public)
    stop, most = [False], 2_000
    done: list[bool] = []

    def verify() -> None:
        while not stop[0] and len(done) < most:
            done.append(holds(CONTENT, signature))

    before = sys.getswitchinterval()
    sys.setswitchinterval(3600)
    try:
        worker = threading.Thread(target=verify)
        worker.start()
        stop[0] = True
        worker.join()
    finally:
        sys.setswitchinterval(before)

    assert len(done) < most
    assert all(done)


def test_a_p12_file_is_what_openssl_reads(tmp_path) -> None:
    leaf, root = authority().holder("buyer1-sm"), authority().certificate("national-root")
    (tmp_path / "key.p12").write_bytes(leaf.p12("密码 one"))
    (tmp_path / "root.pem").write_bytes(pem.armor("CERTIFICATE", root))

    key = openssl("pkcs12", "-in", "key.p12", "-passin", "pass:密码 one", "-nodes", "-nocerts", cwd=tmp_path)
    certificates = openssl("pkcs12", "-in", "key.p12", "-passin", "pass:密码 one", "-nokeys", cwd=tmp_path)
    wrong = openssl("pkcs12", "-in", "key.p12", "-passin", "pass:one", "-nodes", cwd=tmp_path)

    assert pem.unarmor(key.stdout.encode())[2] == leaf.key
    assert pem.unarmor(certificates.stdout.encode())[2] == leaf.certificate
    assert wrong.returncode != 0
    (tmp_path / "leaf.pem").write_bytes(pem.armor("CERTIFICATE", leaf.certificate))
    assert openssl("verify", "-CAfile", "root.pem", "-vfyopt", IDENTITY, "leaf.pem", cwd=tmp_path).returncode == 0


# --- second opinions -------------------------------------------------------------------------------------------------


def test_openssl_believes_the_chain(root, bank, tmp_path) -> None:
    (tmp_path / "root.pem").write_bytes(root.pem)
    (tmp_path / "leaf.pem").write_bytes(bank.pem)

    answer = openssl("verify", "-CAfile", "root.pem", "-vfyopt", IDENTITY, "leaf.pem", cwd=tmp_path)

    assert answer.returncode == 0, answer.stderr


def test_openssl_believes_the_signature_over_the_attributes(bank, tmp_path) -> None:
    attributes = signed_attributes(digest=sm3(CONTENT), certificate=bank.certificate, at=AT)
    (tmp_path / "data").write_bytes(attributes)
    (tmp_path / "signature").write_bytes(provider_of(Suite.SM).sign(bank.key, attributes))
    (tmp_path / "leaf.pem").write_bytes(bank.pem)
    verify = ["pkeyutl", "-verify", "-certin", "-inkey", "leaf.pem", "-rawin", "-digest", "sm3", "-in", "data"]

    answer = openssl(*verify, "-sigfile", "signature", "-pkeyopt", IDENTITY, cwd=tmp_path)

    assert "Verified Successfully" in answer.stdout, answer.stderr


def test_a_certificate_made_by_openssl_is_believed(tmp_path) -> None:
    openssl("genpkey", "-algorithm", "SM2", "-out", "ca.key", cwd=tmp_path)
    request = ["req", "-new", "-x509", "-sm3", "-key", "ca.key", "-subj", "/CN=OpenSSL SM", "-out", "ca.pem"]
    made = openssl(*request, "-sigopt", IDENTITY, cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    _, _, der = pem.unarmor((tmp_path / "ca.pem").read_bytes())
    document = {
        "authorities": [{"key": "sm", "suite": "SM", "root": (tmp_path / "ca.pem").read_text(), "purposes": ["SIGN"]}]
    }

    assert trust_list.read(document).authorities[0].root == der


def test_sm3_is_openssls(tmp_path) -> None:
    (tmp_path / "data").write_bytes(CONTENT)

    assert openssl("dgst", "-sm3", "data", cwd=tmp_path).stdout.split()[-1] == sm3(CONTENT).hex()


def test_sm4_gcm_gives_the_values_of_rfc_8998() -> None:
    key, nonce = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"), bytes.fromhex("00001234567800000000ABCD")
    plain = bytes.fromhex("AA" * 8 + "BB" * 8 + "CC" * 8 + "DD" * 8 + "EE" * 8 + "FF" * 8 + "EE" * 8 + "AA" * 8)
    associated = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    expected = (
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )

    assert Sm4Gcm(key).encrypt(nonce, plain, associated).hex().upper() == expected


def test_sm4_gcm_encrypts_as_openssls_counter_mode(tmp_path) -> None:
    key, nonce, data = bytes(range(16)), bytes(range(12)), b"x" * 100
    (tmp_path / "data").write_bytes(data)
    counter = (nonce + (2).to_bytes(4, "big")).hex()
    openssl("enc", "-sm4-ctr", "-K", key.hex(), "-iv", counter, "-in", "data", "-out", "out", cwd=tmp_path)

    assert Sm4Gcm(key).encrypt(nonce, data, b"")[:-16] == (tmp_path / "out").read_bytes()


@pytest.mark.parametrize("change", [0, 50, 99, 100, 115])
def test_a_changed_byte_under_sm4_does_not_open(change: int) -> None:
    cipher = Sm4Gcm(bytes(16))
    sealed = bytearray(cipher.encrypt(bytes(12), b"x" * 100, b"header"))
    sealed[change] ^= 1

    with pytest.raises(InvalidTag):
        cipher.decrypt(bytes(12), bytes(sealed), b"header")


def test_under_sm4_another_header_does_not_open() -> None:
    cipher = Sm4Gcm(bytes(16))

    with pytest.raises(InvalidTag):
        cipher.decrypt(bytes(12), cipher.encrypt(bytes(12), b"x", b"header"), b"another")


# --- without the extra -----------------------------------------------------------------------------------------------

WITHOUT = """
import sys
sys.modules["tongsuopy"] = None
from signatures.crypto import national, suites
from signatures.crypto.suites import Suite, UnknownSuite, provider_of
assert national.install() is False
try:
    provider_of(Suite.SM)
except UnknownSuite as error:
    print(error)
"""


def test_the_runtime_starts_without_the_extra_and_says_what_is_missing() -> None:
    answer = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=False)

    assert answer.returncode == 0, answer.stderr
    assert "no provider of suite SM is installed" in answer.stdout


def test_without_the_extra_a_national_authority_is_refused_with_a_sentence(root, monkeypatch) -> None:
    monkeypatch.delitem(suites._PROVIDERS, Suite.SM)
    document = {"authorities": [{"key": "sm", "suite": "SM", "root": root.pem.decode(), "purposes": ["SIGN"]}]}
    with pytest.raises(TrustListUnreadable) as refusal:
        trust_list.read(document)
    assert national.MISSING in str(refusal.value.fields["reason"])
