"""The font that PDFs embed, and which characters it has. Made by scripts/vendor_cjk_font.py."""

import bisect
import hashlib
import json
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
UNSEEN = frozenset("\t\n\r\f\u200b\u200c\u200d\u2060\ufeff\u00ad")
"""White space and marks that print nothing."""


@cache
def record() -> dict[str, str]:
    """Source, version and hash of the font, as recorded when it was made."""
    facts: dict[str, str] = json.loads((FOLDER / "FONT.json").read_text(encoding="utf-8"))
    return facts


@cache
def content() -> bytes:
    """The font's bytes; a damaged file stops here and not as boxes on a certificate."""
    data = (FOLDER / record()["file"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == record()["sha256"], "the vendored font is damaged"
    return data


def missing(text: str) -> list[str]:
    """The characters of `text` for which the font has no glyph, each once, in order of appearance."""
    return [character for character in dict.fromkeys(text) if character not in UNSEEN and not _covers(ord(character))]


def _covers(code: int) -> bool:
    starts, ends = _ranges()
    place = bisect.bisect_right(starts, code) - 1
    return place >= 0 and code <= ends[place]


@cache
def _ranges() -> tuple[list[int], list[int]]:
    pairs = [span.split("-") for span in record()["covers"].split()]
    return [int(start, 16) for start, _ in pairs], [int(end, 16) for _, end in pairs]
