"""The national suite 国密: SM2 signatures with SM3 (GB/T 32918, GB/T 32905; identifiers of GM/T 0006). An extra.

The runtime works without it: then no provider is registered, an authority of the suite cannot be entered, and whoever
meets one of its keys is told that the extra is missing. Every object identifier of the suite stands in this module.
"""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from asn1crypto import algos, keys, x509
from cryptography.exceptions import InvalidSignature
from pyhanko_certvalidator.sig_validate import (
    DEFAULT_VALIDATION_CONTEXT,
    SignatureValidationContext,
    SignatureValidator,
)

from commons.domain.text import gettext_noop
from signatures.crypto import suites
from signatures.crypto.suites import Suite, raw_signature, signature_value

SM2_CURVE = "1.2.156.10197.1.301"
SM3 = "1.2.156.10197.1.401"
SM2_WITH_SM3 = "1.2.156.10197.1.501"
MISSING = gettext_noop("the national algorithms are not installed; install requirements/sm.txt and start again")
POINT_BYTES = 65
"""0x04 and both coordinates; compressed points are not in use."""


def available() -> bool:
    """Whether the extra `sm` is installed."""
    return find_spec("tongsuopy") is not None


def install() -> bool:
    """Register the suite where its extra is installed; harmless to repeat."""
    if available():
        suites.register(National())
    return available()


def sm3(data: bytes) -> bytes:
    """The SM3 digest of `data`, 32 bytes."""
    from tongsuopy.crypto import hashes

    made = hashes.Hash(hashes.SM3())
    made.update(data)
    return bytes(made.finalize())


def new_key() -> tuple[bytes, bytes]:
    """A fresh SM2 key: private (PKCS #8) and public (SubjectPublicKeyInfo), DER."""
    from tongsuopy.crypto import serialization
    from tongsuopy.crypto.asymciphers import ec

    made = ec.generate_private_key(ec.SM2())
    private = made.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = made.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private, public


class Sm2Validator(SignatureValidator):
    """SM2 with SM3 and the usual identity 1234567812345678 (GM/T 0009), and nothing else."""

    def validate_signature(
        self,
        signature: bytes,
        signed_data: bytes,
        public_key_info: keys.PublicKeyInfo,
        signature_algorithm: algos.SignedDigestAlgorithm,
        context: SignatureValidationContext = DEFAULT_VALIDATION_CONTEXT,
    ) -> None:
        """Raises `cryptography.exceptions.InvalidSignature`."""
        from tongsuopy.crypto import exceptions, hashes, serialization
        from tongsuopy.crypto.asymciphers import ec

        if context.prehashed or signature_algorithm["algorithm"].dotted != SM2_WITH_SM3:
            raise InvalidSignature("another algorithm")
        key = serialization.load_der_public_key(public_key_info.dump())
        try:
            key.verify(signature, signed_data, ec.ECDSA(hashes.SM3()))
        except exceptions.InvalidSignature:
            raise InvalidSignature("the signature is wrong") from None


class National:
    """SM2 on the recommended curve with SM3."""

    suite = Suite.SM
    digest_name = SM3
    validator: SignatureValidator = Sm2Validator()

    def owns_key(self, key: keys.PublicKeyInfo) -> bool:
        return bool(key.algorithm == "ec" and key.curve == ("named", SM2_CURVE))

    def is_weak_key(self, key: keys.PublicKeyInfo) -> bool:
        return len(bytes(key["public_key"])) != POINT_BYTES

    def accepts_digest(self, name: str) -> bool:
        return name == SM3

    def accepts_signature(self, algorithm: algos.SignedDigestAlgorithm) -> bool:
        return bool(algorithm["algorithm"].dotted == SM2_WITH_SM3)

    def digest(self, name: str, data: bytes) -> bytes:
        assert name == SM3, "callers ask accepts_digest first"
        return sm3(data)

    def signature_algorithm(self, certificate: x509.Certificate) -> algos.SignedDigestAlgorithm:
        return algos.SignedDigestAlgorithm({"algorithm": SM2_WITH_SM3})

    def sign(self, key: bytes, data: bytes) -> bytes:
        from tongsuopy.crypto import hashes, serialization
        from tongsuopy.crypto.asymciphers import ec

        private: Any = serialization.load_der_private_key(key, password=None)
        return bytes(private.sign(data, ec.ECDSA(hashes.SM3())))

    def new_key(self) -> tuple[bytes, bytes]:
        return new_key()

    def raw_signer(self, key: bytes) -> Callable[[bytes], bytes]:
        from tongsuopy.crypto import hashes, serialization
        from tongsuopy.crypto.asymciphers import ec

        private: Any = serialization.load_der_private_key(key, password=None)
        algorithm = ec.ECDSA(hashes.SM3())
        return lambda message: raw_signature(private.sign(message, algorithm))

    def raw_verifier(self, spki: bytes) -> Callable[[bytes, bytes], bool]:
        from tongsuopy.crypto import exceptions, hashes, serialization
        from tongsuopy.crypto.asymciphers import ec

        info = keys.PublicKeyInfo.load(spki)
        if not self.owns_key(info) or self.is_weak_key(info):
            raise ValueError("not an SM2 key")
        key, algorithm = serialization.load_der_public_key(spki), ec.ECDSA(hashes.SM3())

        def is_signed(message: bytes, signature: bytes) -> bool:
            try:
                key.verify(signature_value(signature), message, algorithm)
            except exceptions.InvalidSignature:
                return False
            return True

        return is_signed


class Sm4Gcm:
    """SM4 in Galois counter mode (GB/T 32907, GB/T 36624), as envelopes use AES: 16-byte keys, 12-byte nonces."""

    key_bytes = 16

    def __init__(self, key: bytes) -> None:
        from tongsuopy.crypto.ciphers.aead import SM4GCM

        assert len(key) == self.key_bytes, "SM4 has keys of 128 bits"
        self._cipher = SM4GCM(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        return bytes(self._cipher.encrypt(nonce, data, associated_data))

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Raises `cryptography.exceptions.InvalidTag`."""
        from cryptography.exceptions import InvalidTag
        from tongsuopy.crypto import exceptions

        try:
            return bytes(self._cipher.decrypt(nonce, data, associated_data))
        except exceptions.InvalidTag:
            raise InvalidTag() from None
