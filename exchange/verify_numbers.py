"""Computes the bidder numbers of a lot again, offline, from the record that its page gives to everybody.

    python -m exchange.verify_numbers LOG     exit 0: they hold · 1: they do not, and why · 2: this is no such record

Standard library and rules only. That LOG is what was published is checked by its chain and signed checkpoints
(`python -m signatures.verify log LOG`).
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from exchange.auctions.domain.numbers import NoNumbers, faults


def main(arguments: Sequence[str]) -> int:
    """The command line: one file, or `-`."""
    if len(arguments) != 1:
        sys.stderr.write("Say which record: python -m exchange.verify_numbers FILE (or - for standard input).\n")
        return 2
    try:
        text = sys.stdin.read() if arguments[0] == "-" else Path(arguments[0]).read_text(encoding="utf-8")
        lines = [json.loads(line) for line in text.splitlines()]
        found = faults([line for line in lines if isinstance(line, dict) and "type" in line])
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError, NoNumbers) as error:
        sys.stderr.write(f"{arguments[0]} is no record of bidder numbers: {error}\n")
        return 2
    sys.stdout.write(json.dumps({"holds": not found, "faults": found}, ensure_ascii=False, indent=2) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
