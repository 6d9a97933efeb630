"""Shares made by the server's own program, for `scripts/shamir_vectors.js` to combine."""

import json
import secrets
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from signatures.envelopes.domain.shamir import split


def vector(n: int, k: int, length: int) -> dict[str, object]:
    """A secret, the random bytes that went into its polynomials, and its shares, all in hexadecimal."""
    secret, drawn = secrets.token_bytes(length), bytearray()

    def entropy(count: int) -> bytes:
        fresh = secrets.token_bytes(count)
        drawn.extend(fresh)
        return fresh

    shares = split(secret, n=n, k=k, entropy=entropy)
    return {
        "n": str(n),
        "k": str(k),
        "secret": secret.hex(),
        "random": drawn.hex(),
        "shares": [share.hex() for share in shares],
    }


print(json.dumps([vector(2, 2, 32), vector(3, 2, 32), vector(5, 3, 64)]))
