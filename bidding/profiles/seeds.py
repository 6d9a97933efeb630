"""The profiles that every installation begins with, read from the files in `seed/`: one per sector."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from bidding.profiles.domain.profile import ProcedureProfile, parse
from bidding.profiles.domain.revising import require_consistent

FOLDER = Path(__file__).with_name("seed")
_TABLES = ("switches", "limits", "thresholds")
_LISTS = ("documents", "formulas")


@cache
def seed_profiles() -> tuple[ProcedureProfile, ...]:
    """Every profile of the files, checked: known names, a source for each number, no contradiction."""
    found = tuple(parse(content) for path in sorted(FOLDER.glob("*.toml")) for content in _contents(path))
    for profile in found:
        require_consistent(profile)
    return found


def _contents(path: Path) -> Iterator[dict[str, Any]]:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    for own in data["profile"]:
        yield _merged(data["base"], own)


def _merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The procedure's own entries over those that its sector shares; lists are added to."""
    merged = {**base, **own}
    for name in _TABLES:
        merged[name] = {**base.get(name, {}), **own.get(name, {})}
    for name in _LISTS:
        merged[name] = [*base.get(name, []), *own.get(name, [])]
    return merged
