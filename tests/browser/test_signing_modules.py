"""The modules of signing, run where they will run: files of keys, attributes, CMS of the browser, remote signing."""

import hashlib
import subprocess
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    pkcs12,
)
from playwright.sync_api import Page

from signatures.crypto import cms
from tests.browser.modules import call, page
from tests.pki import Holder, Revocation, holder, trust
from tests.signing.csc_double import CscDouble

pytestmark = pytest.mark.browser
__all__ = ["page"]
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
CONTENT = b'{"amount":"33600.00"}'
PASSWORD = "correct horse"


def p12(who: Holder, *, password: str = PASSWORD, encryption: Any = None) -> bytes:
    return pkcs12.serialize_key_and_certificates(
        name="持有人".encode(),
        key=load_der_private_key(who.key, password=None),  # type: ignore[arg-type]  # EC or RSA
        cert=x509.load_der_x509_certificate(who.certificate),
        cas=[x509.load_der_x509_certificate(one) for one in who.chain],
        encryption_algorithm=encryption or BestAvailableEncryption(password.encode()),
    )


def rsa_holder() -> Holder:
    """An RSA key with a self-signed certificate."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "王五")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 77, NOW, NOW + timedelta(days=9))
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
    return Holder("rsa", certificate, key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()), ())


SIGN_WITH_FILE = """
    const { SoftP12 } = await m("soft-p12");
    const port = new SoftP12();
    return trouble(async () => {
        const [certificate, ...more] = await port.listCerts(held(a));
        const signature = await port.signAttrs(certificate, from(a.attributes));
        const { id, name, keyType: type, signs, chain, until } = certificate;
        return {
            id, name, type, signs, more: more.length, chain: chain.length, until: until.toISOString(),
            signature: to(signature),
        };
    });
