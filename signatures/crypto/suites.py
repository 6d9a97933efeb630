"""Suites of algorithms, and the provider behind each: the one place where another suite plugs in.

An authority is of one suite, and every key and digest in a chain and a signature must be of it. The international suite
is here; the national one (国密: SM2, SM3) registers its provider when its extra is installed.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from asn1crypto import algos, keys, x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)
from pyhanko_certvalidator.sig_validate import DefaultSignatureValidator, SignatureValidator

from commons.domain.suites import Suite

__all__ = [
    "International",
    "Suite",
    "SuiteProvider",
    "UnknownSuite",
    "provider_for",
    "provider_of",
    "raw_signature",
    "register",
    "signature_value",
    "verifies",
]

SMALLEST_RSA = 2048
CURVES = frozenset({"secp256r1", "secp384r1", "secp521r1"})
DIGESTS = frozenset({"sha256", "sha384", "sha512"})


RAW_BYTES = 64
"""Of a raw signature: r and s, 32 bytes each, as browsers make them."""


def signature_value(raw: bytes) -> bytes:
    """The DER of a raw signature r‖s."""
    half = len(raw) // 2
    return encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))


def raw_signature(value: bytes) -> bytes:
    """The raw signature r‖s, 64 bytes, of its DER."""
    r, s = decode_dss_signature(value)
    return r.to_bytes(RAW_BYTES // 2, "big") + s.to_bytes(RAW_BYTES // 2, "big")


class SuiteProvider(Protocol):
    """What the platform asks of a suite. Keys, certificates and algorithms are asn1crypto's objects."""

    suite: Suite
    digest_name: str
    """The digest that the suite signs with, by its ASN.1 name."""
    validator: SignatureValidator
    """Verifies a raw signature; raises `cryptography.exceptions.InvalidSignature`."""

    def owns_key(self, key: keys.PublicKeyInfo) -> bool:
        """Whether the public key belongs to this suite, weak or not."""

    def is_weak_key(self, key: keys.PublicKeyInfo) -> bool:
        """Whether a key of this suite is too short or of a kind that is not accepted."""

    def accepts_digest(self, name: str) -> bool:
        """Whether signatures of this suite may digest with the algorithm of that ASN.1 name."""

    def accepts_signature(self, algorithm: algos.SignedDigestAlgorithm) -> bool:
        """Whether a signature algorithm belongs to this suite and is strong enough."""

    def digest(self, name: str, data: bytes) -> bytes:
        """The digest of `data` by an algorithm that the suite accepts."""

    def signature_algorithm(self, certificate: x509.Certificate) -> algos.SignedDigestAlgorithm:
        """How the holder of the certificate signs."""

    def sign(self, key: bytes, data: bytes) -> bytes:
        """Sign with a private key (PKCS #8, DER, without a password)."""

    def new_key(self) -> tuple[bytes, bytes]:
        """A fresh key on a curve of 256 bits: private (PKCS #8) and public (SubjectPublicKeyInfo), DER."""

    def raw_signer(self, key: bytes) -> Callable[[bytes], bytes]:
        """How such a private key signs, raw."""

    def raw_verifier(self, spki: bytes) -> Callable[[bytes, bytes], bool]:
        """Whether a raw signature over a message is of the key of that SubjectPublicKeyInfo (DER).

        It lets go of the interpreter meanwhile. Raises `ValueError` for a key that `new_key` does not make.
        """


class UnknownSuite(LookupError):
    """No provider for the key or the suite: not installed, or an algorithm that nobody here accepts."""


