"""The storage below the vault: bytes under their own hash, streamed in and out, checked on the way."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import BinaryIO

from django.core.files import File
from django.core.files.storage import Storage, storages

from commons.vault.domain.media import FileEmpty, FileTooLarge

CHUNK = 256 * 1024
_IN_MEMORY = 1024 * 1024


class ContentDamaged(Exception):
    """What the storage holds is not what was put in: an alarm, never a refusal."""


@dataclass(slots=True)
class Received:
    """A finished upload, on disk when larger than a megabyte. Close it."""

    file: SpooledTemporaryFile[bytes]
    sha256: str
    size: int


def receive(source: BinaryIO | Iterable[bytes], *, limit: int) -> Received:
    """Take a stream in, counting and hashing. Raises `FileTooLarge` as soon as it is, `FileEmpty`."""
    file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # closed by whoever stores it
    digest, size = hashlib.sha256(), 0
    try:
        for chunk in chunks_of(source):
            size += len(chunk)
            if size > limit:
                raise FileTooLarge(limit_mb=str(limit // 1_000_000))
            digest.update(chunk)
            file.write(chunk)
        if not size:
            raise FileEmpty()
    except BaseException:
        file.close()
        raise
    return Received(file, digest.hexdigest(), size)


def chunks_of(source: BinaryIO | Iterable[bytes]) -> Iterator[bytes]:
    """The bytes of a file or an iterable, piece by piece."""
    read = getattr(source, "read", None)
    if read is None:
        yield from source
        return
    while chunk := read(CHUNK):
        yield chunk


def path_of(sha256: str) -> str:
    """Where the content lies in the storage."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def keep(received: Received) -> None:
    """Put the bytes in place unless they are there already."""
    storage, path = vault_storage(), path_of(received.sha256)
    if _is_there(path, received.sha256, received.size):
        return
    received.file.seek(0)
    saved = storage.save(path, File(received.file, name=path))
    if saved != path:
        # Somebody stored the same bytes between the look and the save.
        storage.delete(saved)


class _Movable(File):  # type: ignore[type-arg]  # bytes
    """A finished file that a file-system storage moves instead of copying it."""

    def temporary_file_path(self) -> str:
        return str(self.name)


def adopt(file: Path, *, sha256: str, size: int) -> None:
    """Put a file of this machine in place, whose hash the caller reckoned while writing it; the file is gone then."""
    storage, path = vault_storage(), path_of(sha256)
    if not _is_there(path, sha256, size):
        with file.open("rb") as opened:
            saved = storage.save(path, _Movable(opened, name=str(file)))
        if saved != path:
            storage.delete(saved)
    file.unlink(missing_ok=True)


def _is_there(path: str, sha256: str, size: int) -> bool:
    """Whether the storage holds the bytes whole. A stump that a crash left is removed."""
    storage = vault_storage()
    if not storage.exists(path):
        return False
    if storage.size(path) == size and _is_whole(storage, path, sha256):
        return True
    storage.delete(path)
    return False


def read(sha256: str, size: int) -> Iterator[bytes]:
    """The content, piece by piece; the last piece is held back until the hash is right.

    So a damaged file never arrives whole. Raises `ContentDamaged` when it is not, and when it is missing.
    """
    digest, count, held = hashlib.sha256(), 0, b""
    try:
        with vault_storage().open(path_of(sha256), "rb") as file:
            for chunk in file.chunks(CHUNK):
                if held:
                    yield held
                digest.update(chunk)
                count, held = count + len(chunk), chunk
    except FileNotFoundError:
        raise ContentDamaged(f"{sha256} is missing from the vault") from None
    if digest.hexdigest() != sha256 or count != size:
        raise ContentDamaged(f"{sha256} was changed in the vault")
    yield held


def vault_storage() -> Storage:
    """The storage behind the alias “vault”: the file system by default, S3 by setting."""
    return storages["vault"]


def _is_whole(storage: Storage, path: str, sha256: str) -> bool:
    digest = hashlib.sha256()
    with storage.open(path, "rb") as file:
        for chunk in file.chunks(CHUNK):
            digest.update(chunk)
    return digest.hexdigest() == sha256
