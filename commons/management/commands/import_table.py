import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import override

from commons.domain.actor import system_actor
from commons.domain.csv_safe import Cell, lines
from commons.domain.refusals import Refusal
from commons.imports import queries, services
from commons.imports.domain.tables import Limits
from commons.imports.importer import importers
from commons.texts import refusal_text

LIMITS = Limits(file_bytes=100 * 2**20, rows=200_000)


class Command(BaseCommand):
    help = "Import a table (xlsx or CSV), larger than the page takes; exit code 0 all rows, 1 some refused, 2 bad file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(one.kind for one in importers()))
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
        parser.add_argument("--reason", default="", help="why rows that were imported before are replaced")
        parser.add_argument("--report", type=Path, metavar="CSV", help="write the refused rows to this file")
        parser.add_argument("--language", choices=["zh-hans", "en"], default="zh-hans")

    def handle(self, *args: Any, kind: str, file: Path, report: Path | None, **options: Any) -> None:
        with override(options["language"]):
            try:
                require_writable(report)
                done = self._run(kind, file, dry_run=options["dry_run"], reason=options["reason"])
            except (Refusal, OSError) as error:
                self.stderr.write(refusal_text(error) if isinstance(error, Refusal) else str(error))
                sys.exit(2)
            if report is not None:
                _write(report, done)
        counts = ("created", "corrected", "unchanged", "refused")
        self.stdout.write(f"run {done.id}: " + ", ".join(f"{getattr(done, name)} {name}" for name in counts))
        if done.refused:
            sys.exit(1)

    def _run(self, kind: str, file: Path, *, dry_run: bool, reason: str) -> queries.RunView:
        with file.open("rb") as stream:
            return services.import_file(
                actor=system_actor("import"),
                kind=kind,
                file=stream,
                name=file.name,
                at=timezone.now(),
                dry_run=dry_run,
                correction_reason=reason,
                limits=LIMITS,
            )


def require_writable(report: Path | None) -> None:
    """Raises `OSError` before anything is brought in, not when the rows that were refused have nowhere to go."""
    if report is not None:
        report.open("a").close()


def _write(report: Path, done: queries.RunView) -> None:
    rows = queries.refused_rows(viewer=system_actor("import"), run_id=done.id)
    cells: Iterator[tuple[Cell, ...]] = ((row.line, "；".join(row.reasons), *row.cells) for row in rows)
    with report.open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(lines(["line", "reasons", "cells"], cells))
