"""What an envelope asks of its suite of algorithms: ciphers, digests, and how keys are wrapped."""

from typing import Protocol

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from signatures.crypto.sm2 import Sm2PrivateKey
from signatures.crypto.suites import Suite
from signatures.envelopes.domain.shamir import Entropy

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | Sm2PrivateKey
Bytes = bytes | memoryview


class WrongKey(Exception):
    """The key does not open the slot: it is another's, of another envelope, or mistyped."""


class KeyNotUsable(ValueError):
    """A public key of a kind or size that envelopes are not wrapped to."""


class Digest(Protocol):
    """A digest in the making, as those of `hashlib`."""

    def update(self, data: Bytes, /) -> None: ...
    def digest(self) -> bytes: ...
    def hexdigest(self) -> str: ...


class Cipher(Protocol):
    """Authenticated encryption under one key, as `AESGCM`: nonces of 12 bytes, a tag of 16 after the ciphertext."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes:
        """Raises `InvalidTag`, or `ValueError` for what is shorter than a tag."""

    def decrypt_into(self, nonce: bytes, data: Bytes, associated_data: bytes | None, target: memoryview, /) -> object:
        """As `decrypt`, into memory of exactly the plaintext's length."""


class SealingSuite(Protocol):
    """One entry of the envelopes' registry."""

    suite: Suite
    algorithm: str
    """What the header names: cipher, construction, its version."""
    digest_name: str
    """The suite's digest; the header's field for the manifest's is named after it."""
    key_bytes: int
    """The length of a content key and of a slot's key."""
    chunk: int
    """Bytes that are sealed at a time: what a browser does in less than a second."""
    wraps: frozenset[str]
    """How keys are wrapped in this suite; each name belongs to one suite."""

    def digest(self, data: Bytes = b"") -> Digest:
        """A digest that has taken `data` in."""

    def cipher(self, key: bytes) -> Cipher:
        """The cipher under a key of `key_bytes`. Raises `ValueError` for another length."""

    def derive(self, secret: bytes, *, salt: bytes, info: bytes) -> bytes:
        """A key of `key_bytes` by HKDF (RFC 5869) with the suite's digest."""

    def owns(self, spki: bytes) -> bool:
        """Whether a public key (DER) is of this suite, usable or not."""

    def wrap_name(self, spki: bytes) -> str:
        """How a key is wrapped to that public key. Raises `KeyNotUsable`."""

    def wrap(self, key: bytes, spki: bytes, entropy: Entropy) -> bytes:
        """`key` wrapped to a usable public key."""

    def unwrap(self, name: str, wrapped: bytes, private: PrivateKey) -> bytes:
        """Raises `WrongKey`, also for a private key of another suite."""

    def parts(self, name: str, wrapped: bytes) -> dict[str, bytes]:
        """A wrapped key as a holder's key port takes it apart (docs/signing-agent.md, “unwrap”)."""