class International:
    """ECDSA on P-256, P-384, P-521 and RSA of 2048 bits and more, with SHA-256, SHA-384 or SHA-512."""

    suite = Suite.INTERNATIONAL
    digest_name = "sha256"
    validator: SignatureValidator = DefaultSignatureValidator()

    def owns_key(self, key: keys.PublicKeyInfo) -> bool:
        if key.algorithm == "ec":
            kind, name = key.curve
            return kind == "named" and not str(name).startswith("1.2.156.")
        return key.algorithm in ("rsa", "rsassa_pss", "dsa")

    def is_weak_key(self, key: keys.PublicKeyInfo) -> bool:
        if key.algorithm == "ec":
            return key.curve[1] not in CURVES
        return key.algorithm == "dsa" or int(key.bit_size) < SMALLEST_RSA

    def accepts_digest(self, name: str) -> bool:
        return name in DIGESTS

    def accepts_signature(self, algorithm: algos.SignedDigestAlgorithm) -> bool:
        try:
            return algorithm.hash_algo in DIGESTS and algorithm.signature_algo in (
                "ecdsa",
                "rsassa_pkcs1v15",
                "rsassa_pss",
            )
        except ValueError:
            return False

    def digest(self, name: str, data: bytes) -> bytes:
        assert name in DIGESTS, "callers ask accepts_digest first"
        made = hashes.Hash({"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}[name])
        made.update(data)
        return made.finalize()

    def signature_algorithm(self, certificate: x509.Certificate) -> algos.SignedDigestAlgorithm:
        name = "sha256_ecdsa" if certificate.public_key.algorithm == "ec" else "sha256_rsa"
        return algos.SignedDigestAlgorithm({"algorithm": name})

    def sign(self, key: bytes, data: bytes) -> bytes:
        private = load_der_private_key(key, password=None)
        if isinstance(private, ec.EllipticCurvePrivateKey):
            return private.sign(data, ec.ECDSA(hashes.SHA256()))
        assert isinstance(private, rsa.RSAPrivateKey), "the suite signs with ECDSA or RSA"
        return private.sign(data, padding.PKCS1v15(), hashes.SHA256())

    def new_key(self) -> tuple[bytes, bytes]:
        made = ec.generate_private_key(ec.SECP256R1())
        private = made.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return private, made.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def raw_signer(self, key: bytes) -> Callable[[bytes], bytes]:
        private = load_der_private_key(key, password=None)
        assert isinstance(private, ec.EllipticCurvePrivateKey), "a key that `new_key` made"
        return lambda message: raw_signature(private.sign(message, _RAW))

    def raw_verifier(self, spki: bytes) -> Callable[[bytes, bytes], bool]:
        try:
            key = load_der_public_key(spki)
        except UnsupportedAlgorithm:
            raise ValueError("not a public key in SPKI form") from None
        if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
            raise ValueError("not a P-256 key")
        return partial(_is_signed, key)


_RAW = ec.ECDSA(hashes.SHA256())


def _is_signed(key: ec.EllipticCurvePublicKey, message: bytes, signature: bytes) -> bool:
    try:
        key.verify(signature_value(signature), message, _RAW)
    except InvalidSignature:
        return False
    return True


_PROVIDERS: dict[Suite, SuiteProvider] = {Suite.INTERNATIONAL: International()}


def register(provider: SuiteProvider) -> None:
    """Make a suite available. The same suite twice is a mistake of the set-up."""
    known = _PROVIDERS.setdefault(provider.suite, provider)
    assert type(known) is type(provider), f"two providers for {provider.suite}"


def provider_of(suite: Suite) -> SuiteProvider:
    """The provider of a suite; raises `UnknownSuite` where its extra is not installed."""
    try:
        return _PROVIDERS[suite]
    except KeyError:
        raise UnknownSuite(f"no provider of suite {suite.value} is installed") from None


def provider_for(key: keys.PublicKeyInfo) -> SuiteProvider:
    """The provider whose suite a public key belongs to; raises `UnknownSuite`."""
    for provider in _PROVIDERS.values():
        if provider.owns_key(key):
            return provider
    raise UnknownSuite("no installed suite knows this kind of key")


def verifies(
    provider: SuiteProvider, *, key: keys.PublicKeyInfo, data: bytes, signature: bytes, algorithm: Any
) -> bool:
    """Whether `signature` over `data` is right and its algorithm is of the suite. Never raises on bad input."""
    if not provider.accepts_signature(algorithm):
        return False
    try:
        provider.validator.validate_signature(signature, data, key, algorithm)
    except Exception:  # whatever a malformed key or signature raises, the answer is no
        return False
    return True
