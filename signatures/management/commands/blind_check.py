"""`manage.py blind_check FILE [--out FILE]`: what of a PDF tells its author; written anew without it."""

import io
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from commons.domain.refusals import Refusal
from commons.texts import refusal_text
from signatures.documents.pades.blinding import blind_check
from signatures.verify.command import opened


class Command(BaseCommand):
    help = (
        "What of a blind volume tells its author. "
        "Exit code 0: nothing, or it was taken off (--out), 1: something, 2: it cannot be made blind."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a PDF; - for standard input")
        parser.add_argument("--out", help="where to write it without what tells its author")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with opened(options["file"]) as stream:
                found = blind_check(io.BytesIO(stream.read()))
            if options["out"]:
                Path(options["out"]).write_bytes(found.content)
        except (OSError, Refusal) as error:
            self.stderr.write(str(refusal_text(error) if isinstance(error, Refusal) else error))
            sys.exit(2)
        for name in found.removed:
            self.stdout.write(name)
        if found.removed and not options["out"]:
            sys.exit(1)
