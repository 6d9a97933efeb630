"""Designated media 指定媒介: where notices are published besides the platform's own site.

The port is one call. The embedded version puts each release as a JSON file into a folder of its medium, from which the
medium's transmitter takes it; an installation that speaks to a medium directly names its adapter in `HOOKS["media"]`.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings

from commons import hooks


class MediaPort(Protocol):
    """Hands one notice to one medium; raises when it did not arrive, and is called again then."""

    def release(self, medium: str, number: int, notice: Mapping[str, Any]) -> None:
        """Hand it over."""
        ...


def media() -> MediaPort:
    """The way to the media of this installation."""
    found: MediaPort = hooks.adapter("media", MediaPort, embedded="bidding.tenders.media.FolderOfReleases")
    return found


class FolderOfReleases:
    """`<data>/media/<medium>/<number>.json`: whole or not at all, the same number is the same file."""

    def release(self, medium: str, number: int, notice: Mapping[str, Any]) -> None:
        folder = Path(settings.DATA_DIR) / "media" / "".join(letter for letter in medium if letter.isalnum())
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / f".{number}.part"
        fresh.write_text(json.dumps(dict(notice), ensure_ascii=False, indent=1), encoding="utf-8")
        fresh.replace(folder / f"{number}.json")
