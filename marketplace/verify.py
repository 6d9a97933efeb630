"""`python -m marketplace.verify FILE`: compute a selection of the supermarket again, without Django or a database.

FILE is `luochui-selection/v1` from the page of a selection, or `-`. `--keys FILE` names the platform's published keys
(`luochui-keys/v1`), `--beacon FILE` the rounds of the public beacon. The answer is JSON; the exit code is 0 when
everything holds, 1 when it does not, 2 with a sentence when the input cannot be read.

Needs `marketplace/selection/domain`, `signatures/draws/domain`, `commons/domain`, `commons/evidence/domain`, the
standard library and `cryptography`.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from commons.evidence.domain.trust import Keyring
from marketplace.selection.domain import record
from signatures.draws.domain.beacons import BeaconFile


def main(arguments: Sequence[str]) -> int:
    """Check one file; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m marketplace.verify", description="Compute a selection again.")
    parser.add_argument("file", help="the exported selection, or - for standard input")
    parser.add_argument("--keys", type=Path, help="the platform's published keys, kept from an earlier day")
    parser.add_argument("--beacon", type=Path, help="the rounds of the public beacon, luochui-beacon/v1")
    options = parser.parse_args(arguments)
    try:
        trusted = Keyring.parse(json.loads(options.keys.read_bytes())) if options.keys else None
        beacon = BeaconFile.parse(json.loads(options.beacon.read_bytes())) if options.beacon else None
        content = sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes()
        report = record.check(json.loads(content), trusted=trusted, beacon=beacon)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2) + "\n")
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
