"""SM2 with SM3 for these checks, by the extra `sm` alone; where it is missing, whoever needs it is told."""

SM3 = bytes.fromhex("06082a811ccf55018311")
SM2_WITH_SM3 = "1.2.156.10197.1.501"
SM2_CURVE = bytes.fromhex("06082a811ccf5501822d")
"""Object identifiers, the first and the last as they stand in DER."""


class NotInstalled(ValueError):
    """The national algorithms cannot be checked here."""

    def __init__(self) -> None:
        super().__init__("it is in the national algorithms, which need the package tongsuopy (requirements/sm.txt)")


def sm3(data: bytes) -> bytes:
    """The SM3 digest, 32 bytes. Raises `NotInstalled`."""
    try:
        from tongsuopy.crypto import hashes
    except ImportError:
        raise NotInstalled() from None
    made = hashes.Hash(hashes.SM3())
    made.update(data)
    return bytes(made.finalize())


def is_signed(spki: bytes, signature: bytes, data: bytes) -> bool:
    """Whether `signature` (DER) over `data` is by that key (SubjectPublicKeyInfo). Raises `NotInstalled`."""
    try:
        from tongsuopy.crypto import exceptions, hashes, serialization
        from tongsuopy.crypto.asymciphers import ec
    except ImportError:
        raise NotInstalled() from None
    if SM2_CURVE not in spki[:32]:
        return False
    try:
        serialization.load_der_public_key(spki).verify(signature, data, ec.ECDSA(hashes.SM3()))
    except (exceptions.InvalidSignature, ValueError):
        return False
    return True
