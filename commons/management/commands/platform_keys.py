import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from commons.evidence import keys
from commons.evidence.keys import Purpose
from commons.evidence.queries import published_keys


class Command(BaseCommand):
    help = (
        "Make the platform's missing signing keys, publish them, and print the published keys; --rotate makes new ones."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rotate", choices=[purpose.value for purpose in Purpose], help="replace this key")

    def handle(self, *args: Any, rotate: str | None, **options: Any) -> None:
        at = timezone.now()
        for purpose in Purpose:
            keys.make(purpose)
        keys.publish(at=at)
        if rotate:
            keys.rotate(Purpose(rotate), at=at)
        self.stdout.write(json.dumps(published_keys(), indent=2))
