"""Sealing of what stands in the database before it may be read: AES-256-GCM, padded, bound to its place.

Pure: keys and nonces are handed in. The key of a thing is derived from the platform's secrecy key and the name of the
thing (HKDF-SHA256), so that one can be opened for good without the others.
"""

import hashlib
import hmac
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
_END: Final = b"\x80"
"""Padding is one such byte and zeros after it (ISO/IEC 9797-1, method 2)."""


class SealBroken(ValueError):
    """The text was changed, belongs elsewhere, or was sealed under another key."""


def derive(key: bytes, purpose: str) -> bytes:
    """The key for one purpose, 32 bytes; nothing about `key` or other purposes follows from it."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"luochui/" + purpose.encode()).derive(key)


def seal(key: bytes, plain: bytes, *, place: str, nonce: bytes, block: int = 64) -> bytes:
    """`nonce` and the sealed text, padded to a multiple of `block` bytes so that its length tells little.

    `place` (table, row, column or the like) is bound to it: a text moved elsewhere does not open. No nonce twice.
    """
    padded = plain + _END + bytes(-(len(plain) + 1) % block)
    return nonce + AESGCM(key).encrypt(nonce, padded, place.encode())


def open_sealed(key: bytes, sealed: bytes, *, place: str) -> bytes:
    """What `seal` was given. Raises `SealBroken`."""
    try:
        padded = AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBroken(place) from error
    return padded[: padded.rindex(_END)]


def blinded(key: bytes, *parts: str) -> str:
    """A reference that names its parts to nobody without the key, the same every time: 32 hex digits."""
    return hmac.new(key, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()[:32]
