"""The registry of suites that envelopes are sealed in.

A header names its entry by algorithm, a wrapped key by how it is wrapped, a procedure by suite. Whoever needs an
algorithm asks the entry; nobody asks which suite it is. Another suite is another entry.
"""

from commons.domain.text import gettext_noop
from signatures.crypto import national as extra
from signatures.crypto.suites import Suite, UnknownSuite
from signatures.envelopes.domain.suites.base import (
    Cipher,
    Digest,
    KeyNotUsable,
    PrivateKey,
    SealingSuite,
    WrongKey,
)
from signatures.envelopes.domain.suites.international import InternationalSealing
from signatures.envelopes.domain.suites.national import NationalSealing

__all__ = [
    "Cipher",
    "Digest",
    "KeyNotUsable",
    "PrivateKey",
    "SealingSuite",
    "WrongKey",
    "installed",
    "of_algorithm",
    "of_key",
    "of_suite",
    "of_wrap",
]

_ENTRIES: tuple[SealingSuite, ...] = (InternationalSealing(), *((NationalSealing(),) if extra.available() else ()))


def installed() -> tuple[Suite, ...]:
    """The suites that a procedure can choose here, the default first."""
    return tuple(one.suite for one in _ENTRIES)


def of_suite(suite: Suite) -> SealingSuite:
    """Raises `UnknownSuite` where its extra is not installed."""
    for one in _ENTRIES:
        if one.suite is suite:
            return one
    raise UnknownSuite(gettext_noop("envelopes in the national algorithms need the extra `sm`"))


def of_algorithm(name: str) -> SealingSuite:
    """By what a header names. Raises `UnknownSuite`."""
    for one in _ENTRIES:
        if one.algorithm == name:
            return one
    raise UnknownSuite(gettext_noop("its version or algorithm is unknown"))


def of_wrap(name: str) -> SealingSuite:
    """By how a key is wrapped. Raises `UnknownSuite`."""
    for one in _ENTRIES:
        if name in one.wraps:
            return one
    raise UnknownSuite(gettext_noop("a key is wrapped by an unknown algorithm"))


def of_key(spki: bytes) -> SealingSuite:
    """By a recipient's public key (DER). Raises `KeyNotUsable`."""
    for one in _ENTRIES:
        if one.owns(spki):
            return one
    raise KeyNotUsable(gettext_noop("this is no public key of an installed suite"))
