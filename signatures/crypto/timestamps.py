"""Time stamps (RFC 3161): asking several authorities in turn, and judging a token by itself.

A time stamp proves that something existed before a time, by somebody who is neither the signer nor the platform.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from asn1crypto import tsp

from signatures.crypto import signed_data
from signatures.crypto.answers import CertificateStatus
from signatures.crypto.authorities import Purpose, TrustStore
from signatures.crypto.certificates import validate
from signatures.crypto.revocation import RevocationSource
from signatures.crypto.transport import Unreachable, post

LARGEST_ANSWER = 64 * 1024
REST_AFTER_FAILURE = timedelta(seconds=30)
"""A time-stamp authority that failed is asked last for that long, so that a dead one costs its time-out once."""
PAUSE_WHEN_ALL_FAILED = timedelta(seconds=10)
"""When each of them failed a moment ago nobody is asked: signers and whatever else follows a commit do not wait."""
SKEW = timedelta(seconds=60)


class StampUnavailable(Exception):
    """No time-stamp authority gave a token. Nobody is kept from signing by it: the token follows later."""


class Stamper(Protocol):
    def stamp(self, digest: bytes, *, at: datetime) -> bytes:
        """A token (ContentInfo, DER) over a SHA-256 digest; raises `StampUnavailable`."""


@dataclass(frozen=True, slots=True)
class StampStatus:
    """The answers about a token."""

    readable: bool
    intact: bool = False
    """The token is over the digest that was asked about."""
    right: bool = False
    nonce_right: bool = True
    time: datetime | None = None
    certificate: CertificateStatus | None = None
    """The time-stamp authority's certificate at the time it states."""

    @property
    def valid(self) -> bool:
        return (
            self.readable
            and self.intact
            and self.right
            and self.nonce_right
            and self.certificate is not None
            and self.certificate.usable
        )


@dataclass(frozen=True, slots=True)
class Request:
    """A request (TimeStampReq, DER) with the nonce that the answer must repeat."""

    der: bytes
    nonce: int


def request(digest: bytes) -> Request:
    """A request for a token over a SHA-256 digest."""
    assert len(digest) == 32, "tokens are over SHA-256 digests"
    nonce = secrets.randbits(63) | 1
    body = tsp.TimeStampReq(
        {
            "version": "v1",
            "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest},
            "nonce": nonce,
            "cert_req": True,
        }
    )
    return Request(bytes(body.dump()), nonce)


def token_of(answer: bytes, asked: Request, digest: bytes) -> bytes:
    """The token in an authority's answer (TimeStampResp, DER); raises `StampUnavailable` when it is none for us."""
    try:
        response = tsp.TimeStampResp.load(answer, strict=True)
        if response["status"]["status"].native not in ("granted", "granted_with_mods"):
            raise StampUnavailable(f"the authority answered {response['status']['status'].native}")
        token = bytes(response["time_stamp_token"].dump())
    except (ValueError, TypeError, KeyError) as error:
        raise StampUnavailable(f"the authority's answer cannot be read: {error}") from None
    info = _info(signed_data.read(token))
    if info is None or not _is_over(info, digest) or info["nonce"].native != asked.nonce:
        raise StampUnavailable("the authority answered another question")
    return token


def verify(
    token: bytes,
    *,
    digest: bytes,
    at: datetime,
    trust: TrustStore,
    revocation: RevocationSource,
    nonce: int | None = None,
) -> StampStatus:
    """The answers about a token over a SHA-256 digest; `at` is now. Never raises on bad input.

    The authority's certificate must hold at the time that the token states, which must not lie after `at`.
    """
    signed = signed_data.read(token)
    info = _info(signed)
    if signed is None or info is None:
        return StampStatus(readable=False)
    try:
        return _judge(signed, info, digest=digest, at=at, trust=trust, revocation=revocation, nonce=nonce)
    except Exception:  # asn1crypto reads late; what is malformed further inside is no token either
        return StampStatus(readable=False)


