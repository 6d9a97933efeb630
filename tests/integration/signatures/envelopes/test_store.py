"""Where the bytes of envelopes lie: what has a receipt is still there after a power cut."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage

from signatures.envelopes import store


def test_file_and_folders_are_forced_to_the_disk_before_the_receipt(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_DIR = tmp_path
    storage = FileSystemStorage(tmp_path / "vault")
    monkeypatch.setattr(store, "vault_storage", lambda: storage)
    forced: list[str] = []
    force = os.fsync

    def noting(handle: int) -> None:
        forced.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        force(handle)

    monkeypatch.setattr(os, "fsync", noting)
    path = store.upload_path("ab12")
    path.write_bytes(b"sealed")

    store.keep(path, "ab12")

    assert forced == [str(path), *(str(tmp_path / "vault" / one) for one in ("sealed/ab", "sealed", "."))]
    assert not path.exists()
    with store.open_sealed("ab12") as file:
        assert file.read() == b"sealed"
