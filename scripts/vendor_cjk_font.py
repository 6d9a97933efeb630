#!/usr/bin/env python3
"""Make the CJK font that the PDFs embed from Noto Sans CJK: `vendor_cjk_font.py COLLECTION.ttc`, run once per version.

    apt-get install fonts-noto-cjk
    .venv/bin/python scripts/vendor_cjk_font.py /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc

Kept: everything of GB 2312, Latin letters, figures in circles and brackets, full-width forms, and every ideograph that
the source has (4E00–9FEF, extension A, and the characters beyond that are in use), for the names of people need them
all. Version, source, SHA-256 and the covered characters are recorded in FONT.json beside the font.
The same input and the same fonttools give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import fontTools
from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

FOLDER = Path(__file__).resolve().parent.parent / "commons" / "pdf" / "fonts"
FAMILY = "Luochui Sans SC"
"""Not the original's name: a subset is another font, and must not shadow the whole one where both are installed."""

RANGES = (
    (0x0020, 0x007E), (0x00A0, 0x024F), (0x02C7, 0x02D9), (0x0391, 0x03C9), (0x0401, 0x0451), (0x2010, 0x205E),
    (0x20A0, 0x20BF), (0x2100, 0x22FF), (0x2312, 0x2312), (0x2460, 0x257F), (0x25A0, 0x25FF), (0x2605, 0x2642),
    (0x2713, 0x2717), (0x3000, 0x3129), (0x3200, 0x33FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xFE30, 0xFE4F),
    (0xFF01, 0xFFEE), (0x20000, 0x3134F),
)  # fmt: skip


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    source = Path(sys.argv[1])
    font = simplified_chinese(source)
    record = {"source": source.name, "source_version": name(font, 5), "source_sha256": sha256(source)}
    reduce(font)
    rename(font)
    FOLDER.mkdir(exist_ok=True)
    target = FOLDER / f"LuochuiSansSC-{style_of(source)}.woff2"
    font.flavor = "woff2"
    font.save(target, reorderTables=None)
    record |= {"file": target.name, "family": FAMILY, "sha256": sha256(target), "bytes": str(target.stat().st_size)}
    record |= {"made_with": f"fonttools {fontTools.version}", "covers": covered(font)}
    (FOLDER / "FONT.json").write_text(json.dumps(record, indent=2) + "\n")
    print(target, record["bytes"], record["sha256"])
    return 0


def covered(font: TTFont) -> str:
    """The characters as ranges in hexadecimal: `20-7e 4e00-9fef`."""
    ranges: list[list[int]] = []
    for code in sorted(font.getBestCmap()):
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return " ".join(f"{start:x}-{end:x}" for start, end in ranges)


def simplified_chinese(path: Path) -> TTFont:
    """The member of the collection with mainland glyphs."""
    for font in TTCollection(path, recalcTimestamp=False).fonts:
        if name(font, 1).endswith("CJK SC"):
            return font
    sys.exit(f"{path} holds no font for simplified Chinese")


def reduce(font: TTFont) -> None:
    options = subset.Options()
    options.layout_features = ["kern", "locl"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.hinting = False
    options.desubroutinize = False
    options.notdef_outline = True
    options.recalc_timestamp = False
    options.drop_tables += ["BASE", "VORG", "DSIG", "vhea", "vmtx"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[code for start, end in RANGES for code in range(start, end + 1)])
    cutter.subset(font)


def rename(font: TTFont) -> None:
    for record in font["name"].names:
        style = name(font, 2)
        replaced = {1: FAMILY, 3: f"{FAMILY} {style}", 4: f"{FAMILY} {style}", 6: f"LuochuiSansSC-{style}"}
        if record.nameID in replaced:
            record.string = replaced[record.nameID]


def name(font: TTFont, number: int) -> str:
    return str(font["name"].getDebugName(number))


def style_of(path: Path) -> str:
    return path.stem.rpartition("-")[2]


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
