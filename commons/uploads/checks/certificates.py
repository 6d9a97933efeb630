"""Certificates: small, few, and such that a reader of X.509 takes them."""

from collections.abc import Mapping
from typing import Any, BinaryIO

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from commons.uploads.domain import CertificateTooLarge, UploadUnreadable

MOST_BYTES = 64 * 1024
"""Of one certificate; a usual one has one to two kilobytes."""
LONGEST_CHAIN = 10


def look(file: BinaryIO, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The certificates of a PEM or DER file as hexadecimal DER. Raises `CertificateTooLarge`, `UploadUnreadable`."""
    content = file.read(MOST_BYTES * LONGEST_CHAIN + 1)
    if len(content) > MOST_BYTES * LONGEST_CHAIN:
        raise _too_large()
    try:
        found = _read(content)
        ders = [certificate.public_bytes(Encoding.DER) for certificate in found]
    except ValueError:
        raise UploadUnreadable() from None
    if len(ders) > LONGEST_CHAIN or any(len(der) > MOST_BYTES for der in ders):
        raise _too_large()
    return {"certificates": [der.hex() for der in ders]}


def _read(content: bytes) -> list[x509.Certificate]:
    if b"-----BEGIN CERTIFICATE-----" in content:
        return x509.load_pem_x509_certificates(content)
    return [x509.load_der_x509_certificate(content)]


def _too_large() -> CertificateTooLarge:
    return CertificateTooLarge(most=str(MOST_BYTES // 1024), chain=str(LONGEST_CHAIN))
