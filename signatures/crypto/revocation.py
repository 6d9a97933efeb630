"""Proof that a certificate was not revoked: where it comes from, and what of it is fresh."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from asn1crypto import crl, ocsp, x509

from signatures.crypto.authorities import TrustedAuthority

LARGEST_OCSP = 64 * 1024
LARGEST_CRL = 16 * 1024 * 1024
TOLERANCE = timedelta(seconds=60)
"""Between our clock and an authority's."""


class RevocationUnavailable(Exception):
    """Nobody answered whether the certificate is revoked. The certificate is then not accepted."""


@dataclass(frozen=True, slots=True)
class RevocationData:
    """OCSP responses and revocation lists (DER). `fetched_at`: asked now; None: kept from an earlier time."""

    ocsps: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    fetched_at: datetime | None = None

    def __add__(self, other: "RevocationData") -> "RevocationData":
        at = max((at for at in (self.fetched_at, other.fetched_at) if at is not None), default=None)
        return RevocationData(
            tuple(dict.fromkeys((*self.ocsps, *other.ocsps))), tuple(dict.fromkeys((*self.crls, *other.crls))), at
        )


class RevocationSource(Protocol):
    """Somebody who can prove the state of a certificate."""

    def about(self, *, certificate: bytes, issuer: bytes, authority: TrustedAuthority, at: datetime) -> RevocationData:
        """What is known about one certificate (DER) of `issuer`; raises `RevocationUnavailable`."""


class Kept:
    """Revocation data kept from the time of a signature: what a document carries, or what was stored with it."""

    def __init__(self, data: RevocationData) -> None:
        self.data = data

    def about(self, *, certificate: bytes, issuer: bytes, authority: TrustedAuthority, at: datetime) -> RevocationData:
        return self.data


def fresh(data: RevocationData) -> RevocationData:
    """What of the fetched data is of today: an answer replayed past its next update is dropped."""
    if data.fetched_at is None:
        return data
    now = data.fetched_at
    return RevocationData(
        tuple(one for one in data.ocsps if _current(_ocsp_period(one), now)),
        tuple(one for one in data.crls if _current(_crl_period(one), now)),
        now,
    )


def next_update(data: RevocationData) -> datetime | None:
    """Until when all of the data may be used again; None when some of it does not say."""
    ends = [end for _, end in (*map(_ocsp_period, data.ocsps), *map(_crl_period, data.crls))]
    return min((end for end in ends if end is not None), default=None) if None not in ends else None


def _current(period: tuple[datetime | None, datetime | None], now: datetime) -> bool:
    start, end = period
    return start is not None and start <= now + TOLERANCE and (end is None or now <= end + TOLERANCE)


def _ocsp_period(response: bytes) -> tuple[datetime | None, datetime | None]:
    single = _single(response)
    return (single["this_update"].native, single["next_update"].native) if single is not None else (None, None)


def _single(response: bytes) -> ocsp.SingleResponse | None:
    if len(response) > LARGEST_OCSP:
        return None
    try:
        parsed = ocsp.OCSPResponse.load(response, strict=True)
        responses = parsed.response_data["responses"]
        return responses[0] if len(responses) == 1 else None
    except (ValueError, TypeError, KeyError):
        return None


def _crl_period(content: bytes) -> tuple[datetime | None, datetime | None]:
    if len(content) > LARGEST_CRL:
        return (None, None)
    try:
        body = crl.CertificateList.load(content, strict=True)["tbs_cert_list"]
        return (body["this_update"].native, body["next_update"].native)
    except (ValueError, TypeError, KeyError):
        return (None, None)


def readable(data: RevocationData) -> tuple[list[ocsp.OCSPResponse], list[crl.CertificateList]]:
    """The parsed data; what cannot be read proves nothing and is left out."""
    ocsps = [ocsp.OCSPResponse.load(one) for one in data.ocsps if _ocsp_period(one)[0] is not None]
    crls = [crl.CertificateList.load(one) for one in data.crls if _crl_period(one)[0] is not None]
    return ocsps, crls


def ocsp_question(certificate: bytes, issuer: bytes) -> bytes:
    """What an OCSP responder is asked about a certificate (both DER): RFC 6960, by SHA-1 names as RFC 5019 wants."""
    leaf, above = x509.Certificate.load(certificate), x509.Certificate.load(issuer)
    identifier = ocsp.CertId(
        {
            "hash_algorithm": {"algorithm": "sha1"},
            "issuer_name_hash": above.subject.sha1,
            "issuer_key_hash": above.public_key.sha1,
            "serial_number": leaf.serial_number,
        }
    )
    body = ocsp.TBSRequest({"request_list": [{"req_cert": identifier}]})
    return bytes(ocsp.OCSPRequest({"tbs_request": body}).dump())
