"""Room keys and the signatures of bids: raw r‖s as browsers make them, by a key of the procedure's suite.

Most verifications are made in processes of their own (`verifying`); docs/national.md has the figures.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from asn1crypto import keys

from commons.domain.refusals import Malformed
from signatures.crypto.suites import Suite, UnknownSuite, provider_for


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public room key, ready to verify with."""

    suite: Suite
    spki: bytes
    """DER."""
    holds: Callable[[bytes, bytes], bool]
    """Whether its holder signed a message; a signature is 64 bytes r‖s."""


@lru_cache(maxsize=20_000)
def load_key(spki: bytes) -> PublicKey:
    """The key in `spki` (DER). Refuses `Malformed` for what no installed suite signs bids with."""
    try:
        provider = provider_for(keys.PublicKeyInfo.load(spki, strict=True))
        return PublicKey(provider.suite, spki, provider.raw_verifier(spki))
    except UnknownSuite:
        raise Malformed(field="public_key", reason="of no suite that is installed") from None
    except (ValueError, TypeError) as error:
        raise Malformed(field="public_key", reason=f"no key that signs bids: {error}") from None
