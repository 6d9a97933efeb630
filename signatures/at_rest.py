"""Facts that stay secret in the database: encrypted under a key that is kept in a file beside the signing keys.

A dump of the database without that file tells nothing of them: AES-256-GCM with the place of each value as additional
data, padded to whole kilobytes; and tags (HMAC-SHA-256) by which a row is found again by who knows what to look for.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from commons.evidence.domain import canonical
from commons.evidence.domain.canonical import JSON

_STEP = 1024


def seal(facts: Mapping[str, JSON], *, place: str) -> bytes:
    """The facts, encrypted for that place alone (a table and the key of its row)."""
    body = canonical.encode(facts)
    length = -(-(len(body) + 4) // _STEP) * _STEP
    nonce = secrets.token_bytes(12)
    plain = (len(body).to_bytes(4, "big") + body).ljust(length, b"\0")
    return nonce + AESGCM(_key("facts")).encrypt(nonce, plain, place.encode())


def unseal(sealed: bytes, *, place: str) -> Mapping[str, JSON]:
    """The facts again. Raises `InvalidTag` when they were altered or moved to another place."""
    plain = AESGCM(_key("facts")).decrypt(sealed[:12], sealed[12:], place.encode())
    value = canonical.decode(plain[4 : 4 + int.from_bytes(plain[:4], "big")])
    assert isinstance(value, Mapping), "facts are an object"
    return value


def tag(*parts: str) -> str:
    """A value that only the holder of the key can compute of `parts`: 64 hex digits."""
    return hmac.new(_key("tags"), canonical.encode(list(parts)), hashlib.sha256).hexdigest()


def make() -> Path:
    """Put the key on disk unless it is there. Losing it loses every secret that it keeps."""
    path = _path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(32))
    return path


def _path() -> Path:
    return Path(settings.PLATFORM_KEYS_DIR) / "at-rest.key"


def _key(use: str) -> bytes:
    path = _path()
    if not path.exists():
        if not settings.PLATFORM_KEYS_MAY_BE_MADE:
            raise ImproperlyConfigured(f"{path} is missing; make it with “python manage.py at_rest_key”.")
        make()
    return hmac.new(_load(path, path.stat().st_mtime_ns), use.encode(), hashlib.sha256).digest()


@lru_cache(maxsize=4)
def _load(path: Path, changed_at: int) -> bytes:
    key = path.read_bytes()
    if len(key) != 32:
        raise ImproperlyConfigured(f"{path} holds no key of 32 bytes; restore it from the backup.")
    return key
