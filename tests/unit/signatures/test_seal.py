"""The offline command makes envelopes that open like those of the browser, in a process without Django."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from signatures import seal
from signatures.crypto import cms
from signatures.crypto.suites import Suite
from signatures.envelopes.domain import cipher, layout, payload, sealing, shamir
from signatures.envelopes.domain.encoding import from_base64, to_base64
from signatures.envelopes.domain.slots import unwrap_kek
from tests import envelopes, pki
from tests.envelopes import Parties, secrets_of, terms_of

AUTHOR = "佛山金马印染有限公司"
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def parties() -> Parties:
    return Parties.make()


@pytest.fixture
def folder(tmp_path: Path, parties: Parties) -> Path:
    terms = terms_of(parties)
    officers = [{"seat": str(seat), "spki": to_base64(spki)} for seat, spki in enumerate(terms.officers, start=1)]
    (tmp_path / "terms.json").write_text(json.dumps(sealing.published(terms, officers)))
    bidder = parties.bidder
    assert isinstance(bidder, ec.EllipticCurvePrivateKey)
    (tmp_path / "key.pem").write_bytes(
        bidder.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    (tmp_path / "cert.pem").write_bytes(certificate(bidder).public_bytes(serialization.Encoding.PEM))
    (tmp_path / "报价.txt").write_text("12345.00")
    return tmp_path


def certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bidder")]), datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    return builder.sign(key, hashes.SHA256())


def run(*arguments: str | Path) -> int:
    return seal.main([str(argument) for argument in arguments])


def seal_in(folder: Path, *more: str | Path) -> int:
    given = ("--terms", folder / "terms.json", "--bidder", envelopes.BIDDER, "--key", folder / "cert.pem")
    return run("seal", *given, *more, "--out", folder / "bid.sbe", folder / "报价.txt")


def test_it_runs_without_django(folder: Path) -> None:
    command = [sys.executable, "-c", "import sys, signatures.seal; print('django' in sys.modules)"]

    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)

    assert told.stdout == "False\n"


def test_sealed_signed_checked_and_unlocked(folder: Path, parties: Parties, capsys: pytest.CaptureFixture[str]) -> None:
    signing = ("--sign-key", folder / "key.pem", "--sign-cert", folder / "cert.pem")
    assert seal_in(folder, *signing) == 0
    told = json.loads(capsys.readouterr().out)
    data = (folder / "bid.sbe").read_bytes()
    assert run("check", folder / "bid.sbe") == 0
    assert json.loads(capsys.readouterr().out) == told
    assert told["commit"] == layout.reckon([data]).commit

    assert run("unlock", folder / "bid.sbe", "--key", folder / "key.pem") == 0
    code = json.loads(capsys.readouterr().out)["unlock_code"]
    prefix = envelopes.prefix_of(data)
    ctx = prefix.header.ctx()
    kb = prefix.manifest.bidder[0].open(from_base64(code), ctx=ctx)
    secrets = secrets_of(data, parties)
    assert secrets.startswith(kb)
    sealed = data[-layout.ATTESTATION - layout.TAG :]
    signed = cipher.open_attestation(secrets, prefix.header, sealed, told["commit"])
    (folder / "bid.cms").write_bytes(payload.parse_attestation(signed).signature)
    (folder / "bid.commit").write_bytes(bytes.fromhex(told["commit"]))
    command = ["openssl", "cms", "-verify", "-inform", "DER", "-binary", "-noverify"]
    given = ["-in", "bid.cms", "-content", "bid.commit"]
    verified = subprocess.run([*command, *given], cwd=folder, capture_output=True, check=False)
    assert verified.returncode == 0, verified.stderr


def test_the_national_suite_with_keys_and_a_certificate_of_openssls_making(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The terms decide; `--suite` refuses terms that ask for the other, and a key of the other is no key."""
    parties = Parties.make(suite=Suite.SM)
    terms = terms_of(parties)
    officers = [{"seat": str(seat), "spki": to_base64(spki)} for seat, spki in enumerate(terms.officers, start=1)]
    (folder / "terms.json").write_text(json.dumps(sealing.published(terms, officers)))
    assert seal_in(folder) == 2, "a P-256 certificate opens nothing here"
    assert "another suite" in capsys.readouterr().err
    commands = (
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:SM2 -out sm2.pem",
        "req -x509 -new -key sm2.pem -sm3 -sigopt distid:1234567812345678 -subj /CN=bidder -days 2 -out cert.pem",
    )
    for command in commands:
        subprocess.run(["openssl", *command.split()], cwd=folder, capture_output=True, check=True)
    signing = ("--sign-key", folder / "sm2.pem", "--sign-cert", folder / "cert.pem")

    assert seal_in(folder, "--suite", "international", *signing) == 2
    assert seal_in(folder, "--suite", "national", *signing) == 0, capsys.readouterr().err
    told = json.loads(capsys.readouterr().out)
    assert told["alg"] == "SM4GCM-STREAM-1"
    assert run("unlock", folder / "bid.sbe", "--key", folder / "key.pem") == 1
    assert run("unlock", folder / "bid.sbe", "--key", folder / "sm2.pem") == 0
    code = from_base64(json.loads(capsys.readouterr().out)["unlock_code"])
    data = (folder / "bid.sbe").read_bytes()
    prefix = envelopes.prefix_of(data)
    kb = prefix.manifest.bidder[0].open(code, ctx=prefix.header.ctx())
    shares = [slot.open(unwrap_kek(slot, key), ctx=prefix.header.ctx())
              for slot, key in zip(prefix.manifest.officers[:2], parties.officers, strict=False)]  # fmt: skip
    sealed = data[-layout.ATTESTATION - layout.TAG :]
    secrets = kb + shamir.combine(shares, k=2)
    signed = payload.parse_attestation(cipher.open_attestation(secrets, prefix.header, sealed, told["commit"]))
    status = cms.verify_detached(
        content=bytes.fromhex(told["commit"]),
        signature=signed.signature,
        at=datetime.now(UTC),
        trust=pki.trust(),
        revocation=pki.Revocation(silent=True),
    )
    assert (status.intact, status.right, status.signer and status.signer.suite) == (True, True, Suite.SM)


