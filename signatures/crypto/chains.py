"""From a certificate to a trusted root, within bounds: names that go in circles or fan out cost nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from asn1crypto import x509

from signatures.crypto.authorities import TrustedAuthority
from signatures.crypto.suites import SuiteProvider, UnknownSuite, provider_for, verifies

LARGEST_CERTIFICATE = 16 * 1024
MOST_CERTIFICATES = 10
DEEPEST = 6
"""Certificates in a chain, leaf and root included."""
MOST_CHECKS = 40
"""Signatures that one search verifies at most."""


@dataclass(frozen=True, slots=True)
class FoundChain:
    """A chain whose signatures hold: leaf first, root last."""

    authority: TrustedAuthority
    certificates: tuple[x509.Certificate, ...]

    @property
    def suites(self) -> tuple[SuiteProvider, ...]:
        return tuple(provider_for(one.public_key) for one in self.certificates)


def parse(certificate: bytes) -> x509.Certificate | None:
    """The certificate, or None for what is not one or is too large to be one."""
    return _parse(certificate) if 0 < len(certificate) <= LARGEST_CERTIFICATE else None


@lru_cache(maxsize=512)
def _parse(certificate: bytes) -> x509.Certificate | None:
    try:
        parsed = x509.Certificate.load(certificate, strict=True)
        # asn1crypto reads lazily: whatever is malformed must show here, not where it is used.
        _ = parsed.native, parsed.subject.human_friendly, parsed.issuer.human_friendly, parsed.public_key.native
        _ = (
            parsed.subject.hashable,
            parsed.issuer.hashable,
            parsed.ca,
            parsed.key_usage_value,
            parsed.authority_key_identifier,
        )
        if parsed.public_key.algorithm == "ec":
            _ = parsed.public_key.curve
        return parsed if parsed.not_valid_before <= parsed.not_valid_after else None
    except Exception:  # asn1crypto raises a dozen kinds on malformed input, and each of them means: no certificate
        return None


def find(
    leaf: x509.Certificate, supplied: Iterable[bytes], authorities: Sequence[TrustedAuthority]
) -> FoundChain | None:
    """The first chain from `leaf` to the root of one of `authorities`; None when there is none within the bounds."""
    helping = tuple(list(supplied)[:MOST_CERTIFICATES])
    der = leaf.dump()
    for authority in authorities:
        chain = _found(der, helping, authority.root, authority.intermediates)
        if chain is not None:
            return FoundChain(authority, chain)
    return None


@lru_cache(maxsize=512)
def _found(
    leaf: bytes, supplied: tuple[bytes, ...], root: bytes, intermediates: tuple[bytes, ...]
) -> tuple[x509.Certificate, ...] | None:
    """Who signed whom does not change with time, so it is remembered."""
    top, bottom = parse(root), parse(leaf)
    others = [one for one in map(parse, (*intermediates, *supplied)) if one is not None]
    if top is None or bottom is None:
        return None
    return next((tuple(chain) for chain in _Search(top, others).from_(bottom)), None)


@dataclass(slots=True)
class _Search:
    root: x509.Certificate
    others: list[x509.Certificate]
    checks: int = 0
    seen: set[tuple[bytes, bytes]] = field(default_factory=set)

    def from_(
        self, certificate: x509.Certificate, below: tuple[x509.Certificate, ...] = ()
    ) -> Iterator[list[x509.Certificate]]:
        path = (*below, certificate)
        if len(path) >= DEEPEST:
            return
        if self._issued(self.root, certificate):
            yield [*path, self.root]
        for issuer in self.others:
            if issuer not in path and self._issued(issuer, certificate):
                yield from self.from_(issuer, path)

    def _issued(self, issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
        if issuer.subject != certificate.issuer or not _names_key(certificate, issuer):
            return False
        pair = (issuer.sha256, certificate.sha256)
        if pair in self.seen:
            return False  # that way was already walked, and led nowhere
        self.seen.add(pair)
        self.checks += 1
        return self.checks <= MOST_CHECKS and is_signed_by(certificate, issuer)


def _names_key(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    named, own = certificate.authority_key_identifier, issuer.key_identifier
    return not named or not own or bool(named == own)


def is_signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether the signature on `certificate` is right under the key of `issuer`."""
    try:
        provider = provider_for(issuer.public_key)
    except UnknownSuite:
        return False
    return verifies(
        provider,
        key=issuer.public_key,
        data=certificate["tbs_certificate"].dump(),
        signature=certificate["signature_value"].native,
        algorithm=certificate["signature_algorithm"],
    )
