from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, settings: Any) -> None:
    """Uploads, sealed files and keys of each test lie in a folder of its own."""
    settings.DATA_DIR = tmp_path
    settings.PLATFORM_KEYS_DIR = tmp_path / "keys"
    vault = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path / "vault")}}
    settings.STORAGES = {**settings.STORAGES, "vault": vault}
