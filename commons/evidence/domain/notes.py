"""Signed notes and checkpoints (C2SP signed-note and tlog-checkpoint, Ed25519).

A checkpoint is text: origin, size, root in base64, then one extension line `at <instant>`; a blank line; and a
signature line `— <key name> <base64(key id ‖ signature)>`. The key id is the first four bytes of SHA-256(name ‖ "\\n"
‖ 0x01 ‖ public key). A verifier key is written `<name>+<key id in hex>+<base64(0x01 ‖ public key)>`.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"
_DASH = "\N{EM DASH} "


class BadNote(ValueError):
    """The text is no note, is not signed by a known key, or its signature is wrong."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with the name under which it signs."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return _spelt(self)

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """The key that `text` spells; raises `BadNote`."""
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = _unbase64(encoded)
        key = cls(name, raw[1:])
        if raw[:1] != _ED25519 or len(raw) != 33 or not name or key.key_id.hex() != key_id:
            raise BadNote(f"{text!r} is no Ed25519 verifier key")
        return key

    def holds(self, message: bytes, signature: bytes) -> bool:
        """Whether this key signed `message`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with the name under which it signs."""

    name: str
    private: Ed25519PrivateKey

    @property
    def verifier(self) -> VerifierKey:
        return _verifier_of(self)

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)


@lru_cache(maxsize=64)
def _spelt(key: VerifierKey) -> str:
    return f"{key.name}+{key.key_id.hex()}+{base64.b64encode(_ED25519 + key.public).decode()}"


@lru_cache(maxsize=16)
def _verifier_of(key: SigningKey) -> VerifierKey:
    """Remembered: every batch of a live room names it."""
    return VerifierKey(key.name, key.private.public_key().public_bytes_raw())


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the platform says of its log: so many entries, this root, at this instant."""

    origin: str
    size: int
    root: bytes
    at: str

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\nat {self.at}\n"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """The checkpoint that `text` spells; raises `BadNote`."""
        lines = text.split("\n")
        if len(lines) != 5 or lines[4] or not lines[3].startswith("at ") or not lines[1].isdecimal():
            raise BadNote("the text is no checkpoint")
        checkpoint = cls(lines[0], int(lines[1]), _unbase64(lines[2]), lines[3][3:])
        if len(checkpoint.root) != 32 or checkpoint.text() != text:
            raise BadNote("the text is no checkpoint")
        return checkpoint


def sign(text: str, key: SigningKey) -> str:
    """The note: `text` (which ends in a newline), a blank line, the signature line."""
    assert text.endswith("\n"), "a note's text ends in a newline"
    signature = base64.b64encode(key.verifier.key_id + key.sign(text.encode())).decode()
    return f"{text}\n{_DASH}{key.name} {signature}\n"


def opened(note: str, keys: Mapping[bytes, VerifierKey]) -> tuple[str, VerifierKey]:
    """The text of a note and the known key that signed it; raises `BadNote` when none did, or a signature is wrong."""
    text, separator, signatures = note.rpartition("\n\n")
    if not separator or not signatures.endswith("\n"):
        raise BadNote("the note has no signature lines")
    text += "\n"
    signer: VerifierKey | None = None
    for line in signatures[:-1].split("\n"):
        name, raw = _signature_line(line)
        key = keys.get(raw[:4])
        if key is None or key.name != name:
            continue
        if not key.holds(text.encode(), raw[4:]):
            raise BadNote(f"the signature of {name} is wrong")
        signer = signer or key
    if signer is None:
        raise BadNote("no known key signed the note")
    return text, signer


def by_id(*keys: VerifierKey) -> dict[bytes, VerifierKey]:
    """The keys as `opened` wants them."""
    return {key.key_id: key for key in keys}


def _signature_line(line: str) -> tuple[str, bytes]:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    raw = _unbase64(encoded)
    if not line.startswith(_DASH) or not name or len(raw) < 5:
        raise BadNote("a signature line is malformed")
    return name, raw


def _unbase64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadNote(f"{text!r} is no base64") from None
