"""The platform's signing keys: one private key per purpose in a file, every public key in a table with its validity.

A key is named after the platform and its purpose, `<platform>/log`, `<platform>/receipts` …. The name stands in the
key's file, before the key: it outlives the platform's address, and a key that takes another's place takes its name.
Outside production a missing key is made; in production it is a mistake that `python manage.py platform_keys` mends.
"""

import os
import secrets
import time
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import Q

from commons.evidence.domain.notes import SigningKey, VerifierKey
from commons.evidence.models import PlatformKey

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)

NAMED = "Name: "
"""Before a key's name, in the lines of its file that precede the key itself."""
OVERLAP = timedelta(minutes=1)
"""A rotated key still counts this long: another process may be signing with it while the file changes."""


class Purpose(StrEnum):
    """What a platform key signs."""

    LOG = "log"
    RECEIPTS = "receipts"
    TICKETS = "tickets"
    """Orders to the agents of those who sign (docs/signing-agent.md)."""
    GUARANTEES = "guarantees"
    """The status chains of electronic guarantees."""


def signing_key(purpose: Purpose) -> SigningKey:
    """The private key in use now. A changed file is noticed at the next call."""
    path = _path(purpose)
    try:
        changed_at = path.stat().st_mtime_ns
    except FileNotFoundError:
        if not settings.PLATFORM_KEYS_MAY_BE_MADE:
            raise ImproperlyConfigured(f"{path} is missing; make it with “python manage.py platform_keys”.") from None
        make(purpose)
        changed_at = path.stat().st_mtime_ns
    named, private = _load(path, changed_at)
    return SigningKey(named or _given_name(purpose), private)


def held_signing_key(purpose: Purpose) -> SigningKey:
    """The same for those who sign many times a second; a changed file is noticed within a second."""
    return _held(str(settings.PLATFORM_KEYS_DIR), purpose, int(time.monotonic()))


@lru_cache(maxsize=8)
def _held(folder: str, purpose: Purpose, second: int) -> SigningKey:
    return signing_key(purpose)


def name_of(purpose: Purpose) -> str:
    """The name under which the platform signs; for the log, also the origin of its checkpoints."""
    return signing_key(purpose).name


def _given_name(purpose: Purpose) -> str:
    return f"{settings.PLATFORM_NAME}/{purpose}"


def make(purpose: Purpose, *, replace: bool = False) -> None:
    """Put a new private key on disk, whole or not at all; an existing one stays unless `replace`, its name always."""
    path = _path(purpose)
    name = signing_key(purpose).name if replace and path.exists() else _given_name(purpose)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(f"{NAMED}{name}\n".encode() + _pem(Ed25519PrivateKey.generate()))
    try:
        if replace:
            fresh.replace(path)
        else:
            _link_unless_there(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)


def publish(*, at: datetime) -> None:
    """See to it that the table holds the public keys in use; a key that came in the place of another ends it."""
    for purpose in Purpose:
        verifier = signing_key(purpose).verifier
        if not PlatformKey.objects.filter(public=verifier.public, name=verifier.name).exists():
            _succeed(verifier, at=at)


def rotate(purpose: Purpose, *, at: datetime) -> VerifierKey:
    """Make and publish a new key; the old one ends after `OVERLAP`."""
    make(purpose, replace=True)
    verifier = signing_key(purpose).verifier
    _succeed(verifier, at=at)
    return verifier


@transaction.atomic
def _succeed(verifier: VerifierKey, *, at: datetime) -> None:
    # A key that was given another name ends under the old one; what it signed as that counts as before.
    same = Q(name=verifier.name) | Q(public=verifier.public)
    current = PlatformKey.objects.select_for_update().filter(same, valid_until__isnull=True)
    # The first key of a name takes no other's place: whatever it signed before it was published counts.
    valid_from = at if current.update(valid_until=at + OVERLAP) else BEGINNING
    PlatformKey.objects.get_or_create(public=verifier.public, name=verifier.name, defaults={"valid_from": valid_from})


def _path(purpose: Purpose) -> Path:
    return Path(settings.PLATFORM_KEYS_DIR) / f"{purpose}.pem"


@lru_cache(maxsize=8)
def _load(path: Path, changed_at: int) -> tuple[str, Ed25519PrivateKey]:
    """The name in the file, empty where it was made elsewhere, and the key."""
    before, begin, rest = path.read_text(encoding="utf-8").partition("-----BEGIN")
    key = serialization.load_pem_private_key((begin + rest).encode(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ImproperlyConfigured(f"{path} holds no Ed25519 key; make one with “python manage.py platform_keys”.")
    name = next((line.removeprefix(NAMED) for line in before.splitlines() if line.startswith(NAMED)), "")
    return name.strip(), key


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _link_unless_there(fresh: Path, path: Path) -> None:
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        # Another process was faster; its key is the key.
        return