def _judge(
    signed: signed_data.Signed,
    info: tsp.TSTInfo,
    *,
    digest: bytes,
    at: datetime,
    trust: TrustStore,
    revocation: RevocationSource,
    nonce: int | None,
) -> StampStatus:
    time: datetime = info["gen_time"].native
    certificate = validate(
        leaf=signed.certificate.dump(),
        intermediates=signed.others,
        at=min(time, at),
        purpose=Purpose.TIME_STAMP,
        trust=trust,
        revocation=revocation,
    )
    return StampStatus(
        readable=True,
        intact=_is_over(info, digest),
        right=signed_data.is_right(signed) and _carries_content(signed) and time <= at + SKEW,
        nonce_right=nonce is None or info["nonce"].native == nonce,
        time=time,
        certificate=certificate,
    )


def time_of(token: bytes) -> datetime | None:
    """The time that a token states, unproven; None when it cannot be read."""
    info = _info(signed_data.read(token))
    return info["gen_time"].native if info is not None else None


def _info(signed: signed_data.Signed | None) -> tsp.TSTInfo | None:
    if signed is None or signed.content_type != "tst_info" or signed.content is None:
        return None
    try:
        info = tsp.TSTInfo.load(signed.content, strict=True)
        return info if info.native["gen_time"].tzinfo is not None else None
    except Exception:  # asn1crypto raises a dozen kinds on malformed input
        return None


def _is_over(info: tsp.TSTInfo, digest: bytes) -> bool:
    imprint = info["message_imprint"]
    return bool(
        imprint["hash_algorithm"]["algorithm"].native == "sha256" and imprint["hashed_message"].native == digest
    )


def _carries_content(signed: signed_data.Signed) -> bool:
    assert signed.content is not None, "a token without content is not readable"
    if not signed.provider.accepts_digest(signed.digest_name):
        return False
    return signed.provider.digest(signed.digest_name, signed.content) == signed.message_digest


@dataclass(frozen=True, slots=True)
class HttpStamper:
    """One time-stamp authority behind an address."""

    url: str
    timeout_s: float = 3.0

    def stamp(self, digest: bytes, *, at: datetime) -> bytes:
        asked = request(digest)
        try:
            answer = post(
                self.url,
                asked.der,
                content_type="application/timestamp-query",
                timeout_s=self.timeout_s,
                largest=LARGEST_ANSWER,
            )
        except Unreachable as error:
            raise StampUnavailable(str(error)) from None
        return token_of(answer, asked, digest)


class FailOver:
    """Several time-stamp authorities, asked in turn until one answers; one that failed lately is asked last."""

    def __init__(self, stampers: Sequence[Stamper]) -> None:
        self.stampers = tuple(stampers)
        self._failed: dict[int, datetime] = {}

    def stamp(self, digest: bytes, *, at: datetime) -> bytes:
        if self.stampers and all(self._failed_within(place, PAUSE_WHEN_ALL_FAILED, at) for place in self._places):
            raise StampUnavailable("every time-stamp authority failed a moment ago")
        reasons = []
        for place in self._order(at):
            try:
                token = self.stampers[place].stamp(digest, at=at)
            except StampUnavailable as error:
                self._failed[place] = at
                reasons.append(str(error))
            else:
                self._failed.pop(place, None)
                return token
        raise StampUnavailable("; ".join(reasons) or "no time-stamp authority is configured")

    @property
    def _places(self) -> range:
        return range(len(self.stampers))

    def _order(self, at: datetime) -> list[int]:
        return sorted(self._places, key=lambda place: self._failed_within(place, REST_AFTER_FAILURE, at))

    def _failed_within(self, place: int, span: timedelta, at: datetime) -> bool:
        failed = self._failed.get(place)
        return failed is not None and timedelta() <= at - failed < span
