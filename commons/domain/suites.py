"""The names of the suites of algorithms. What a suite does, `signatures.crypto.suites` knows."""

from enum import StrEnum


class Suite(StrEnum):
    """Stored with authorities, certificates, signatures and procedures."""

    INTERNATIONAL = "INTERNATIONAL"
    """ECDSA on NIST curves or RSA, with SHA-2."""
    SM = "SM"
    """The national one 国密: SM2 with SM3 (GM/T 0003, GM/T 0004)."""
