"""What the public page of rules prints is enforced: every parameter is read by a rule, and none that waits is."""

import re
from pathlib import Path

from commons.parameters import definitions

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("commons", "signatures", "exchange", "bidding", "evaluation", "marketplace", "portal")
KEY = re.compile(r"""["']([a-z_]+(?:\.[a-z_]+)+)["']""")


def spelled() -> set[str]:
    """Every string of the code that looks like the key of a parameter."""
    sources = (path for name in PACKAGES for path in (ROOT / name).rglob("*.py") if "migrations" not in path.parts)
    return {found for path in sources for found in KEY.findall(path.read_text(encoding="utf-8"))}


def test_every_parameter_that_is_printed_is_read_by_a_rule() -> None:
    assert set(definitions.definitions()) - spelled() == set()


def test_a_number_that_a_rule_reads_does_not_wait() -> None:
    waiting = {row.key for row in definitions.seed_rows(definitions.AWAITING)}

    assert len(waiting) > 50
    assert waiting & spelled() == set()
    assert waiting & set(definitions.definitions()) == set()
