"""Detached signatures over data: CMS in the form CAdES-B, with a time stamp CAdES-T (ETSI EN 319 122-1).

The holder's key is elsewhere: the server prepares the attributes, the holder signs them, the server assembles.

    attributes = signed_attributes(digest=…, certificate=…, at=…)      # about 200 bytes of DER, to the holder
    signature  = …                                                      # the holder signs exactly these bytes
    document   = assemble(attributes=attributes, signature=signature, certificate=…, chain=…)
    status     = verify_detached(digest=…, signature=document, at=…, trust=…, revocation=…)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from asn1crypto import cms, core, tsp, x509

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from signatures.crypto import signed_data
from signatures.crypto.answers import CertificateFacts, CertificateStatus, CertificateUnreadable
from signatures.crypto.authorities import Purpose, TrustStore
from signatures.crypto.certificates import validate
from signatures.crypto.chains import parse
from signatures.crypto.revocation import RevocationSource
from signatures.crypto.suites import SuiteProvider, provider_for
from signatures.crypto.timestamps import Stamper, StampStatus, verify


class SignatureUnreadable(Refusal):
    code = "SIGNATURE_UNREADABLE"
    message = gettext_noop("The signature cannot be read. Sign again.")
    status = 400


class SignatureOverSomethingElse(Refusal):
    code = "SIGNATURE_OVER_SOMETHING_ELSE"
    message = gettext_noop(
        "The signature is over something else than what is to be signed. Load the page and sign again."
    )


class SignatureWrong(Refusal):
    code = "SIGNATURE_WRONG"
    message = gettext_noop("The signature does not fit the certificate. Sign again with the key of this certificate.")


class StampWrong(Refusal):
    code = "TIME_STAMP_WRONG"
    message = gettext_noop("The time stamp of the signature does not hold.")


@dataclass(frozen=True, slots=True)
class SignatureStatus:
    """The answers about one detached signature, each to its own question."""

    readable: bool
    intact: bool = False
    """The content is what was signed."""
    right: bool = False
    """The signature is by the key of the certificate that it names."""
    certificate: CertificateStatus | None = None
    """The signer's certificate at the proven time, else at the time that the caller vouches for."""
    stamp: StampStatus | None = None
    """None: the signature carries no time stamp."""
    claimed_at: datetime | None = None
    """The time that the signer wrote in; it proves nothing."""
    signer: CertificateFacts | None = None

    @property
    def refusal(self) -> Refusal | None:
        if not self.readable or self.certificate is None:
            return SignatureUnreadable()
        if not self.intact:
            return SignatureOverSomethingElse()
        if not self.right:
            return SignatureWrong()
        if self.stamp is not None and not self.stamp.valid:
            return StampWrong()
        return self.certificate.refusal

    @property
    def valid(self) -> bool:
        return self.refusal is None

    def require(self) -> None:
        """Raise the first refusal; returns when the signature holds."""
        refusal = self.refusal
        if refusal is not None:
            raise refusal


def digest_of(content: bytes, certificate: bytes) -> bytes:
    """The digest of `content` by the algorithm that the holder of `certificate` (DER) signs with."""
    provider = provider_for(_readable(certificate).public_key)
    return provider.digest(provider.digest_name, content)


def signed_attributes(*, digest: bytes, certificate: bytes, at: datetime | None = None) -> bytes:
    """What the holder signs (DER of the SET OF attributes) for content with `digest`; `at` is the claimed time.

    Raises `CertificateUnreadable`. Whether the certificate may be used is asked before, with `validate`.
    """
    holder = _readable(certificate)
    provider = provider_for(holder.public_key)
    attributes = [
        ("content_type", "data"),
        ("message_digest", digest),
        ("signing_certificate_v2", tsp.SigningCertificateV2({"certs": [_identifier(provider, certificate)]})),
        (
            "cms_algorithm_protection",
            cms.CMSAlgorithmProtection(
                {
                    "digest_algorithm": {"algorithm": provider.digest_name},
                    "signature_algorithm": provider.signature_algorithm(holder),
                }
            ),
        ),
    ]
    if at is not None:
        attributes.append(("signing_time", cms.Time({"utc_time": core.UTCTime(at.replace(microsecond=0))})))
    return bytes(cms.CMSAttributes([_attribute(name, value) for name, value in attributes]).dump())


def assemble(
    *, attributes: bytes, signature: bytes, certificate: bytes, chain: Sequence[bytes] = (), token: bytes | None = None
) -> bytes:
    """The detached signature (ContentInfo, DER) of attributes that the holder has signed."""
    holder = _readable(certificate)
    provider = provider_for(holder.public_key)
    info = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {"issuer_and_serial_number": {"issuer": holder.issuer, "serial_number": holder.serial_number}}
            ),
            "digest_algorithm": {"algorithm": provider.digest_name},
            "signed_attrs": cms.CMSAttributes.load(attributes),
            "signature_algorithm": provider.signature_algorithm(holder),
            "signature": signature,
        }
    )
    data = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [{"algorithm": provider.digest_name}],
            "encap_content_info": {"content_type": "data"},
            "certificates": [holder, *(_readable(one) for one in chain)],
            "signer_infos": [info],
        }
    )
    made = bytes(cms.ContentInfo({"content_type": "signed_data", "content": data}).dump())
    return made if token is None else with_stamp(made, token)


