from typing import Any

from django.core.management.base import BaseCommand

from signatures import at_rest


class Command(BaseCommand):
    help = (
        "Make the key under which secrets are encrypted in the database, unless it is there. Back it up apart from it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(str(at_rest.make()))
