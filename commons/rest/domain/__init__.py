"""Requests of programs: their numbers, fingerprints and versions. Pure."""

from commons.rest.domain.requests import (
    IdempotencyKeyNeeded,
    VersionMoved,
    VersionNeeded,
    check_number,
    fingerprint,
    matches,
    version_of,
)

__all__ = [
    "IdempotencyKeyNeeded",
    "VersionMoved",
    "VersionNeeded",
    "check_number",
    "fingerprint",
    "matches",
    "version_of",
]