def with_stamp(document: bytes, token: bytes) -> bytes:
    """The signature with a time-stamp token over its signature value: CAdES-T. Raises `SignatureUnreadable`."""
    if signed_data.read(document) is None:
        raise SignatureUnreadable()
    content = cms.ContentInfo.load(document)
    info = content["content"]["signer_infos"][0]
    info["unsigned_attrs"] = [_attribute("signature_time_stamp_token", cms.ContentInfo.load(token))]
    return bytes(content.dump(force=True))


def stamp_digest(document: bytes) -> bytes:
    """The SHA-256 of the signature value: what a time stamp of the signature is over. Raises `SignatureUnreadable`."""
    signed = signed_data.read(document)
    if signed is None:
        raise SignatureUnreadable()
    return _value_digest(signed)


def sign_detached(
    *,
    content: bytes,
    key: bytes,
    certificate: bytes,
    chain: Sequence[bytes] = (),
    at: datetime,
    stamper: Stamper | None = None,
) -> bytes:
    """Sign with a key that is at hand (PKCS #8, DER): the platform's own seals, commands, tests."""
    provider = provider_for(_readable(certificate).public_key)
    attributes = signed_attributes(
        digest=provider.digest(provider.digest_name, content), certificate=certificate, at=at
    )
    document = assemble(
        attributes=attributes, signature=provider.sign(key, attributes), certificate=certificate, chain=chain
    )
    return document if stamper is None else with_stamp(document, stamper.stamp(stamp_digest(document), at=at))


def verify_detached(
    *,
    content: bytes | None = None,
    digest: bytes | None = None,
    signature: bytes,
    at: datetime,
    trust: TrustStore,
    revocation: RevocationSource,
    purpose: Purpose = Purpose.SIGN,
) -> SignatureStatus:
    """The answers about a detached signature over `content`, or over content with `digest` (of the signer's algorithm).

    `at` is when the caller knows the signature to have existed, for example its receipt by the server; a valid time
    stamp inside takes its place. Never raises on bad input.
    """
    assert (content is None) != (digest is None), "give the content or its digest"
    signed = signed_data.read(signature)
    if signed is None or signed.content is not None or signed.content_type != "data":
        return SignatureStatus(readable=False)
    wanted = _Wanted(content, digest, at, purpose)
    try:
        return _judge(signed, wanted, trust=trust, revocation=revocation)
    except Exception:  # asn1crypto reads late; what is malformed further inside is no signature either
        return SignatureStatus(readable=False)


@dataclass(frozen=True, slots=True)
class _Wanted:
    content: bytes | None
    digest: bytes | None
    at: datetime
    purpose: Purpose


def _judge(
    signed: signed_data.Signed, wanted: _Wanted, *, trust: TrustStore, revocation: RevocationSource
) -> SignatureStatus:
    stamp = _stamp(signed, at=wanted.at, trust=trust, revocation=revocation)
    proven = stamp.time if stamp is not None and stamp.valid and stamp.time is not None else wanted.at
    certificate = validate(
        leaf=signed.certificate.dump(),
        intermediates=signed.others,
        at=proven,
        purpose=wanted.purpose,
        trust=trust,
        revocation=revocation,
    )
    return SignatureStatus(
        readable=True,
        intact=_is_over(signed, wanted.content, wanted.digest),
        right=signed_data.is_right(signed),
        certificate=certificate,
        stamp=stamp,
        claimed_at=_claimed(signed),
        signer=certificate.facts,
    )


def _is_over(signed: signed_data.Signed, content: bytes | None, digest: bytes | None) -> bool:
    if not signed.provider.accepts_digest(signed.digest_name):
        return False
    wanted = digest if content is None else signed.provider.digest(signed.digest_name, content)
    return wanted is not None and signed.message_digest == wanted


def _stamp(
    signed: signed_data.Signed, *, at: datetime, trust: TrustStore, revocation: RevocationSource
) -> StampStatus | None:
    unsigned = signed.info["unsigned_attrs"]
    tokens = [
        value.dump()
        for attribute in unsigned or ()
        if attribute["type"].native == "signature_time_stamp_token"
        for value in attribute["values"]
    ]
    if not tokens:
        return None
    return verify(tokens[0], digest=_value_digest(signed), at=at, trust=trust, revocation=revocation)


def _value_digest(signed: signed_data.Signed) -> bytes:
    return sha256(signed.info["signature"].native).digest()


def _claimed(signed: signed_data.Signed) -> datetime | None:
    values = signed.by_type.get("signing_time")
    return values[0].native if values else None


def _attribute(name: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": name, "values": [value]})


def _identifier(provider: SuiteProvider, certificate: bytes) -> tsp.ESSCertIDv2:
    return tsp.ESSCertIDv2(
        {
            "hash_algorithm": {"algorithm": provider.digest_name},
            "cert_hash": provider.digest(provider.digest_name, certificate),
        }
    )


def _readable(certificate: bytes) -> x509.Certificate:
    parsed = parse(certificate)
    if parsed is None:
        raise CertificateUnreadable()
    return parsed