"""


def attributes_for(certificate: bytes) -> bytes:
    return cms.signed_attributes(digest=hashlib.sha256(CONTENT).digest(), certificate=certificate, at=NOW)


def test_a_key_in_a_file_signs_what_the_server_prepared(page: Page) -> None:
    who = holder("buyer1")
    attributes = attributes_for(who.certificate)

    found = call(page, SIGN_WITH_FILE, file=p12(who), password=PASSWORD, attributes=attributes)

    assert found["id"] == hashlib.sha256(who.certificate).hexdigest()
    assert (found["type"], found["more"], found["chain"], found["signs"]) == ("EC", 0, len(who.chain), True)
    leaf = x509.load_der_x509_certificate(who.certificate)
    assert found["name"] == leaf.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value
    assert datetime.fromisoformat(found["until"]) == leaf.not_valid_after_utc
    document = cms.assemble(
        attributes=attributes, signature=b64decode(found["signature"]), certificate=who.certificate, chain=who.chain
    )
    status = cms.verify_detached(content=CONTENT, signature=document, at=NOW, trust=trust(), revocation=Revocation())
    status.require()


def test_an_rsa_key_signs_too(page: Page) -> None:
    who = rsa_holder()
    attributes = attributes_for(who.certificate)

    found = call(page, SIGN_WITH_FILE, file=p12(who), password=PASSWORD, attributes=attributes)

    public = x509.load_der_x509_certificate(who.certificate).public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    public.verify(b64decode(found["signature"]), attributes, padding.PKCS1v15(), hashes.SHA256())


LEGACY = (
    PrivateFormat.PKCS12.encryption_builder()
    .kdf_rounds(2048)
    .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
    .hmac_hash(hashes.SHA1())
    .build(PASSWORD.encode())
)
OPENSSL_TODAY = (
    PrivateFormat.PKCS12.encryption_builder()
    .kdf_rounds(2048)
    .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
    .hmac_hash(hashes.SHA256())
    .build(PASSWORD.encode())
)


@pytest.mark.parametrize(
    ("make", "password", "code"),
    [
        (lambda: p12(holder("buyer1")), "wrong", "p12-password"),
        (lambda: p12(holder("buyer1")), "", "p12-password"),
        (lambda: p12(holder("buyer1"), encryption=LEGACY), PASSWORD, "p12-legacy"),
        (lambda: b"not a file of keys", PASSWORD, "p12-unreadable"),
        (lambda: p12(holder("buyer1"))[:200], PASSWORD, "p12-unreadable"),
        (lambda: b"\x30\x03\x02\x01\x03", PASSWORD, "p12-unreadable"),
        (lambda: bytes(1_000_001), PASSWORD, "p12-unreadable"),
    ],
    ids=["wrong password", "no password", "legacy encryption", "no p12", "cut off", "empty p12", "too large"],
)
def test_a_file_that_cannot_be_used_is_refused_by_name(page: Page, make: Any, password: str, code: str) -> None:
    assert call(page, SIGN_WITH_FILE, file=make(), password=password, attributes=b"x") == code


@pytest.mark.parametrize("password", [PASSWORD, "密码一二三"])
def test_a_file_as_openssl_writes_it_today_is_opened(page: Page, password: str, tmp_path: Path) -> None:
    who = holder("buyer1")
    (tmp_path / "key.der").write_bytes(who.key)
    (tmp_path / "certificate.der").write_bytes(who.certificate)
    for name in ("key", "certificate"):
        kind = "pkey" if name == "key" else "x509"
        command = ["openssl", kind, "-inform", "DER", "-in", f"{name}.der", "-out", f"{name}.pem"]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    command = ["openssl", "pkcs12", "-export", "-inkey", "key.pem", "-in", "certificate.pem", "-out", "made.p12"]
    subprocess.run([*command, "-passout", f"pass:{password}"], cwd=tmp_path, check=True, capture_output=True)

    attributes = attributes_for(who.certificate)
    content = (tmp_path / "made.p12").read_bytes()
    found = call(page, SIGN_WITH_FILE, file=content, password=password, attributes=attributes)

    assert found["id"] == hashlib.sha256(who.certificate).hexdigest()


def test_a_file_with_a_certificate_but_no_key_is_refused(page: Page) -> None:
    certificate = x509.load_der_x509_certificate(holder("buyer1").certificate)
    file = pkcs12.serialize_key_and_certificates(None, None, certificate, None, OPENSSL_TODAY)

    assert call(page, SIGN_WITH_FILE, file=file, password=PASSWORD, attributes=b"x") == "p12-no-key"


CHECK = """
    const { check } = await m("attributes");
    const { HolderCertificate } = await m("certificate");
    const certificate = await HolderCertificate.of(from(a.certificate));
    return trouble(async () => {
        await check(from(a.attributes), { content: from(a.content), certificate });
        return "right";
    });
