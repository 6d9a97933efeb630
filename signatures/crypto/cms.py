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
from functools import lru_cache
from hashlib import sha256

from asn1crypto import algos, cms, x509

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from signatures.crypto import der, signed_data
from signatures.crypto.answers import CertificateFacts, CertificateStatus, CertificateUnreadable, KeyUnknown
from signatures.crypto.authorities import Purpose, TrustStore
from signatures.crypto.certificates import validate
from signatures.crypto.chains import parse
from signatures.crypto.revocation import RevocationSource
from signatures.crypto.suites import SuiteProvider, UnknownSuite, provider_for
from signatures.crypto.timestamps import Stamper, StampStatus, verify

DATA = "1.2.840.113549.1.7.1"
SIGNED_DATA = "1.2.840.113549.1.7.2"


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
    provider = _provider(_readable(certificate))
    return provider.digest(provider.digest_name, content)


def signed_digest(attributes: bytes) -> bytes:
    """The content digest that attributes of our own making (DER) bind."""
    parsed = cms.CMSAttributes.load(attributes)
    return next(bytes(one["values"][0].native) for one in parsed if one["type"].native == "message_digest")


def signed_attributes(*, digest: bytes, certificate: bytes, at: datetime | None = None) -> bytes:
    """What the holder signs (DER of the SET OF attributes) for content with `digest`; `at` is the claimed time.

    Raises `CertificateUnreadable`, `KeyUnknown`. Whether the certificate may be used is asked before, with `validate`.
    """
    holder = _readable(certificate)
    provider = _provider(holder)
    hashed, signed_by = _algorithms(certificate)
    named = der.sequence(*_hash_name(provider, hashed), der.octets(provider.digest(provider.digest_name, certificate)))
    attributes = [
        _attribute("1.2.840.113549.1.9.3", der.oid(DATA)),
        _attribute("1.2.840.113549.1.9.4", der.octets(digest)),
        _attribute("1.2.840.113549.1.9.16.2.47", der.sequence(der.sequence(named))),
        # RFC 6211: digest algorithm, and [1] IMPLICIT the signature algorithm.
        _attribute("1.2.840.113549.1.9.52", der.sequence(hashed, der.retagged(signed_by, 0xA1))),
    ]
    if at is not None:
        attributes.append(_attribute("1.2.840.113549.1.9.5", der.time(at)))
    return der.set_of(*attributes)


def assemble(
    *, attributes: bytes, signature: bytes, certificate: bytes, chain: Sequence[bytes] = (), token: bytes | None = None
) -> bytes:
    """The detached signature (ContentInfo, DER) of attributes that the holder has signed."""
    holder = _readable(certificate)
    hashed, signed_by = _algorithms(certificate)
    info = der.sequence(
        der.small_integer(1),
        der.sequence(holder.issuer.dump(), holder["tbs_certificate"]["serial_number"].dump()),
        hashed,
        der.retagged(attributes, 0xA0),
        signed_by,
        der.octets(signature),
    )
    carried = [certificate, *(_readable(one).dump() for one in chain)]
    data = der.sequence(
        der.small_integer(1),
        der.set_of(hashed),
        der.sequence(der.oid(DATA)),
        der.retagged(der.set_of(*carried), 0xA0),
        der.set_of(info),
    )
    made = der.sequence(der.oid(SIGNED_DATA), der.tlv(0xA0, data))
    return made if token is None else with_stamp(made, token)


@lru_cache(maxsize=512)
def _algorithms(certificate: bytes) -> tuple[bytes, bytes]:
    """The DER of the digest algorithm and of the signature algorithm of a holder."""
    holder = _readable(certificate)
    provider = _provider(holder)
    hashed = algos.DigestAlgorithm({"algorithm": provider.digest_name}).dump()
    return bytes(hashed), bytes(provider.signature_algorithm(holder).dump())


def _hash_name(provider: SuiteProvider, hashed: bytes) -> tuple[bytes, ...]:
    """RFC 5035: SHA-256 is the default of ESSCertIDv2, and DER leaves defaults out."""
    return () if provider.digest_name == "sha256" else (hashed,)


def _attribute(name: str, value: bytes) -> bytes:
    return der.sequence(der.oid(name), der.set_of(value))


def with_stamp(document: bytes, token: bytes) -> bytes:
    """The signature with a time-stamp token over its signature value: CAdES-T. Raises `SignatureUnreadable`."""
    if signed_data.read(document) is None:
        raise SignatureUnreadable()
    content = cms.ContentInfo.load(document)
    info = content["content"]["signer_infos"][0]
    stamp = {"type": "signature_time_stamp_token", "values": [cms.ContentInfo.load(token)]}
    info["unsigned_attrs"] = [cms.CMSAttribute(stamp)]
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
    provider = _provider(_readable(certificate))
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


def _provider(holder: x509.Certificate) -> SuiteProvider:
    try:
        return provider_for(holder.public_key)
    except UnknownSuite:
        raise KeyUnknown() from None


def _readable(certificate: bytes) -> x509.Certificate:
    parsed = parse(certificate)
    if parsed is None:
        raise CertificateUnreadable()
    return parsed
