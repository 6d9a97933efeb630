"""Wrapped keys: each secret of an envelope is encrypted to one recipient, whose own key opens nothing but this slot.

    KEK      random bytes, a key of this slot alone, as long as the suite's cipher takes
    ek       the KEK under the recipient's key, as the suite wraps it (`suites`)
    ct       cipher(KEK, secret), nonce zero (a KEK encrypts once), additional data ctx ‖ label
    commit   H("sbe1/share" ‖ ctx ‖ label ‖ secret)

Cipher and H are the suite's; how a slot is wrapped (`alg`) names it. A recipient unlocks by handing over the KEK of the
slot, never the secret itself. The tag of `ct` proves that it is the one that the bidder used, so what comes out is what
the bidder put in, and a secret that misses its commitment is the bidder's doing.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization

from commons.domain.text import gettext_noop
from commons.evidence.domain.canonical import JSON
from signatures.crypto.sm2 import Sm2PrivateKey
from signatures.crypto.suites import Suite, UnknownSuite
from signatures.envelopes.domain import suites
from signatures.envelopes.domain.encoding import from_base64, to_base64
from signatures.envelopes.domain.header import EnvelopeBroken
from signatures.envelopes.domain.shamir import Entropy
from signatures.envelopes.domain.suites import KeyNotUsable, PrivateKey, SealingSuite, WrongKey

__all__ = ["BIDDER", "KeyNotUsable", "PrivateKey", "Recipient", "Slot", "WrongCommit", "WrongKey", "officer", "wrap"]

BIDDER = "bidder"
_NONCE = bytes(12)


class WrongCommit(Exception):
    """The slot opens, but what the bidder put in is not what the bidder committed to."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A public key and its number; the bidder's own is left unnamed, for it would name the bidder."""

    label: str
    spki: bytes

    @property
    def key_id(self) -> str:
        return "" if self.label == BIDDER else key_id(self.spki)


@dataclass(frozen=True, slots=True)
class Slot:
    """One wrapped secret. `label` is `bidder` or `officer:<seat>`; `ek` the wrapped KEK."""

    label: str
    key: str
    alg: str
    ek: bytes
    ct: bytes
    commit: str

    def as_json(self) -> dict[str, JSON]:
        return {
            "alg": self.alg,
            "commit": self.commit,
            "ct": to_base64(self.ct),
            "ek": to_base64(self.ek),
            "for": self.label,
            "key": self.key,
        }

    @property
    def sealing(self) -> SealingSuite:
        """The algorithms of this slot."""
        return suites.of_wrap(self.alg)

    def wrapped(self) -> dict[str, str]:
        """The wrapped KEK as a holder's key port takes it (docs/signing-agent.md, “unwrap”), bytes in base64."""
        parts = self.sealing.parts(self.alg, self.ek)
        return {"alg": self.alg, **{name: to_base64(part) for name, part in parts.items()}}

    @classmethod
    def parse(cls, value: JSON) -> "Slot":
        """Raises `EnvelopeBroken`."""
        if not isinstance(value, Mapping) or set(value) != {"alg", "commit", "ct", "ek", "for", "key"}:
            raise EnvelopeBroken(reason=gettext_noop("a wrapped key has other fields than SBE-1 names"))
        texts = {name: str(item) for name, item in value.items()}
        try:
            suites.of_wrap(texts["alg"])
        except UnknownSuite as error:
            raise EnvelopeBroken(reason=str(error.args[0])) from None
        ek, ct = from_base64(texts["ek"]), from_base64(texts["ct"])
        return cls(texts["for"], texts["key"], texts["alg"], ek, ct, texts["commit"])

    def open(self, kek: bytes, *, ctx: bytes) -> bytes:
        """The secret. Raises `WrongKey`, `WrongCommit`."""
        try:
            secret = self.sealing.cipher(kek).decrypt(_NONCE, self.ct, ctx + self.label.encode())
        except (InvalidTag, ValueError):
            raise WrongKey(self.label) from None
        if commitment(secret, label=self.label, ctx=ctx, sealing=self.sealing) != self.commit:
            raise WrongCommit(self.label)
        return secret


def officer(seat: int) -> str:
    """The label of the officer in that seat, counted from 1."""
    return f"officer:{seat}"


def key_id(spki: bytes) -> str:
    """SHA-256 of a public key's SubjectPublicKeyInfo, in hexadecimal."""
    return hashlib.sha256(spki).hexdigest()


def algorithm_of(spki: bytes) -> str:
    """How secrets are wrapped to a public key (DER). Raises `KeyNotUsable` for one of no suite, and for a weak one."""
    return suites.of_key(spki).wrap_name(spki)


def suite_of(spki: bytes) -> Suite:
    """Whose suite a public key (DER) is. Raises `KeyNotUsable`."""
    return suites.of_key(spki).suite


def commitment(secret: bytes, *, label: str, ctx: bytes, sealing: SealingSuite) -> str:
    """What a slot commits to: nobody can claim another secret later."""
    return sealing.digest(b"sbe1/share" + ctx + label.encode() + secret).hexdigest()


def wrap(secret: bytes, recipient: Recipient, *, ctx: bytes, entropy: Entropy, false_commit: str = "") -> Slot:
    """Encrypt a secret to one recipient, in the suite of the recipient's key.

    `false_commit` makes the slot of a cheating bidder, for tests. Raises `KeyNotUsable`.
    """
    sealing, label = suites.of_key(recipient.spki), recipient.label
    alg, kek = sealing.wrap_name(recipient.spki), entropy(sealing.key_bytes)
    ek = sealing.wrap(kek, recipient.spki, entropy)
    ct = sealing.cipher(kek).encrypt(_NONCE, secret, ctx + label.encode())
    commit = false_commit or commitment(secret, label=label, ctx=ctx, sealing=sealing)
    return Slot(label, recipient.key_id, alg, ek, ct, commit)


def unwrap_kek(slot: Slot, private: PrivateKey) -> bytes:
    """The slot's KEK, by the recipient's own key. Raises `WrongKey`."""
    return slot.sealing.unwrap(slot.alg, slot.ek, private)


def spki_of(key: PrivateKey) -> bytes:
    """The public half, as it stands in a roster."""
    if isinstance(key, Sm2PrivateKey):
        return key.spki
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
