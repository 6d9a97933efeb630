import signal
import threading
from pathlib import Path
from typing import Any

from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandParser

from portal.timekeeping import run


class Command(BaseCommand):
    help = "Keep time: open, extend and close rooms, mind deadlines. Any number may run; a late one changes no result."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pulse", type=Path, metavar="FILE", help="touch this file whenever time was kept")
        parser.add_argument("--only-rooms", action="store_true", help="leave other deadlines to another timekeeper")

    def handle(self, *args: Any, **options: Any) -> None:
        self.check(tags=[Tags.database], databases=["default"])  # the triggers of append-only tables
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write("keeping time")
        self.stdout.flush()
        run(stop, only_rooms=options["only_rooms"], pulse=options["pulse"])
