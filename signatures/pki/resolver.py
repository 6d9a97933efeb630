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
LONGEST_MEMORY = timedelta(minutes=5)
"""A revocation is noticed no later than that, however long the authority says that its answer holds."""
LIST_MEMORY = timedelta(hours=1)


class AllowListedResolver:
    """For people OCSP first, then lists; for authorities the other way. Addresses inside certificates are not read."""

    def about(self, *, certificate: bytes, issuer: bytes, authority: TrustedAuthority, at: datetime) -> RevocationData:
        now = timezone.now()
        parsed = parse(certificate)
        # Authorities' own certificates stand in lists that change once a week; people's are asked about one by one.
        ways = (self._by_list, self._by_ocsp) if parsed is not None and parsed.ca else (self._by_ocsp, self._by_list)
        for way in ways:
            answers = fresh(way(certificate, issuer, authority, now))
            if answers.ocsps or answers.crls:
                return answers
        raise RevocationUnavailable(f"no address of {authority.key} gave an answer of today")

    def _by_ocsp(self, certificate: bytes, issuer: bytes, authority: TrustedAuthority, now: datetime) -> RevocationData:
        return RevocationData(self._ocsps(certificate, issuer, authority, now), (), now)

    def _by_list(self, certificate: bytes, issuer: bytes, authority: TrustedAuthority, now: datetime) -> RevocationData:
        return RevocationData((), self._lists(authority, now), now)

    def _ocsps(
        self, certificate: bytes, issuer: bytes, authority: TrustedAuthority, now: datetime
    ) -> tuple[bytes, ...]:
        question = ocsp_question(certificate, issuer)
        for url in authority.ocsp_urls:
            known = _recall(url, question)
            if known is not None:
                return (known,)
            try:
                answer = transport.post(
                    url, question, content_type="application/ocsp-request", timeout_s=TIMEOUT_S, largest=LARGEST_OCSP
                )
            except transport.Unreachable:
                continue
            if fresh(RevocationData((answer,), (), now)).ocsps:
                _remember(url, question, answer, now, next_update(RevocationData((answer,))), LONGEST_MEMORY)
                return (answer,)
        return ()

    def _lists(self, authority: TrustedAuthority, now: datetime) -> tuple[bytes, ...]:
        found = []
        for url in authority.crl_urls:
            known = _recall(url, b"")
            if known is None:
                try:
                    known = transport.get(url, timeout_s=TIMEOUT_S, largest=LARGEST_CRL)
                except transport.Unreachable:
                    continue
                if fresh(RevocationData((), (known,), now)).crls:
                    _remember(url, b"", known, now, next_update(RevocationData((), (known,))), LIST_MEMORY)
            found.append(known)
        return tuple(found)


def _key(url: str, question: bytes) -> str:
    return "revocation:" + hashlib.sha256(url.encode() + b"\0" + question).hexdigest()


def _recall(url: str, question: bytes) -> bytes | None:
    known: bytes | None = cache.get(_key(url, question))
    return known


def _remember(
    url: str, question: bytes, answer: bytes, now: datetime, until: datetime | None, longest: timedelta
) -> None:
    lasts = min(longest, until - now) if until is not None else longest
    if lasts > timedelta():
        cache.set(_key(url, question), answer, timeout=lasts.total_seconds())
