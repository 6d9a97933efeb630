import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from commons.evidence.queries import check_receipts


class Command(BaseCommand):
    help = (
        "Verify a receipt (or a list of receipts) against the published keys, and find its entry in the evidence log. "
        "Prints JSON; exit code 0 when it holds, 1 when it does not, 2 when the input cannot be read."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the receipt, or - for standard input")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        try:
            content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
            value = json.loads(content)
        except (OSError, ValueError) as error:
            self.stderr.write(f"{file} cannot be read: {error}")
            sys.exit(2)
        report = check_receipts(value if isinstance(value, list) else [value])
        self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        if not report.holds:
            sys.exit(1)
