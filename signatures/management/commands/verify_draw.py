import json
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser

from commons.domain.refusals import NotFound
from commons.evidence.domain.report import Report
from commons.evidence.domain.trust import Keyring
from signatures.draws import queries
from signatures.draws.domain import record
from signatures.draws.domain.beacons import BeaconFile


class Command(BaseCommand):
    help = (
        "Verify an exported draw (a file, or - for standard input), or the draw of this database with that number, and "
        "find its entries in the evidence log. Prints JSON; exit code 0 when it holds, 1 when it does not, 2 when the "
        "input cannot be read."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("draw", help="the file of a draw, - for standard input, or the draw's number")
        parser.add_argument("--keys", type=Path, help="trust these published keys instead of the database's own table")
        parser.add_argument("--beacon", type=Path, help="the rounds of the public beacon, luochui-beacon/v1")

    def handle(self, *args: Any, draw: str, keys: Path | None, beacon: Path | None, **options: Any) -> None:
        try:
            trusted = Keyring.parse(json.loads(keys.read_bytes())) if keys else queries.trusted_keys()
            rounds = BeaconFile.parse(json.loads(beacon.read_bytes())) if beacon else None
            value = _read(draw)
            report = record.check(value, trusted=trusted, beacon=rounds)
        except (OSError, ValueError) as error:
            self.stderr.write(str(error))
            sys.exit(2)
        except NotFound:
            self.stderr.write(f"there is no draw {draw}")
            sys.exit(2)
        _locate(value, report)
        self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        if not report.holds:
            sys.exit(1)


def _read(draw: str) -> Any:
    try:
        return queries.record(UUID(draw))
    except ValueError:
        content = sys.stdin.buffer.read() if draw == "-" else Path(draw).read_bytes()
        return json.loads(content)


def _locate(value: Any, report: Report) -> None:
    """Whether the log of this database holds the same entries, no more and no fewer."""
    told = [str(entry["hash"]) for entry in value["entries"]]
    held = queries.hashes(str(value["draw_id"]))
    report.facts["found_in_log"] = bool(told) and held[: len(told)] == told
    if held[: len(told)] != told:
        report.fault("the log of this platform holds other entries of the draw")
