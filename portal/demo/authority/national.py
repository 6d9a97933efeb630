"""An authority of the national suite: SM2 certificates and revocation lists. Made by hand: certomancer knows no SM2.

In memory for tests, in a folder for the demo city, like the other authorities. `openssl` is the judge of the form.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha1, sha256
from pathlib import Path

from asn1crypto import core, crl, keys, pem, x509

from signatures.crypto.national import SM2_WITH_SM3, National, new_key

BEGINS = datetime(2020, 1, 1, tzinfo=UTC)
ENDS = datetime(2049, 1, 1, tzinfo=UTC)
ROOT = {"organization_name": "岭南国密认证（演示）", "common_name": "岭南国密演示根"}
NATIONAL = National()


@dataclass(frozen=True, slots=True)
class Sm2Holder:
    """A certificate with its key: DER, PKCS #8."""

    certificate: bytes
    key: bytes

    @property
    def parsed(self) -> x509.Certificate:
        return x509.Certificate.load(self.certificate)

    @property
    def pem(self) -> bytes:
        return bytes(pem.armor("CERTIFICATE", self.certificate))

    @property
    def key_pem(self) -> bytes:
        return bytes(pem.armor("PRIVATE KEY", self.key))


class NationalAuthority:
    """One root that certifies holders itself. `folder` None: in memory, for one process."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._made: dict[str, Sm2Holder] = {}

    @property
    def root(self) -> Sm2Holder:
        return self._kept("root") or self._keep("root", certificate(ROOT, ca=True))

    def holder(
        self,
        name: str,
        subject: Mapping[str, str],
        *,
        begins: datetime = BEGINS,
        ends: datetime = ENDS,
    ) -> Sm2Holder:
        """The holder of that name, made on first use."""
        known = self._kept(name)
        if known is not None:
            return known
        serial = serial_of(name)
        return self._keep(name, certificate(dict(subject), by=self.root, serial=serial, begins=begins, ends=ends))

    def crl(self, *, at: datetime, revoked: Mapping[str, datetime]) -> bytes:
        """The list as of `at` (DER); `revoked` by name."""
        return revocation_list(self.root, at=at, revoked={serial_of(name): since for name, since in revoked.items()})

    def _kept(self, name: str) -> Sm2Holder | None:
        if name not in self._made and self.folder is not None and self._file(name, "crt").exists():
            self._made[name] = Sm2Holder(self._file(name, "crt").read_bytes(), self._file(name, "der").read_bytes())
        return self._made.get(name)

    def _keep(self, name: str, made: Sm2Holder) -> Sm2Holder:
        self._made[name] = made
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._file(name, "der").touch(mode=0o600)
            self._file(name, "der").write_bytes(made.key)
            self._file(name, "crt").write_bytes(made.certificate)
        return made

    def _file(self, name: str, ending: str) -> Path:
        assert self.folder is not None, "in memory there are no files"
        return self.folder / f"{name}.{ending}"


def serial_of(name: str) -> int:
    """The serial number of a holder's certificate."""
    return int.from_bytes(sha256(name.encode()).digest()[:8]) >> 1


def certificate(
    subject: dict[str, str],
    *,
    by: Sm2Holder | None = None,
    ca: bool = False,
    public: bytes = b"",
    serial: int = 1,
    begins: datetime = BEGINS,
    ends: datetime = ENDS,
) -> Sm2Holder:
    """A certificate for `subject`, issued by `by` or by itself; `public`: for a key that is somebody else's matter."""
    private, own = new_key()
    name = x509.Name.build(subject)
    info = keys.PublicKeyInfo.load(public or own)
    issuer = by.parsed if by else None
    issuer_key = issuer.public_key if issuer else info
    usage = {"key_cert_sign", "crl_sign"} if ca else {"digital_signature", "non_repudiation", "key_agreement"}
    extensions = [
        _extension("basic_constraints", x509.BasicConstraints({"ca": ca}), critical=True),
        _extension("key_usage", x509.KeyUsage(usage), critical=True),
        _extension("key_identifier", core.OctetString(_identifier(info))),
        _extension(
            "authority_key_identifier", x509.AuthorityKeyIdentifier({"key_identifier": _identifier(issuer_key)})
        ),
    ]
    algorithm = NATIONAL.signature_algorithm(issuer) if issuer else {"algorithm": SM2_WITH_SM3}
    to_be_signed = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": serial,
            "signature": algorithm,
            "issuer": issuer.subject if issuer else name,
            "validity": {"not_before": _time(begins), "not_after": _time(ends)},
            "subject": name,
            "subject_public_key_info": info,
            "extensions": extensions,
        }
    )
    signature = NATIONAL.sign(by.key if by else private, to_be_signed.dump())
    made = x509.Certificate(
        {"tbs_certificate": to_be_signed, "signature_algorithm": algorithm, "signature_value": signature}
    )
    return Sm2Holder(made.dump(), private)


def revocation_list(by: Sm2Holder, *, at: datetime, revoked: Mapping[int, datetime] | None = None) -> bytes:
    """The authority's list as of `at` (DER)."""
    algorithm = NATIONAL.signature_algorithm(by.parsed)
    entries = [
        {"user_certificate": serial, "revocation_date": _time(since)} for serial, since in (revoked or {}).items()
    ]
    to_be_signed = crl.TbsCertList(
        {
            "version": "v2",
            "signature": algorithm,
            "issuer": by.parsed.subject,
            "this_update": _time(at - timedelta(minutes=1)),
            "next_update": _time(at + timedelta(days=1)),
            "revoked_certificates": entries or None,
        }
    )
    signature = NATIONAL.sign(by.key, to_be_signed.dump())
    made = crl.CertificateList(
        {"tbs_cert_list": to_be_signed, "signature_algorithm": algorithm, "signature": signature}
    )
    return bytes(made.dump())


def _extension(name: str, value: core.Asn1Value, *, critical: bool = False) -> x509.Extension:
    return x509.Extension({"extn_id": name, "critical": critical, "extn_value": core.ParsableOctetString(value.dump())})


def _identifier(info: keys.PublicKeyInfo) -> bytes:
    return sha1(bytes(info["public_key"]), usedforsecurity=False).digest()


def _time(at: datetime) -> x509.Time:
    return x509.Time({"utc_time": core.UTCTime(at.replace(microsecond=0))})
