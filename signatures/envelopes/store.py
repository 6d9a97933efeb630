"""Where the bytes of envelopes lie: uploads in a folder of this machine or a shared disk, sealed ones in the vault."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage

from commons.vault.content import vault_storage

RESERVE = 1024 * 1024 * 1024
"""Bytes of the disk that uploads never use."""
_PIECE = 1024 * 1024


class _Movable(File):  # type: ignore[type-arg]  # bytes
    """A finished file that the storage may move instead of copying it."""

    def temporary_file_path(self) -> str:
        return str(self.name)


def upload_path(ref: str) -> Path:
    folder = Path(settings.DATA_DIR) / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"{ref}.part"


def free_bytes() -> int:
    """What uploads may still take of the disk."""
    return shutil.disk_usage(upload_path("x").parent).free - RESERVE


def keep(path: Path, ref: str) -> None:
    """Move a finished upload into the vault's storage, under a name that tells nothing; a power cut loses neither."""
    storage = vault_storage()
    with path.open("rb") as file:
        os.fsync(file.fileno())
        name = storage.save(_name(ref), _Movable(file, name=str(path)))
    path.unlink(missing_ok=True)
    if isinstance(storage, FileSystemStorage):
        _sync_folders(Path(storage.path(name)).parent, of=Path(storage.location))


def _sync_folders(folder: Path, *, of: Path) -> None:
    """Force the entries of a folder and of those above it, up to the storage's own."""
    for each in (folder, *folder.parents):
        handle = os.open(each, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        if each == of:
            return


def open_sealed(ref: str) -> BinaryIO:
    """Raises `FileNotFoundError`."""
    return cast("BinaryIO", vault_storage().open(_name(ref), "rb"))


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


@contextmanager
def unpublished() -> Iterator[Path]:
    """A folder for what is being opened; gone afterwards, whatever happens."""
    base = Path(settings.DATA_DIR) / "opening"
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=base) as folder:
        yield Path(folder)


def as_movable(path: Path) -> Any:
    """The file for a storage that may move it."""
    return _Movable(path.open("rb"), name=str(path))


def _name(ref: str) -> str:
    return f"sealed/{ref[:2]}/{ref}"
