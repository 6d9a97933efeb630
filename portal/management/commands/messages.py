"""`manage.py messages`: collect, merge and compile the translations, and say what is missing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import messages
from portal.environment import BASE_DIR


class Command(BaseCommand):
    help = "Collect the texts of every package, merge them into the catalogues, compile them, and list what is missing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--compile-only", action="store_true", help="do not collect; only write the .mo files")

    def handle(self, *args: Any, compile_only: bool, **options: Any) -> None:
        if not compile_only:
            messages.extract()
        messages.compile_all()
        gaps = {path: messages.missing(path) for path in messages.catalogues()}
        for path, texts in gaps.items():
            for text in texts:
                self.stdout.write(f"{path.relative_to(BASE_DIR)}: {text}")
        if any(gaps.values()):
            raise CommandError(f"{sum(len(texts) for texts in gaps.values())} texts have no translation.")
