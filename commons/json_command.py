"""Commands for auditors: JSON in (a file or `-`), JSON out; exit 0 holds, 1 does not, 2 bad input with a sentence."""

import argparse
import sys
from pathlib import Path
from typing import Any, ClassVar, NoReturn

import msgspec
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext, override

from commons.domain.refusals import Refusal
from commons.texts import refusal_text

LARGEST = 16 * 2**20


class JsonCommand(BaseCommand):
    """Subclasses name the `request` (a `msgspec.Struct` that forbids unknown fields) and write `answer`."""

    request: ClassVar[type[msgspec.Struct]]
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the file with the question, or - for standard input")
        parser.add_argument(
            "--language", choices=["zh-hans", "en"], default="zh-hans", help="the language of sentences"
        )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        kwargs.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        return super().create_parser(prog_name, subcommand, **kwargs)

    def answer(self, request: Any) -> tuple[dict[str, Any], bool]:
        """The answer to one question, and whether what was asked holds. May raise any `Refusal` for bad input."""
        raise NotImplementedError

    def handle(self, *args: Any, file: str, language: str, **options: Any) -> None:
        with override(language):
            try:
                answer, holds = self.answer(self._read(file))
            except Refusal as refusal:
                self._refuse(refusal_text(refusal))
        self.stdout.write(msgspec.json.format(msgspec.json.encode(answer), indent=2).decode())
        if not holds:
            sys.exit(1)

    def _read(self, file: str) -> Any:
        try:
            content = sys.stdin.buffer.read(LARGEST + 1) if file == "-" else _head(Path(file))
        except OSError as error:
            self._refuse(gettext("%(file)s cannot be read: %(why)s.") % {"file": file, "why": error.strerror})
        if len(content) > LARGEST:
            self._refuse(gettext("The input is larger than 16 MiB."))
        try:
            return msgspec.json.decode(content, type=self.request)
        except (msgspec.MsgspecError, RecursionError, ValueError) as error:
            self._refuse(
                gettext("The input is not the JSON that is expected: %(why)s.") % {"why": str(error) or "nesting"}
            )

    def _refuse(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(2)


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(LARGEST + 1)
