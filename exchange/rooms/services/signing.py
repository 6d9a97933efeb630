"""Room keys and the signatures of bids: ECDSA P-256 with SHA-256, raw r‖s as WebCrypto makes them.

`cryptography` releases the interpreter lock while it verifies (about 80 µs), so verifications run beside the event
loop.
"""

from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from commons.domain.refusals import Malformed

_ALGORITHM = ECDSA(SHA256())


@lru_cache(maxsize=20_000)
def load_key(spki: bytes) -> EllipticCurvePublicKey:
    """The P-256 public key in `spki` (DER). Refuses `Malformed` for anything else."""
    try:
        key = load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm):
        raise Malformed(field="public_key", reason="not a public key in SPKI form") from None
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise Malformed(field="public_key", reason="not a P-256 key")
    return key


def is_signed(key: EllipticCurvePublicKey, message: bytes, signature: bytes) -> bool:
    """Whether the holder of `key` signed `message`; `signature` is 64 bytes r‖s."""
    try:
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        key.verify(encode_dss_signature(r, s), message, _ALGORITHM)
    except InvalidSignature:
        return False
    return True
