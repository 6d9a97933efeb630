import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from commons.domain.actor import system_actor
from commons.domain.refusals import Refusal
from signatures.pki import services


class Command(BaseCommand):
    help = "Load the list of trusted certificate authorities and time-stamp services from a JSON file (or -)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="docs/certificates.md describes its form")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        try:
            content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
            document = json.loads(content)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.", returncode=2) from None
        except ValueError as error:
            raise CommandError(f"{file} is not JSON: {error}.", returncode=2) from None
        try:
            listed = services.load_trust_list(actor=system_actor("operator"), document=document, at=timezone.now())
        except Refusal as refusal:
            raise CommandError(str(refusal), returncode=2) from None
        for authority in listed.authorities:
            self.stdout.write(f"{authority.key}: {authority.name} ({authority.suite.value})")
        self.stdout.write(f"{len(listed.time_stamps)} time-stamp services")
