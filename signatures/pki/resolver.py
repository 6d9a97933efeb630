"""Asks authorities whether a certificate is revoked: only at the addresses of the trust list, with a short memory."""

import hashlib
from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils import timezone

from signatures.crypto import transport
from signatures.crypto.authorities import TrustedAuthority
from signatures.crypto.chains import parse
from signatures.crypto.revocation import (
    LARGEST_CRL,
    LARGEST_OCSP,
    RevocationData,
    RevocationUnavailable,
    fresh,
    next_update,
    ocsp_question,
)

TIMEOUT_S = 3.0
LONGEST_MEMORY = timedelta(minutes=1)
"""A person's revocation is noticed no later than that, however long the authority says that its answer holds."""
AUTHORITIES_MEMORY = timedelta(hours=1)
"""Of lists, where the question is about an authority's own certificate: those change once a week."""


class AllowListedResolver:
    """For people OCSP first, then lists; for authorities the other way. Addresses inside certificates are not read."""

    def about(self, *, certificate: bytes, issuer: bytes, authority: TrustedAuthority, at: datetime) -> RevocationData:
        now = timezone.now()
        parsed = parse(certificate)
        is_authority = parsed is not None and parsed.ca
        # Authorities' own certificates stand in lists that change once a week; people's are asked about one by one.
        ways = (self._by_list, self._by_ocsp) if is_authority else (self._by_ocsp, self._by_list)
        longest = AUTHORITIES_MEMORY if is_authority else LONGEST_MEMORY
        for way in ways:
            answers = fresh(way(certificate, issuer, authority, now, longest))
            if answers.ocsps or answers.crls:
                return answers
        raise RevocationUnavailable(f"no address of {authority.key} gave an answer of today")

    def _by_ocsp(
        self, certificate: bytes, issuer: bytes, authority: TrustedAuthority, now: datetime, longest: timedelta
    ) -> RevocationData:
        return RevocationData(self._ocsps(certificate, issuer, authority, now, longest), (), now)

    def _by_list(
        self, certificate: bytes, issuer: bytes, authority: TrustedAuthority, now: datetime, longest: timedelta
    ) -> RevocationData:
        return RevocationData((), self._lists(authority, now, longest), now)

    def _ocsps(
        self, certificate: bytes, issuer: bytes, authority: TrustedAuthority, now: datetime, longest: timedelta
    ) -> tuple[bytes, ...]:
        question = ocsp_question(certificate, issuer)
        for url in authority.ocsp_urls:
            known = _recall(url, question, now, longest)
            if known is not None:
                return (known,)
            try:
                answer = transport.post(
                    url, question, content_type="application/ocsp-request", timeout_s=TIMEOUT_S, largest=LARGEST_OCSP
                )
            except transport.Unreachable:
                continue
            if fresh(RevocationData((answer,), (), now)).ocsps:
                _remember(url, question, answer, now, next_update(RevocationData((answer,))))
                return (answer,)
        return ()

    def _lists(self, authority: TrustedAuthority, now: datetime, longest: timedelta) -> tuple[bytes, ...]:
        found = []
        for url in authority.crl_urls:
            known = _recall(url, b"", now, longest)
            if known is None:
                try:
                    known = transport.get(url, timeout_s=TIMEOUT_S, largest=LARGEST_CRL)
                except transport.Unreachable:
                    continue
                if fresh(RevocationData((), (known,), now)).crls:
                    _remember(url, b"", known, now, next_update(RevocationData((), (known,))))
            found.append(known)
        return tuple(found)


def _key(url: str, question: bytes) -> str:
    return "revocation:" + hashlib.sha256(url.encode() + b"\0" + question).hexdigest()


def _recall(url: str, question: bytes, now: datetime, longest: timedelta) -> bytes | None:
    """The answer of that address, if it was asked no longer ago than `longest`."""
    known: tuple[datetime, bytes] | None = cache.get(_key(url, question))
    return known[1] if known is not None and now - known[0] < longest else None


def _remember(url: str, question: bytes, answer: bytes, now: datetime, until: datetime | None) -> None:
    lasts = min(AUTHORITIES_MEMORY, until - now) if until is not None else AUTHORITIES_MEMORY
    if lasts > timedelta():
        cache.set(_key(url, question), (now, answer), timeout=lasts.total_seconds())
