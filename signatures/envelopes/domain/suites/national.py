"""The national suite 国密: SM4-GCM (GB/T 32907, GB/T 36624), SM3 (GB/T 32905), keys wrapped to SM2 (GB/T 32918.4).

    SM2   the ciphertext C1C3C2 in ASN.1, as `openssl pkeyutl -decrypt` and tokens read it

The construction is that of the international suite with other parts: the same chunks, nonces and slots, keys of 128
bits, and SM3 wherever the envelope has a digest. What a wrapped key is for is bound by the slot's own ciphertext (ctx
and label are its additional data), as with RSA-OAEP.
"""

import hashlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from commons.domain.text import gettext_noop
from signatures.crypto import sm2
from signatures.crypto.national import Sm4Gcm
from signatures.crypto.sm2 import NotDecrypted, Sm2PrivateKey
from signatures.crypto.suites import Suite
from signatures.envelopes.domain.shamir import Entropy
from signatures.envelopes.domain.suites.base import Bytes, Cipher, Digest, KeyNotUsable, PrivateKey, WrongKey

SM2 = "SM2"


class Sm4Chunks(Sm4Gcm):
    """SM4-GCM that also fills memory it is given."""

    def decrypt_into(self, nonce: bytes, data: Bytes, associated_data: bytes | None, target: memoryview) -> int:
        plain = self.decrypt(nonce, bytes(data), associated_data)
        target[:] = plain
        return len(plain)


class NationalSealing:
    """The registry's entry of the extra `sm`."""

    suite = Suite.SM
    algorithm = "SM4GCM-STREAM-1"
    digest_name = "sm3"
    key_bytes = 16
    chunk = 1024 * 1024
    wraps = frozenset({SM2})

    def digest(self, data: Bytes = b"") -> Digest:
        return hashlib.new("sm3", data)

    def cipher(self, key: bytes) -> Cipher:
        if len(key) != self.key_bytes:
            raise ValueError("SM4 has keys of 16 bytes")
        return Sm4Chunks(key)

    def derive(self, secret: bytes, *, salt: bytes, info: bytes) -> bytes:
        return HKDF(algorithm=hashes.SM3(), length=self.key_bytes, salt=salt, info=info).derive(secret)

    def owns(self, spki: bytes) -> bool:
        return sm2.is_sm2(spki)

    def wrap_name(self, spki: bytes) -> str:
        if not sm2.is_usable(spki):
            raise KeyNotUsable(gettext_noop("only SM2 keys can hold a share in the national suite"))
        return SM2

    def wrap(self, key: bytes, spki: bytes, entropy: Entropy) -> bytes:
        """The randomness is the library's own: SM2 takes none from outside."""
        return sm2.encrypt(key, spki)

    def unwrap(self, name: str, wrapped: bytes, private: PrivateKey) -> bytes:
        if not isinstance(private, Sm2PrivateKey):
            raise WrongKey(name)
        try:
            return private.decrypt(wrapped)
        except NotDecrypted:
            raise WrongKey(name) from None

    def parts(self, name: str, wrapped: bytes) -> dict[str, bytes]:
        return {"ciphertext": wrapped}
