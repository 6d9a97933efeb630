"""The trust list as a data file: JSON that names each authority, its certificates and the addresses to ask.

    {"authorities": [{"key": "lingnan", "name": "…", "suite": "INTERNATIONAL", "root": "-----BEGIN CERTIFICATE-----…",
                      "intermediates": ["…"], "purposes": ["SIGN", "SEAL", "LOGIN", "ENCRYPT"],
                      "ocsp": ["http://…"], "crl": ["http://…"],
                      "profile": {"SIGN": {"all_of": ["digital_signature"]}}}],
     "time_stamps": ["http://…", "http://…"]}

`profile` changes what a certificate of this authority must say for a purpose; what is not named stays as usual.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from signatures.crypto import national
from signatures.crypto.authorities import DEFAULT_PROFILE, Purpose, TrustedAuthority, Usage
from signatures.crypto.chains import parse
from signatures.crypto.suites import Suite, UnknownSuite, provider_for
from signatures.pki.domain.trusting import TrustListUnreadable

KEY = re.compile(r"\A[a-z][a-z0-9-]{0,31}\Z")
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)
_USAGE = ("all_of", "any_of", "extended", "tolerated")


@dataclass(frozen=True, slots=True)
class TrustList:
    """A trust list that was read: authorities, and the time-stamp services in the order of asking."""

    authorities: tuple[TrustedAuthority, ...]
    time_stamps: tuple[str, ...]


def read(document: object) -> TrustList:
    """The trust list in a JSON document; refuses (`TrustListUnreadable`) with the place and the reason."""
    if not isinstance(document, Mapping) or not isinstance(document.get("authorities"), list):
        raise TrustListUnreadable(reason="it must be an object with a list “authorities”")
    authorities = tuple(_authority(entry) for entry in document["authorities"])
    keys = [one.key for one in authorities]
    if len(set(keys)) != len(keys):
        raise TrustListUnreadable(reason="two authorities have the same key")
    return TrustList(authorities, tuple(_addresses(document.get("time_stamps", []), "time_stamps")))


def _authority(entry: object) -> TrustedAuthority:
    if not isinstance(entry, Mapping) or not KEY.match(str(entry.get("key", ""))):
        raise TrustListUnreadable(reason="each authority has a “key” of small letters, digits and hyphens")
    key = str(entry["key"])
    try:
        suite = Suite(entry.get("suite", Suite.INTERNATIONAL.value))
        purposes = frozenset(Purpose(one) for one in entry["purposes"])
    except (ValueError, KeyError, TypeError):
        raise TrustListUnreadable(reason=f"{key}: “suite” or “purposes” names something unknown") from None
    return TrustedAuthority(
        key=key,
        name=str(entry.get("name") or key),
        suite=suite,
        root=_certificate(entry.get("root"), suite, f"{key}: root"),
        intermediates=tuple(
            _certificate(one, suite, f"{key}: intermediates") for one in entry.get("intermediates", [])
        ),
        purposes=purposes,
        profile=profile(entry.get("profile", {}), key),
        ocsp_urls=tuple(_addresses(entry.get("ocsp", []), f"{key}: ocsp")),
        crl_urls=tuple(_addresses(entry.get("crl", []), f"{key}: crl")),
    )


def _certificate(text: object, suite: Suite, place: str) -> bytes:
    found = _PEM.search(text) if isinstance(text, str) else None
    try:
        der = base64.b64decode("".join(found.group(1).split()), validate=True) if found else b""
    except binascii.Error:
        der = b""
    certificate = parse(der)
    if certificate is None:
        raise TrustListUnreadable(reason=f"{place} is no certificate in PEM")
    if not certificate.ca:
        raise TrustListUnreadable(reason=f"{place} is not the certificate of an authority")
    try:
        same = provider_for(certificate.public_key).suite == suite
    except UnknownSuite:
        if suite == Suite.SM:
            raise TrustListUnreadable(reason=f"{place}: {national.MISSING}") from None
        same = False
    if not same:
        raise TrustListUnreadable(reason=f"{place} is not of suite {suite.value}")
    return der


def profile(changes: object, key: str) -> Mapping[Purpose, Usage]:
    """The usual profile with an authority's changes."""
    if not isinstance(changes, Mapping):
        raise TrustListUnreadable(reason=f"{key}: “profile” is an object")
    try:
        return {
            **DEFAULT_PROFILE,
            **{
                Purpose(name): Usage(**{part: frozenset(usage.get(part, ())) for part in _USAGE})
                for name, usage in changes.items()
            },
        }
    except (ValueError, TypeError, AttributeError):
        raise TrustListUnreadable(reason=f"{key}: “profile” names something unknown") from None


def profile_as_json(of: Mapping[Purpose, Usage]) -> dict[str, Any]:
    """A profile in the form in which the file has it; only what differs from the usual one."""
    return {
        purpose.value: {part: sorted(getattr(usage, part)) for part in _USAGE if getattr(usage, part)}
        for purpose, usage in of.items()
        if usage != DEFAULT_PROFILE.get(purpose)
    }


def _addresses(values: object, place: str) -> list[str]:
    if not isinstance(values, list):
        raise TrustListUnreadable(reason=f"{place} is a list of addresses")
    for value in values:
        parts = urlsplit(value) if isinstance(value, str) else None
        if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
            raise TrustListUnreadable(reason=f"{place}: {value} is not an address of the web")
    return list(values)
