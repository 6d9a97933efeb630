from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from commons import seeding


class Command(BaseCommand):
    help = "Enter the published calendar and the rule parameters where they are missing; `migrate` does it too."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, count in seeding.seed(at=timezone.now()).items():
            self.stdout.write(f"{name}: {count} new")
