import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from commons.evidence.services import export


class Command(BaseCommand):
    help = (
        "Write streams of the evidence log (default: all) to standard output in the form luochui-log/v1, "
        "for “python -m signatures.verify log”."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("streams", nargs="*", metavar="STREAM", help="for example room:7")

    def handle(self, *args: Any, streams: list[str], **options: Any) -> None:
        for line in export(streams or None, at=timezone.now()):
            sys.stdout.buffer.write(line)
        sys.stdout.flush()
