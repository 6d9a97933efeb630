import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from commons.evidence import keys
from commons.evidence.keys import Purpose
from commons.evidence.queries import published_keys
from commons.secrecy import keys as secrecy


class Command(BaseCommand):
    help = (
        "Make the platform's missing keys (signing, secrecy), publish the public ones and print them; "
        "--rotate makes new signing keys."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rotate", choices=[purpose.value for purpose in Purpose], help="replace this key")

    def handle(self, *args: Any, rotate: str | None, **options: Any) -> None:
        at = timezone.now()
        for purpose in Purpose:
            keys.make(purpose)
        secrecy.make()
        keys.publish(at=at)
        if rotate:
            keys.rotate(Purpose(rotate), at=at)
        self.stdout.write(json.dumps(published_keys(), indent=2))
