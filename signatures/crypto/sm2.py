"""SM2 keys that open: public-key encryption after GB/T 32918.4, its ciphertext C1C3C2 in ASN.1 (GM/T 0009, SM2Cipher).

    SM2Cipher ::= SEQUENCE { x INTEGER, y INTEGER, hash OCTET STRING (32), ciphertext OCTET STRING }

The hash (SM3 over the plaintext and the shared point) makes an altered ciphertext fail. `openssl pkeyutl` and tokens
read the same form. The extra's library signs with such keys but has no method that encrypts; its binding does.
"""

from dataclasses import dataclass
from typing import Any

from asn1crypto import keys, pem

from signatures.crypto.national import POINT_BYTES, SM2_CURVE


class NotDecrypted(ValueError):
    """The ciphertext is another key's, was altered, or is none."""


@dataclass(frozen=True, slots=True, eq=False)
class Sm2PrivateKey:
    """A private key as the extra's library holds it, and its public half (SubjectPublicKeyInfo, DER)."""

    held: Any
    spki: bytes

    @classmethod
    def generate(cls) -> "Sm2PrivateKey":
        from tongsuopy.crypto.asymciphers import ec

        return _with_public(ec.generate_private_key(ec.SM2()))

    @classmethod
    def load(cls, data: bytes, password: bytes | None = None) -> "Sm2PrivateKey":
        """From PEM or PKCS #8 in DER. Raises `ValueError` when there is no SM2 key, or the password is wrong."""
        from tongsuopy.crypto import serialization

        loader = serialization.load_pem_private_key if pem.detect(data) else serialization.load_der_private_key
        try:
            made = _with_public(loader(data, password))
        except Exception:  # a dozen kinds of the library, among them those of other kinds of keys
            raise ValueError("no SM2 key that this password opens") from None
        if not is_sm2(made.spki):
            raise ValueError("the key is not of the curve SM2")
        return made

    def pkcs8(self) -> bytes:
        """The key itself (PKCS #8, DER, without a password)."""
        from tongsuopy.crypto import serialization

        form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        return bytes(self.held.private_bytes(serialization.Encoding.DER, form, plain))

    def decrypt(self, ciphertext: bytes) -> bytes:
        """Raises `NotDecrypted`."""
        from tongsuopy.backends.tongsuo.backend import backend

        return _run(backend, backend._lib.EVP_PKEY_decrypt_init, backend._lib.EVP_PKEY_decrypt, self.held, ciphertext)


def encrypt(data: bytes, spki: bytes) -> bytes:
    """`data` encrypted to a public key of the curve SM2 (SubjectPublicKeyInfo, DER)."""
    from tongsuopy.backends.tongsuo.backend import backend
    from tongsuopy.crypto import serialization

    key = serialization.load_der_public_key(spki)
    return _run(backend, backend._lib.EVP_PKEY_encrypt_init, backend._lib.EVP_PKEY_encrypt, key, data)


def is_sm2(spki: bytes) -> bool:
    """Whether a public key (DER) is a whole point of the curve SM2 by its name."""
    try:
        info = keys.PublicKeyInfo.load(spki, strict=True)
        named = info.algorithm == "ec" and info.curve == ("named", SM2_CURVE)
        return named and len(bytes(info["public_key"])) == POINT_BYTES
    except (ValueError, TypeError, KeyError):
        return False


def is_usable(spki: bytes) -> bool:
    """Whether secrets can be encrypted to the key: its point lies on the curve."""
    from tongsuopy.crypto import serialization

    if not is_sm2(spki):
        return False
    try:
        serialization.load_der_public_key(spki)
    except Exception:  # whatever a point beside the curve raises
        return False
    return True


def _with_public(private: Any) -> Sm2PrivateKey:
    from tongsuopy.crypto import serialization

    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return Sm2PrivateKey(private, bytes(private.public_key().public_bytes(serialization.Encoding.DER, form)))


def _run(backend: Any, begin: Any, act: Any, key: Any, data: bytes) -> bytes:
    """One operation of OpenSSL's EVP_PKEY interface: asked for the length first, then for the bytes."""
    lib, ffi = backend._lib, backend._ffi
    context = ffi.gc(lib.EVP_PKEY_CTX_new(key._evp_pkey, ffi.NULL), lib.EVP_PKEY_CTX_free)
    length = ffi.new("size_t *")
    done = begin(context) == 1 and act(context, ffi.NULL, length, data, len(data)) == 1
    if done:
        made = ffi.new("unsigned char[]", max(length[0], 1))
        done = act(context, made, length, data, len(data)) == 1
    if not done:
        backend._consume_errors()
        raise NotDecrypted("the operation failed")
    return bytes(ffi.buffer(made, length[0]))
