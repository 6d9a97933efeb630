from typing import Any

from django.core.management.base import BaseCommand

from portal import diagrams


class Command(BaseCommand):
    help = "Write docs/states.md anew from the transition tables."

    def handle(self, *args: Any, **options: Any) -> None:
        diagrams.write()
