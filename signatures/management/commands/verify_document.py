"""`manage.py verify_document FILE`: the answers about a signed PDF, by the trust list and against the log."""

import io
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from commons.domain.refusals import Refusal
from commons.texts import refusal_text
from signatures.documents import services
from signatures.verify.command import opened


class Command(BaseCommand):
    help = "Check a signed PDF; FILE may be -. Exit code 0: nothing speaks against it, 1: something does, 2: no input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with opened(options["file"]) as stream:
                content = io.BytesIO(stream.read(services.verifying.LARGEST_BYTES + 1))
            answer = services.verify_document(content, at=timezone.now())
        except (OSError, Refusal) as error:
            sentence = refusal_text(error) if isinstance(error, Refusal) else str(error)
            self.stderr.write(str(sentence))
            sys.exit(2)
        self.stdout.write(json.dumps(answer.as_json(), ensure_ascii=False, indent=2))
        if not answer.holds:
            sys.exit(1)
