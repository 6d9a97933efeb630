"""The design language keeps its promises: size, contrast, vendored files unchanged."""

import hashlib
import json
import re
from itertools import product
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[3] / "portal" / "static"
SHEET = (STATIC / "portal" / "tokens.css").read_text(encoding="utf-8")
VENDORED = json.loads((STATIC / "vendor" / "vendor.json").read_text(encoding="utf-8"))
LARGEST_BYTES = 10_000

TEXT_ON_GROUNDS = [
    *product(("ink", "quiet", "teal", "teal-deep", "seal", "jade", "amber"), ("paper", "sheet")),
    *product(("ink", "quiet", "teal", "teal-deep"), ("wash",)),
    *((tone, f"{tone}-wash") for tone in ("teal", "seal", "jade", "amber")),
    ("teal-deep", "teal-wash"),
    ("on-teal", "teal"),
    ("on-teal", "teal-deep"),
    ("on-seal", "seal"),
]


def palette(scheme: str) -> dict[str, str]:
    light, dark = SHEET.split("@media (prefers-color-scheme: dark)", 1)
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", light))
    if scheme == "dark":
        colours |= dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", dark.split("}", 1)[0]))
    return colours


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_has_the_contrast_of_the_standard() -> None:
    assert round(contrast("#000", "#ffffff"), 2) == 21


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUNDS)
def test_text_stands_out_from_its_ground(scheme: str, text: str, ground: str) -> None:
    colours = palette(scheme)

    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_edges_of_fields_stand_out(scheme: str) -> None:
    colours = palette(scheme)

    assert contrast(colours["edge"], colours["sheet"]) >= 3


def test_the_sheet_stays_small() -> None:
    assert len(SHEET.encode()) <= LARGEST_BYTES


@pytest.mark.parametrize("package", VENDORED, ids=lambda package: package["name"])
def test_vendored_files_are_unchanged(package: dict[str, object]) -> None:
    assert package["version"]
    assert package["licence"]
    hashes = package["sha256"]
    assert isinstance(hashes, dict)
    for name, expected in hashes.items():
        assert hashlib.sha256((STATIC / "vendor" / name).read_bytes()).hexdigest() == expected, name


def test_every_vendored_file_is_named() -> None:
    named = {name for package in VENDORED for name in package["sha256"]}
    present = {str(path.relative_to(STATIC / "vendor")) for path in (STATIC / "vendor").rglob("*") if path.is_file()}

    assert present - named == {"vendor.json"}
