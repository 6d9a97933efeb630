import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from commons.evidence.domain import exports
from commons.evidence.domain.report import Report
from commons.evidence.domain.trust import Keyring
from commons.evidence.queries import keyring, verify_database


class Command(BaseCommand):
    help = (
        "Verify the evidence log: chains, numbering, tree, checkpoints and triggers of the whole database, or an "
        "exported file. Prints JSON; exit code 0 when it holds, 1 when it does not, 2 when the input cannot be read."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", help="an exported log instead of the database")
        parser.add_argument("--keys", type=Path, help="trust these published keys instead of the database's own table")
        parser.add_argument(
            "--checkpoint", type=Path, action="append", default=[], metavar="NOTE",
            help="a checkpoint that somebody kept: the log must still agree with it (may be repeated)",
        )  # fmt: skip

    def handle(self, *args: Any, file: str | None, keys: Path | None, checkpoint: list[Path], **options: Any) -> None:
        try:
            trusted = Keyring.parse(json.loads(keys.read_bytes())) if keys else None
            anchors = [path.read_text(encoding="utf-8") for path in checkpoint]
            report = _check_file(Path(file), trusted) if file else verify_database(trusted=trusted, anchors=anchors)
        except (OSError, ValueError) as error:
            self.stderr.write(str(error))
            sys.exit(2)
        self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        if not report.holds:
            sys.exit(1)


def _check_file(path: Path, trusted: Keyring | None) -> Report:
    with path.open("rb") as stream:
        return exports.check(stream, trusted=trusted or keyring())
