"""Whom the platform trusts: authorities with what each may vouch for, and what its certificates must say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from signatures.crypto.suites import Suite


class Purpose(StrEnum):
    """What a certificate is used for at a given moment."""

    SIGN = "SIGN"
    """A person's signature on a document or on data."""
    SEAL = "SEAL"
    """An organisation's electronic seal."""
    LOGIN = "LOGIN"
    ENCRYPT = "ENCRYPT"
    """A key is wrapped to the certificate."""
    TIME_STAMP = "TIME_STAMP"


@dataclass(frozen=True, slots=True)
class Usage:
    """What a certificate must say to serve one purpose; names as in RFC 5280 §4.2.1.3 and §4.2.1.12, snake_case."""

    all_of: frozenset[str] = frozenset()
    """Key usages that must all be set."""
    any_of: frozenset[str] = frozenset()
    """Key usages of which one must be set."""
    extended: frozenset[str] = frozenset()
    """Extended key usages of which one must be there. Empty: none is needed."""
    tolerated: frozenset[str] = frozenset()
    """When nothing extended is needed but the certificate lists some, one of these must be among them."""


_PERSONAL = frozenset({"client_auth", "email_protection", "any_extended_key_usage", "microsoft_document_signing"})

DEFAULT_PROFILE: Mapping[Purpose, Usage] = {
    Purpose.SIGN: Usage(all_of=frozenset({"digital_signature", "non_repudiation"}), tolerated=_PERSONAL),
    Purpose.SEAL: Usage(all_of=frozenset({"digital_signature", "non_repudiation"}), tolerated=_PERSONAL),
    Purpose.LOGIN: Usage(all_of=frozenset({"digital_signature"}), tolerated=_PERSONAL),
    Purpose.ENCRYPT: Usage(any_of=frozenset({"key_agreement", "key_encipherment"}), tolerated=_PERSONAL),
    Purpose.TIME_STAMP: Usage(
        any_of=frozenset({"digital_signature", "non_repudiation"}), extended=frozenset({"time_stamping"})
    ),
}
HOLDERS = frozenset({Purpose.SIGN, Purpose.SEAL, Purpose.LOGIN, Purpose.ENCRYPT})


@dataclass(frozen=True, slots=True)
class TrustedAuthority:
    """One certificate authority of the trust list. Certificates are DER."""

    key: str
    """Its name in the configuration, for example `lingnan`."""
    name: str
    suite: Suite
    root: bytes
    intermediates: tuple[bytes, ...] = ()
    purposes: frozenset[Purpose] = HOLDERS
    """What it may vouch for."""
    profile: Mapping[Purpose, Usage] = field(default_factory=lambda: DEFAULT_PROFILE)
    ocsp_urls: tuple[str, ...] = ()
    crl_urls: tuple[str, ...] = ()
    """Where the platform itself asks. Addresses in certificates and documents are never used."""


@dataclass(frozen=True, slots=True)
class TrustStore:
    """Every authority that is trusted now (CA 互认: several at once)."""

    authorities: tuple[TrustedAuthority, ...] = ()

    def vouching_for(self, purpose: Purpose) -> tuple[TrustedAuthority, ...]:
        return tuple(one for one in self.authorities if purpose in one.purposes)
