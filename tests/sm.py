"""A small authority of the national suite for tests: SM2 certificates, revocation lists, keys; made in memory.

The embedded authority knows no SM2, so certificates are put together here; `openssl` is the judge of their form.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha1

from asn1crypto import core, crl, keys, pem, x509
from tongsuopy.crypto import serialization
from tongsuopy.crypto.asymciphers import ec

from signatures.crypto.authorities import Purpose, TrustedAuthority, TrustStore
from signatures.crypto.national import SM2_WITH_SM3, National
from signatures.crypto.revocation import RevocationData
from signatures.crypto.suites import Suite

BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
ENDS = datetime(2030, 1, 1, tzinfo=UTC)
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


def new_key() -> tuple[bytes, bytes]:
    """A fresh private key (PKCS #8) and its public key (SubjectPublicKeyInfo), DER."""
    made = ec.generate_private_key(ec.SM2())
    private = made.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = made.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private, public


def certificate(
    subject: dict[str, str], *, by: Sm2Holder | None = None, ca: bool = False, public: bytes = b"", serial: int = 1
) -> Sm2Holder:
    """A certificate for `subject`, issued by `by` or by itself; `public`: for a key that is somebody else's matter."""
    private, own = new_key()
    name = x509.Name.build(subject)
    info = keys.PublicKeyInfo.load(public or own)
    issuer = by.parsed if by else None
    issuer_key = issuer.public_key if issuer else info
    usage = {"key_cert_sign", "crl_sign"} if ca else {"digital_signature", "non_repudiation"}
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
            "validity": {"not_before": _time(BEGINS), "not_after": _time(ENDS)},
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


def revocation_list(by: Sm2Holder, *, at: datetime, revoked: dict[int, datetime] | None = None) -> bytes:
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


class Lists:
    """Revocation by the authority's list."""

    def __init__(self, by: Sm2Holder, revoked: dict[int, datetime] | None = None) -> None:
        self.by, self.revoked = by, revoked

    def about(self, *, certificate: bytes, issuer: bytes, authority: TrustedAuthority, at: datetime) -> RevocationData:
        return RevocationData(crls=(revocation_list(self.by, at=at, revoked=self.revoked),), fetched_at=at)


def trusting(root: Sm2Holder, *, suite: Suite = Suite.SM) -> TrustStore:
    """A trust store of that root alone."""
    purposes = frozenset({Purpose.SIGN, Purpose.SEAL, Purpose.LOGIN})
    return TrustStore(
        (TrustedAuthority(key="sm", name="国密根", suite=suite, root=root.certificate, purposes=purposes),)
    )


def _extension(name: str, value: core.Asn1Value, *, critical: bool = False) -> x509.Extension:
    return x509.Extension({"extn_id": name, "critical": critical, "extn_value": core.ParsableOctetString(value.dump())})


def _identifier(info: keys.PublicKeyInfo) -> bytes:
    return sha1(bytes(info["public_key"]), usedforsecurity=False).digest()


def _time(at: datetime) -> x509.Time:
    return x509.Time({"utc_time": core.UTCTime(at.replace(microsecond=0))})