"""


def test_the_browser_agrees_with_right_attributes_and_refuses_all_others(page: Page) -> None:
    mine, other = holder("buyer1").certificate, holder("buyer2").certificate
    right = attributes_for(mine)

    def answer(attributes: bytes, *, certificate: bytes = mine) -> Any:
        return call(page, CHECK, attributes=attributes, content=CONTENT, certificate=certificate)

    assert answer(right) == "right"
    assert answer(right, certificate=other) == "Blind", "bound to another certificate"
    assert answer(attributes_for(other)) == "Blind"
    assert answer(cms.signed_attributes(digest=bytes(32), certificate=mine)) == "Blind", "over another content"
    assert answer(right + b"\x00") == "Blind", "something follows"
    assert answer(right[:-1]) == "Blind", "cut off"
    assert answer(b"") == "Blind"
    assert answer(b"\x30" + right[1:]) == "Blind", "no SET"


def test_a_cms_made_in_the_browser_holds_for_python_and_openssl(page: Page, tmp_path: Path) -> None:
    who = holder("buyer1")
    made = call(
        page,
        """
        const { SoftP12 } = await m("soft-p12");
        const { make, detached } = await m("attributes");
        const port = new SoftP12();
        const [certificate] = await port.listCerts(held(a));
        const attributes = await make({ content: from(a.content), certificate });
        const signature = await port.signAttrs(certificate, attributes);
        return to(detached({ attributes, certificate, signature }));
        """,
        file=p12(who),
        password=PASSWORD,
        content=CONTENT,
    )

    document = b64decode(made)
    status = cms.verify_detached(content=CONTENT, signature=document, at=NOW, trust=trust(), revocation=Revocation())
    status.require()
    (tmp_path / "s.p7s").write_bytes(document)
    (tmp_path / "content").write_bytes(CONTENT)
    command = [
        "openssl",
        "cms",
        "-verify",
        "-binary",
        "-inform",
        "DER",
        "-in",
        "s.p7s",
        "-content",
        "content",
        "-noverify",
    ]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_what_was_wrapped_to_a_certificate_is_opened_by_its_file(page: Page) -> None:
    who, secret = holder("buyer1"), bytes(range(32))
    ephemeral = ec.generate_private_key(ec.SECP256R1())
    epk = ephemeral.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    public = x509.load_der_x509_certificate(who.certificate).public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    salt, iv = b"s" * 32, b"i" * 12
    derived = HKDF(hashes.SHA256(), 32, salt, b"luochui/wrap/v1\n" + epk).derive(ephemeral.exchange(ec.ECDH(), public))
    ciphertext = AESGCM(derived).encrypt(iv, secret, None)

    body = """
        const { SoftP12 } = await m("soft-p12");
        const port = new SoftP12();
        const [certificate] = await port.listCerts(held(a));
        const [epk, salt, iv, ciphertext] = [a.epk, a.salt, a.iv, a.ciphertext].map(from);
        const wrapped = { alg: "ECDH-ES-P256", epk, salt, iv, ciphertext };
        return trouble(async () => to(await port.unwrap(certificate, wrapped)));
    """
    given = {"file": p12(who), "password": PASSWORD, "epk": epk, "salt": salt, "iv": iv}
    assert b64decode(call(page, body, ciphertext=ciphertext, **given)) == secret
    flipped = bytes([ciphertext[0] ^ 1]) + ciphertext[1:]
    assert call(page, body, ciphertext=flipped, **given) == "unwrap-failed"


REMOTE = """
    const { Csc } = await m("csc");
    const port = new Csc({ url: a.url });
    return trouble(async () => {
        const [certificate] = await port.listCerts({ account: a.account, password: a.password, pin: a.pin });
        return to(await port.signAttrs(certificate, from(a.attributes), { title: "成交确认书" }));
    });
"""


@pytest.fixture
def remote() -> Iterator[CscDouble]:
    double = CscDouble(holder("buyer1"))
    yield double
    double.close()


def test_a_remote_service_signs_exactly_the_authorised_hash(page: Page, remote: CscDouble) -> None:
    who = holder("buyer1")
    attributes = attributes_for(who.certificate)
    given = {"url": remote.url, "account": remote.account, "attributes": attributes}

    signature = call(page, REMOTE, password=remote.password, pin=remote.pin, **given)

    document = cms.assemble(attributes=attributes, signature=b64decode(signature), certificate=who.certificate)
    status = cms.verify_detached(content=CONTENT, signature=document, at=NOW, trust=trust(), revocation=Revocation())
    assert status.right
    assert remote.calls == ["auth/login", "credentials/list", "credentials/authorize", "signatures/signHash"]
    assert remote.activations == {}, "used once"


@pytest.mark.parametrize("wrong", ["password", "pin"])
def test_a_remote_service_that_denies_is_told_apart(page: Page, remote: CscDouble, wrong: str) -> None:
    given = {"password": remote.password, "pin": remote.pin} | {wrong: "0000"}

    answer = call(page, REMOTE, url=remote.url, account=remote.account, attributes=b"x", **given)

    assert answer == "csc-denied"
    assert "signatures/signHash" not in remote.calls


def test_a_remote_service_that_is_away_is_told_apart(page: Page) -> None:
    answer = call(page, REMOTE, url="http://127.0.0.1:9/csc/v2", account="a", password="b", pin="c", attributes=b"x")

    assert answer == "csc-missing"
