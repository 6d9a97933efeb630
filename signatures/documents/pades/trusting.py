"""A trust store as JSON, for the child process, and one made of a file of root certificates, for those offline."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from asn1crypto import x509
from cryptography import x509 as pyca
from cryptography.hazmat.primitives.serialization import Encoding

from signatures.crypto.authorities import DEFAULT_PROFILE, HOLDERS, Purpose, TrustedAuthority, TrustStore, Usage
from signatures.crypto.certificates import plain_name
from signatures.crypto.suites import Suite, provider_for

_SETS = ("all_of", "any_of", "extended", "tolerated")


def store_as_json(store: TrustStore) -> list[dict[str, Any]]:
    """The authorities with everything that their judging needs, and no address."""
    return [
        {
            "key": one.key,
            "name": one.name,
            "suite": one.suite.value,
            "root": b64encode(one.root).decode(),
            "intermediates": [b64encode(der).decode() for der in one.intermediates],
            "purposes": sorted(purpose.value for purpose in one.purposes),
            "profile": {purpose.value: _usage_as_json(usage) for purpose, usage in one.profile.items()},
        }
        for one in store.authorities
    ]


def store_from_json(value: list[Mapping[str, Any]]) -> TrustStore:
    """The store that `store_as_json` wrote."""
    return TrustStore(
        tuple(
            TrustedAuthority(
                key=one["key"],
                name=one["name"],
                suite=Suite(one["suite"]),
                root=b64decode(one["root"]),
                intermediates=tuple(b64decode(der) for der in one["intermediates"]),
                purposes=frozenset(Purpose(purpose) for purpose in one["purposes"]),
                profile={
                    Purpose(purpose): Usage(**{name: frozenset(usage[name]) for name in _SETS})
                    for purpose, usage in one["profile"].items()
                },
            )
            for one in value
        )
    )


def store_of_roots(pem: bytes) -> TrustStore:
    """A store that trusts every self-issued certificate of a PEM file for all uses. Raises `ValueError`.

    Other certificates in the file help to find a way to a root.
    """
    ders = [one.public_bytes(Encoding.DER) for one in pyca.load_pem_x509_certificates(pem)]
    parsed = {der: x509.Certificate.load(der) for der in ders}
    others = tuple(der for der, one in parsed.items() if not one.self_issued)
    roots = [(der, one) for der, one in parsed.items() if one.self_issued]
    return TrustStore(
        tuple(
            TrustedAuthority(
                key=one.sha256.hex()[:16],
                name=plain_name(one.subject),
                suite=provider_for(one.public_key).suite,
                root=der,
                intermediates=others,
                purposes=HOLDERS | {Purpose.TIME_STAMP},
                profile=DEFAULT_PROFILE,
            )
            for der, one in roots
        )
    )


def _usage_as_json(usage: Usage) -> dict[str, list[str]]:
    return {name: sorted(getattr(usage, name)) for name in _SETS}
