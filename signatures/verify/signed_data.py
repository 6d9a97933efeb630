"""A detached CMS signature (RFC 5652), read and checked with the standard library and `cryptography` alone.

Only what CAdES-B needs: one signer, signed attributes with the digest of the content, ECDSA or RSA with SHA-2, or SM2
with SM3 where its extra is installed. Whatever else is in the file is not believed and not needed.
"""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from signatures.verify import national
from signatures.verify.national import NotInstalled

_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
_DIGESTS: dict[bytes, tuple[str, type[hashes.HashAlgorithm]]] = {
    bytes.fromhex("0609608648016503040201"): ("sha256", hashes.SHA256),
    bytes.fromhex("0609608648016503040202"): ("sha384", hashes.SHA384),
    bytes.fromhex("0609608648016503040203"): ("sha512", hashes.SHA512),
}
LONGEST_CHAIN = 10


class BadSignedData(ValueError):
    """The signature cannot be read, or does not hold; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Element:
    """One DER element: its whole bytes and its content."""

    tag: int
    whole: bytes
    content: bytes

    def parts(self) -> list["Element"]:
        return list(_elements(self.content))


def signer_of(content: bytes, signature: bytes) -> tuple[x509.Certificate, list[x509.Certificate]]:
    """The signer's certificate, and what else came along, once the signature over `content` holds.

    Raises `BadSignedData`. Whether the certificate is to be trusted is another question: `chain_fault`.
    """
    certificates, info = _read(signature)
    version, identifier, algorithm, *rest = info.parts()
    del version
    if not rest or rest[0].tag != 0xA0 or len(rest) < 3:
        raise BadSignedData("it has no signed attributes")
    attributes, _how, value = rest[0], rest[1], rest[2]
    name = algorithm.parts()[0].whole
    _require_digest(attributes, _digest(name, content))
    leaf = next((one for one in certificates if _names(identifier, one)), None)
    if leaf is None:
        raise BadSignedData("the signer's certificate is not in it")
    signed = b"\x31" + attributes.whole[1:]
    if name == national.SM3:
        _require_national(leaf, value.content, signed)
    else:
        _require_signature(leaf, value.content, signed, _DIGESTS[name][1]())
    return leaf, [one for one in certificates if one is not leaf]


def chain_fault(
    leaf: x509.Certificate, others: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], at: datetime
) -> str:
    """Why no chain leads from the leaf to one of the roots at `at`, empty when one does. Revocation is not seen."""
    current = leaf
    for _ in range(LONGEST_CHAIN):
        if _is_national(current) != _is_national(leaf):
            return "its chain is of two suites"
        if not current.not_valid_before_utc <= at <= current.not_valid_after_utc:
            return f"the certificate of {current.subject.rfc4514_string()} was not valid at {at.isoformat()}"
        if any(_issued_by(current, root) for root in roots) or current in roots:
            return ""
        above = next((one for one in others if _issued_by(current, one) and _is_authority(one)), None)
        if above is None:
            return "no chain leads to an authority that you trust"
        current = above
    return f"the chain is longer than {LONGEST_CHAIN}"


def _read(signature: bytes) -> tuple[list[x509.Certificate], Element]:
    try:
        (outer,) = _elements(signature)
        kind, wrapped = outer.parts()
        if kind.whole != _SIGNED_DATA:
            raise BadSignedData("it is no CMS signature")
        (body,) = wrapped.parts()
        parts = body.parts()
        found = [
            x509.load_der_x509_certificate(one.whole) for part in parts if part.tag == 0xA0 for one in part.parts()
        ]
        (info,) = parts[-1].parts()
    except BadSignedData:
        raise
    except (ValueError, IndexError) as error:
        raise BadSignedData(f"it cannot be read: {error}") from None
    return found, info


def _digest(name: bytes, content: bytes) -> bytes:
    try:
        return national.sm3(content) if name == national.SM3 else hashlib.new(_DIGESTS[name][0], content).digest()
    except KeyError:
        raise BadSignedData("its digest is of a suite that this program does not check") from None
    except NotInstalled as missing:
        raise BadSignedData(str(missing)) from None


def _require_digest(attributes: Element, wanted: bytes) -> None:
    for attribute in attributes.parts():
        kind, values = attribute.parts()
        if kind.whole == _MESSAGE_DIGEST:
            (value,) = values.parts()
            if hmac.compare_digest(value.content, wanted):
                return
            raise BadSignedData("it is over something else")
    raise BadSignedData("it does not name what it is over")


def _require_signature(leaf: x509.Certificate, value: bytes, signed: bytes, algorithm: hashes.HashAlgorithm) -> None:
    try:
        key = leaf.public_key()
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(value, signed, ec.ECDSA(algorithm))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(value, signed, padding.PKCS1v15(), algorithm)
        else:
            raise BadSignedData("its key is of a kind that this program does not check")
    except (ValueError, UnsupportedAlgorithm):
        raise BadSignedData("its key is not of the suite of its digest") from None
    except InvalidSignature:
        raise BadSignedData("the signature is not by the key of its certificate") from None


def _require_national(leaf: x509.Certificate, value: bytes, signed: bytes) -> None:
    try:
        if not national.is_signed(_key_of(leaf), value, signed):
            raise BadSignedData("the signature is not by the key of its certificate, or that is no SM2 key")
    except NotInstalled as missing:
        raise BadSignedData(str(missing)) from None


def _key_of(certificate: x509.Certificate) -> bytes:
    """The SubjectPublicKeyInfo: the library does not read keys of the curve SM2."""
    (whole,) = _elements(certificate.tbs_certificate_bytes)
    fields = [one for one in whole.parts() if one.tag != 0xA0]  # the version may be missing
    return fields[5].whole


def _names(identifier: Element, certificate: x509.Certificate) -> bool:
    """Whether issuer and serial number are the certificate's."""
    if identifier.tag != 0x30:
        return False
    issuer, serial = identifier.parts()
    return issuer.whole == certificate.issuer.public_bytes() and (
        int.from_bytes(serial.content, "big", signed=True) == certificate.serial_number
    )


def _issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        if _is_national(certificate):
            named = certificate.issuer == issuer.subject
            return named and national.is_signed(
                _key_of(issuer), certificate.signature, certificate.tbs_certificate_bytes
            )
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _is_national(certificate: x509.Certificate) -> bool:
    """Whether it is signed with SM2."""
    return certificate.signature_algorithm_oid.dotted_string == national.SM2_WITH_SM3


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        return False


def _elements(data: bytes) -> Iterator[Element]:
    position = 0
    while position < len(data):
        tag, length, start = data[position], data[position + 1], position + 2
        if length == 0x80 or length > 0x84:
            raise BadSignedData("a length is indefinite or absurd")
        if length > 0x80:
            size = length - 0x80
            length = int.from_bytes(data[start : start + size], "big")
            start += size
        end = start + length
        if end > len(data):
            raise BadSignedData("it is truncated")
        yield Element(tag, data[position:end], data[start:end])
        position = end