def test_a_key_that_is_not_the_certificates_seals_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    (folder / "cert.pem").write_bytes(certificate(other).public_bytes(serialization.Encoding.PEM))

    assert seal_in(folder, "--sign-key", folder / "key.pem", "--sign-cert", folder / "cert.pem") == 2
    told = capsys.readouterr().err
    assert "is not the private key of" in told
    assert "签名不能成立" in told
    assert not (folder / "bid.sbe").exists()


def test_an_existing_file_is_not_overwritten(folder: Path) -> None:
    (folder / "bid.sbe").write_bytes(b"kept")

    assert seal_in(folder) == 2
    assert (folder / "bid.sbe").read_bytes() == b"kept"


def test_a_cut_file_and_a_wrong_key_give_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert seal_in(folder) == 0
    data = (folder / "bid.sbe").read_bytes()
    (folder / "cut.sbe").write_bytes(data[:-1])
    other = envelopes.new_key().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "other.pem").write_bytes(other)

    assert run("check", folder / "cut.sbe") == 1
    assert run("unlock", folder / "bid.sbe", "--key", folder / "other.pem") == 1
    told = capsys.readouterr().err
    assert "The sealed file is damaged: it is not complete." in told
    assert "密封文件已损坏：文件不完整。" in told
    assert "opens nothing" in told
    assert "打不开此密封文件" in told


@pytest.mark.parametrize("terms", ["nothing", "[]", '{"format":"luochui-sealing/v1"}'])
def test_terms_that_cannot_be_read_are_told(folder: Path, terms: str) -> None:
    (folder / "terms.json").write_text(terms)

    assert seal_in(folder) in (1, 2)
    assert not (folder / "bid.sbe").exists()


def volume(path: Path, *, pages: int = 1) -> Path:
    """A PDF that tells its author beside its pages."""
    path.parent.mkdir(exist_ok=True)
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=(595, 842))
        pdf.docinfo["/Author"] = AUTHOR
        pdf.save(path)
    return path


def seal_blind(folder: Path, *files: Path) -> int:
    given = ("--terms", folder / "terms.json", "--bidder", envelopes.BIDDER, "--key", folder / "cert.pem")
    return run("seal", *given, "--blind", "--out", folder / "bid.sbe", *files)


def test_blind_volumes_go_in_without_their_author_and_stay_as_they_are_outside(
    folder: Path, parties: Parties, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = volume(folder / "技术标.pdf"), volume(folder / "另" / "技术标.pdf", pages=2)

    assert seal_blind(folder, first, second) == 0, capsys.readouterr().err
    data = (folder / "bid.sbe").read_bytes()
    prefix = envelopes.prefix_of(data)
    key = cipher.content_key(secrets_of(data, parties), prefix.header)
    unpacker, files = payload.Unpacker(prefix.header.padded_len), [bytearray(), bytearray()]
    for chunk in cipher.open_chunks(key, prefix.header, envelopes.sealed_chunks(data)):
        for place, piece in unpacker.feed(chunk):
            files[place] += piece

    assert [one.name for one in unpacker.finish().files] == ["技术标.pdf", "技术标.pdf"]
    for content, pages in zip(files, (1, 2), strict=True):
        with pikepdf.open(BytesIO(content)) as pdf:
            assert "/Info" not in pdf.trailer
            assert len(pdf.pages) == pages
    with pikepdf.open(first) as pdf:
        assert str(pdf.docinfo["/Author"]) == AUTHOR


def test_what_cannot_be_made_blind_is_refused_and_nothing_is_sealed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert seal_blind(folder, volume(folder / "技术标.pdf"), folder / "报价.txt") == 2

    told = capsys.readouterr().err
    assert "报价.txt cannot be made a blind volume." in told
    assert "报价.txt 不能制成暗标分册。" in told
    assert not (folder / "bid.sbe").exists()


@pytest.mark.parametrize(
    ("name", "content", "english", "chinese"),
    [
        ("terms.json", "nothing", "terms.json holds no JSON", "terms.json 不是 JSON 文件"),
        ("terms.json", "[]", "the terms are not those of a sealing page", "不是密封页面提供的密封条件文件"),
        ("cert.pem", "nothing", "neither a certificate nor a public key", "没有 PEM 格式的证书或者公钥"),
        ("key.pem", "nothing", "no private key in PEM", "没有可用该口令打开的 PEM 私钥"),
        ("bid.sbe", "kept", "bid.sbe exists already", "bid.sbe 已存在"),
        ("报价.txt", None, "报价.txt is not there.", "找不到文件："),
    ],
)
def test_every_fault_is_told_in_both_languages(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, content: str | None, english: str, chinese: str
) -> None:
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(content)

    assert seal_in(folder, "--sign-key", folder / "key.pem", "--sign-cert", folder / "cert.pem") in (1, 2)
    told = capsys.readouterr().err
    assert english in told
    assert chinese in told


def test_arguments_that_are_missing_are_told_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run("seal", "--terms", "terms.json")

    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert "The arguments cannot be used" in told
    assert "命令参数有误" in told
