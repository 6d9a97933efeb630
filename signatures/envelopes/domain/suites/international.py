"""The international suite: AES-256-GCM, SHA-256, keys wrapped to P-256 or RSA.

RSA-OAEP-256   the ciphertext
ECDH-ES-P256   ephemeral key (65) ‖ salt (32) ‖ iv (12) ‖ AES-256-GCM(HKDF-SHA-256(ECDH, salt,
               "luochui/wrap/v1" ‖ LF ‖ ephemeral key), key)
"""

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from commons.domain.text import gettext_noop
from signatures.crypto.suites import Suite
from signatures.envelopes.domain.shamir import Entropy
from signatures.envelopes.domain.suites.base import Bytes, Cipher, Digest, KeyNotUsable, PrivateKey, WrongKey

ECDH, RSA = "ECDH-ES-P256", "RSA-OAEP-256"
_POINT, _SALT, _IV = 65, 32, 12
_OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


class InternationalSealing:
    """The registry's default entry."""

    suite = Suite.INTERNATIONAL
    algorithm = "A256GCM-STREAM-1"
    digest_name = "sha256"
    key_bytes = 32
    chunk = 512 * 1024
    wraps = frozenset({ECDH, RSA})

    def digest(self, data: Bytes = b"") -> Digest:
        return hashlib.sha256(data)

    def cipher(self, key: bytes) -> Cipher:
        if len(key) != self.key_bytes:
            raise ValueError("AES keys are of 32 bytes here")
        return AESGCM(key)

    def derive(self, secret: bytes, *, salt: bytes, info: bytes) -> bytes:
        return HKDF(algorithm=hashes.SHA256(), length=self.key_bytes, salt=salt, info=info).derive(secret)

    def owns(self, spki: bytes) -> bool:
        try:
            return isinstance(_loaded(spki), ec.EllipticCurvePublicKey | rsa.RSAPublicKey)
        except KeyNotUsable:
            return False

    def wrap_name(self, spki: bytes) -> str:
        """P-256, or RSA of 2,048 bits and more."""
        key = _loaded(spki)
        if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
            return ECDH
        if isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048:
            return RSA
        raise KeyNotUsable(gettext_noop("only P-256 and RSA keys of 2,048 bits and more can hold a share"))

    def wrap(self, key: bytes, spki: bytes, entropy: Entropy) -> bytes:
        public = serialization.load_der_public_key(spki)
        if isinstance(public, rsa.RSAPublicKey):
            return public.encrypt(key, _OAEP)
        assert isinstance(public, ec.EllipticCurvePublicKey), "the algorithm was looked up"
        ephemeral = ec.generate_private_key(ec.SECP256R1())
        epk, salt, iv = _point(ephemeral.public_key()), entropy(_SALT), entropy(_IV)
        kek = self._agreed(ephemeral.exchange(ec.ECDH(), public), epk=epk, salt=salt)
        return epk + salt + iv + AESGCM(kek).encrypt(iv, key, None)

    def unwrap(self, name: str, wrapped: bytes, private: PrivateKey) -> bytes:
        try:
            if isinstance(private, rsa.RSAPrivateKey):
                return private.decrypt(wrapped, _OAEP)
            if not isinstance(private, ec.EllipticCurvePrivateKey):
                raise WrongKey(name)
            parts = self.parts(ECDH, wrapped)
            theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), parts["epk"])
            kek = self._agreed(private.exchange(ec.ECDH(), theirs), epk=parts["epk"], salt=parts["salt"])
            return AESGCM(kek).decrypt(parts["iv"], parts["ciphertext"], None)
        except (InvalidTag, ValueError):
            raise WrongKey(name) from None

    def parts(self, name: str, wrapped: bytes) -> dict[str, bytes]:
        if name == RSA:
            return {"ciphertext": wrapped}
        salt, iv = _POINT + _SALT, _POINT + _SALT + _IV
        return {
            "epk": wrapped[:_POINT],
            "salt": wrapped[_POINT:salt],
            "iv": wrapped[salt:iv],
            "ciphertext": wrapped[iv:],
        }

    def _agreed(self, shared: bytes, *, epk: bytes, salt: bytes) -> bytes:
        return self.derive(shared, salt=salt, info=b"luochui/wrap/v1\n" + epk)


def _loaded(spki: bytes) -> object:
    try:
        return serialization.load_der_public_key(spki)
    except Exception:  # besides `ValueError` the library has its own kinds for curves that it does not know
        raise KeyNotUsable(gettext_noop("this is no public key")) from None


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
