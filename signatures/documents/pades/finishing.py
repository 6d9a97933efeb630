"""Filling a prepared PDF in, and adding what proves it later: certificates, revocation answers, time stamps."""

import io
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from asgiref.sync import async_to_sync, sync_to_async
from asn1crypto import cms, crl, ocsp, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore

from signatures.crypto.revocation import RevocationData
from signatures.crypto.timestamps import Stamper
from signatures.documents.pades.preparing import RESERVED_BYTES, PreparedPdf


class ContainerTooSmall(ValueError):
    """The signature with its chain and stamp is larger than what was reserved for it."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows, at any later time, that the certificates of a document held: DER."""

    certificates: tuple[bytes, ...] = ()
    revocation: RevocationData = field(default_factory=RevocationData)

    def __add__(self, other: "Proof") -> "Proof":
        certificates = tuple(dict.fromkeys((*self.certificates, *other.certificates)))
        return Proof(certificates, self.revocation + other.revocation)


def fill(prepared: PreparedPdf, signature: bytes) -> bytes:
    """The signed PDF: the CMS (DER) in its container. Raises `ContainerTooSmall`."""
    room = prepared.end - prepared.start - 2
    written = signature.hex().encode()
    if len(written) > room:
        raise ContainerTooSmall(f"{len(signature)} bytes, {room // 2} are reserved")
    container = b"<" + written.ljust(room, b"0") + b">"
    return prepared.content[: prepared.start] + container + prepared.content[prepared.end :]


def with_proof(content: bytes, proof: Proof) -> bytes:
    """The PDF with the proof in its security store (DSS), for all its signatures: B-LT."""
    output = io.BytesIO(content)
    revocation = proof.revocation
    DocumentSecurityStore.add_dss(
        output,
        None,
        certs=[x509.Certificate.load(one) for one in proof.certificates],
        ocsps=[ocsp.OCSPResponse.load(one) for one in revocation.ocsps],
        crls=[crl.CertificateList.load(one) for one in revocation.crls],
    )
    return output.getvalue()


def with_archive_stamp(content: bytes, stamper: Stamper, *, field: str, at: datetime) -> bytes:
    """The PDF with a time stamp over all of it: B-LTA. Raises `StampUnavailable`."""
    return async_to_sync(_archive_stamp)(content, stamper, field, at)


async def _archive_stamp(content: bytes, stamper: Stamper, field: str, at: datetime) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    output = await PdfTimeStamper(_Asked(stamper, at), field_name=field).async_timestamp_pdf(
        writer, "sha256", bytes_reserved=2 * RESERVED_BYTES
    )
    output.seek(0)
    return bytes(output.read())


class _Asked(TimeStamper):
    """One of our stampers in the form in which the library asks."""

    def __init__(self, stamper: Stamper, at: datetime) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library annotates part of its methods
        self._stamper, self._at = stamper, at

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        assert md_algorithm == "sha256", "archive stamps are over SHA-256"
        # In the thread that waits for it, outside of the loop: stampers ask the database which services there are.
        token = await sync_to_async(self._stamper.stamp)(message_digest, at=self._at)
        return cms.ContentInfo.load(token)


def last_stamp(content: bytes) -> tuple[bytes, bytes]:
    """The token (DER) of the last archive stamp, and the SHA-256 of what it covers."""
    reader = PdfFileReader(io.BytesIO(content))
    last = reader.embedded_timestamp_signatures[-1]
    start, first, second, length = (int(part) for part in last.byte_range)
    covered = content[start:first] + content[second : second + length]
    return bytes(cms.ContentInfo.load(last.pkcs7_content).dump()), sha256(covered).digest()
