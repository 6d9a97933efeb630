"""Wrapped keys: each secret of an envelope is encrypted to one recipient, whose own key opens nothing but this slot.

    KEK      32 random bytes, a key of this slot alone
    ek       the KEK under the recipient's key. RSA-OAEP-256: the ciphertext. ECDH-ES-P256: ephemeral key (65) ‖ salt
             (32) ‖ iv (12) ‖ AES-256-GCM(HKDF-SHA-256(ECDH, salt, "luochui/wrap/v1" ‖ LF ‖ ephemeral key), KEK)
    ct       AES-256-GCM(KEK, secret), nonce zero (a KEK encrypts once), additional data ctx ‖ label
    commit   SHA-256("sbe1/share" ‖ ctx ‖ label ‖ secret)

A recipient unlocks by handing over the KEK of the slot, never the secret itself. The tag of `ct` proves that it is the
one that the bidder used, so what comes out is what the bidder put in, and a secret that misses its commitment is the
bidder's doing.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from commons.evidence.domain.canonical import JSON
from signatures.envelopes.domain.encoding import from_base64, to_base64
from signatures.envelopes.domain.header import EnvelopeBroken
from signatures.envelopes.domain.shamir import Entropy

BIDDER = "bidder"
ECDH, RSA = "ECDH-ES-P256", "RSA-OAEP-256"
ALGORITHMS = frozenset({ECDH, RSA})
_NONCE = bytes(12)
_POINT, _SALT, _IV = 65, 32, 12
_OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class WrongKey(Exception):
    """The key does not open the slot: it is another's, of another envelope, or mistyped."""


class WrongCommit(Exception):
    """The slot opens, but what the bidder put in is not what the bidder committed to."""


class KeyNotUsable(ValueError):
    """A public key of a kind or size that envelopes are not wrapped to."""


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

    def wrapped(self) -> dict[str, str]:
        """The wrapped KEK as a holder's key port takes it (docs/signing-agent.md, “unwrap”), bytes in base64."""
        if self.alg == RSA:
            return {"alg": RSA, "ciphertext": to_base64(self.ek)}
        salt, iv = _POINT + _SALT, _POINT + _SALT + _IV
        parts = {
            "epk": self.ek[:_POINT],
            "salt": self.ek[_POINT:salt],
            "iv": self.ek[salt:iv],
            "ciphertext": self.ek[iv:],
        }
        return {"alg": ECDH, **{name: to_base64(part) for name, part in parts.items()}}

    @classmethod
    def parse(cls, value: JSON) -> "Slot":
        """Raises `EnvelopeBroken`."""
        if not isinstance(value, Mapping) or set(value) != {"alg", "commit", "ct", "ek", "for", "key"}:
            raise EnvelopeBroken(reason="a wrapped key has other fields than SBE-1 names")
        texts = {name: str(item) for name, item in value.items()}
        if texts["alg"] not in ALGORITHMS:
            raise EnvelopeBroken(reason="a key is wrapped by an unknown algorithm")
        ek, ct = from_base64(texts["ek"]), from_base64(texts["ct"])
        return cls(texts["for"], texts["key"], texts["alg"], ek, ct, texts["commit"])

    def open(self, kek: bytes, *, ctx: bytes) -> bytes:
        """The secret. Raises `WrongKey`, `WrongCommit`."""
        try:
            secret = AESGCM(kek).decrypt(_NONCE, self.ct, ctx + self.label.encode())
        except (InvalidTag, ValueError):
            raise WrongKey(self.label) from None
        if commitment(secret, label=self.label, ctx=ctx) != self.commit:
            raise WrongCommit(self.label)
        return secret


def officer(seat: int) -> str:
    """The label of the officer in that seat, counted from 1."""
    return f"officer:{seat}"


def key_id(spki: bytes) -> str:
    """SHA-256 of a public key's SubjectPublicKeyInfo, in hexadecimal."""
    return hashlib.sha256(spki).hexdigest()


def algorithm_of(spki: bytes) -> str:
    """How secrets are wrapped to a public key (DER). Raises `KeyNotUsable`: P-256, or RSA of 2,048 bits and more."""
    try:
        key = serialization.load_der_public_key(spki)
    except (ValueError, TypeError):
        raise KeyNotUsable("this is no public key") from None
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return ECDH
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048:
        return RSA
    raise KeyNotUsable("only P-256 and RSA keys of 2,048 bits and more can hold a share")


def commitment(secret: bytes, *, label: str, ctx: bytes) -> str:
    """What a slot commits to: nobody can claim another secret later."""
    return hashlib.sha256(b"sbe1/share" + ctx + label.encode() + secret).hexdigest()


def wrap(secret: bytes, recipient: Recipient, *, ctx: bytes, entropy: Entropy, false_commit: str = "") -> Slot:
    """Encrypt a secret to one recipient. `false_commit` makes the slot of a cheating bidder, for tests."""
    alg, label, kek = algorithm_of(recipient.spki), recipient.label, entropy(32)
    ek = _wrap_kek(kek, recipient.spki, entropy)
    ct = AESGCM(kek).encrypt(_NONCE, secret, ctx + label.encode())
    return Slot(label, recipient.key_id, alg, ek, ct, false_commit or commitment(secret, label=label, ctx=ctx))


def _wrap_kek(kek: bytes, spki: bytes, entropy: Entropy) -> bytes:
    public = serialization.load_der_public_key(spki)
    if isinstance(public, rsa.RSAPublicKey):
        return public.encrypt(kek, _OAEP)
    assert isinstance(public, ec.EllipticCurvePublicKey), "the algorithm was looked up"
    ephemeral = ec.generate_private_key(ec.SECP256R1())
    epk, salt, iv = _point(ephemeral.public_key()), entropy(_SALT), entropy(_IV)
    key = _derive(ephemeral.exchange(ec.ECDH(), public), epk=epk, salt=salt)
    return epk + salt + iv + AESGCM(key).encrypt(iv, kek, None)


def unwrap_kek(slot: Slot, private: PrivateKey) -> bytes:
    """The slot's KEK, by the recipient's own key. Raises `WrongKey`."""
    try:
        if isinstance(private, rsa.RSAPrivateKey):
            return private.decrypt(slot.ek, _OAEP)
        epk, rest = slot.ek[:_POINT], slot.ek[_POINT:]
        salt, iv, wrapped = rest[:_SALT], rest[_SALT : _SALT + _IV], rest[_SALT + _IV :]
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), epk)
        key = _derive(private.exchange(ec.ECDH(), theirs), epk=epk, salt=salt)
        return AESGCM(key).decrypt(iv, wrapped, None)
    except (InvalidTag, ValueError):
        raise WrongKey(slot.label) from None


def spki_of(key: PrivateKey) -> bytes:
    """The public half, as it stands in a roster."""
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _derive(shared: bytes, *, epk: bytes, salt: bytes) -> bytes:
    info = b"luochui/wrap/v1\n" + epk
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=info).derive(shared)
