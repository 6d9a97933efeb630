"""The page of attacks names tests that exist, in the files that it names."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "attacks.md"


def test_every_attack_has_the_tests_that_the_page_names() -> None:
    missing, attacks = [], 0
    for section in PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        files = re.findall(r"`(tests/[\w/]+\.py)`", section)
        assert files, section
        defined = {name for file in files for name in re.findall(r"def (test_\w+)", (ROOT / file).read_text("utf-8"))}
        rows = [line for line in section.splitlines() if line.startswith("| ") and "| test |" not in line]
        attacks += len(rows)
        for row in rows:
            named = re.findall(r"`(test_\w+)`", row)
            assert named, row
            missing += [name for name in named if name not in defined]

    assert missing == []
    assert attacks > 50
