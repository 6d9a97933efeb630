"""The platform's secrecy key: 32 random bytes in a file beside the signing keys, never in the database or its dumps.

Whoever has the database but not this file reads nothing that is sealed; whoever loses the file loses what is still
sealed, so it belongs into the safe and not into the backup of the database (docs/operations.md).
"""

import os
import secrets
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from commons.domain import sealing

NAME = "secrecy.key"


def key_for(purpose: str) -> bytes:
    """The key of a purpose, such as `room:7`: 32 bytes, kept in memory once derived."""
    return _derived(_path(), purpose)


def make() -> None:
    """Put a new key on disk unless there is one; never replaces, for what is sealed would be lost."""
    path = _path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(sealing.KEY_BYTES))
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        return  # another process was faster, or it was there all along
    finally:
        fresh.unlink()


def _path() -> Path:
    return Path(settings.PLATFORM_KEYS_DIR) / NAME


@lru_cache(maxsize=4_096)
def _derived(path: Path, purpose: str) -> bytes:
    return sealing.derive(_read(path), purpose)


@lru_cache(maxsize=4)
def _read(path: Path) -> bytes:
    if not path.exists():
        if not settings.PLATFORM_KEYS_MAY_BE_MADE:
            raise ImproperlyConfigured(f"{path} is missing; make it with “python manage.py platform_keys”.")
        make()
    key = path.read_bytes()
    if len(key) != sealing.KEY_BYTES:
        raise ImproperlyConfigured(f"{path} does not hold {sealing.KEY_BYTES} bytes; restore it from the safe.")
    return key
