"""Co-signatures of witnesses over checkpoints (C2SP tlog-cosignature, `cosignature/v1`, Ed25519).

A witness signs `cosignature/v1\\ntime <seconds>\\n` and the text of the checkpoint. Its line on the note is
`— <name> <base64(key id ‖ seconds as 8 bytes ‖ signature)>`; the key id is the first four bytes of
SHA-256(name ‖ "\\n" ‖ 0x04 ‖ public key), its key is written `<name>+<key id in hex>+<base64(0x04 ‖ public key)>`.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop

_COSIGNATURE = b"\x04"
_DASH = "\N{EM DASH} "
_LATEST = 2**33
"""Seconds: no witness signs after the year 2242."""


class BadWitnessKey(Refusal):
    code = "BAD_WITNESS_KEY"
    message = gettext_noop("This is no witness key: a name, a key id and a key of Ed25519, joined by “+”.")
    status = 400


class BadCosignature(Refusal):
    code = "BAD_COSIGNATURE"
    message = gettext_noop("The co-signature does not hold: %(reason)s.")
    status = 400


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """The public key of a witness with the name under which it signs."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + _COSIGNATURE + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(_COSIGNATURE + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> "WitnessKey":
        """The key that `text` spells. Refuses `BadWitnessKey`."""
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        try:
            raw = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            raise BadWitnessKey() from None
        key = cls(name, raw[1:])
        if not name or raw[:1] != _COSIGNATURE or len(raw) != 33 or key.key_id.hex() != key_id:
            raise BadWitnessKey()
        return key


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A witness's line under a checkpoint, which holds."""

    line: str
    signed_at: datetime


def signed_text(text: str, seconds: int) -> bytes:
    """What a witness signs: `text` is the checkpoint up to its blank line."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def verified(text: str, line: str, key: WitnessKey) -> Cosignature:
    """The co-signature that `line` spells over the checkpoint `text`. Refuses `BadCosignature`."""
    name, _, encoded = line.removeprefix(_DASH).rstrip("\n").partition(" ")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not line.startswith(_DASH) or len(raw) != 4 + 8 + 64:
        raise BadCosignature(reason="the line is malformed")
    seconds = int.from_bytes(raw[4:12], "big")
    if name != key.name or raw[:4] != key.key_id or seconds > _LATEST:
        raise BadCosignature(reason="it is of another key")
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(raw[12:], signed_text(text, seconds))
    except InvalidSignature:
        raise BadCosignature(reason="the signature is wrong") from None
    return Cosignature(f"{_DASH}{name} {encoded}", datetime.fromtimestamp(seconds, UTC))
