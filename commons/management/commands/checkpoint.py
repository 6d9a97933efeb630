from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from commons.evidence import services
from commons.evidence.queries import latest_checkpoint


class Command(BaseCommand):
    help = "Gather all streams into the tree, sign a checkpoint, and print it as a note."

    def handle(self, *args: Any, **options: Any) -> None:
        services.checkpoint(timezone.now())
        newest = latest_checkpoint()
        assert newest is not None, "a checkpoint was just made"
        self.stdout.write(newest.note, ending="")
