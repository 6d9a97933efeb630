from typing import Any

from django.core.checks import Tags
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from portal import serving


class Command(BaseCommand):
    help = "Everything in one process: pages, live rooms, timekeeper, background work. No server needed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--prepare", action="store_true", help="bring the database up to date first")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["prepare"]:
            call_command("prepare", verbosity=0)
        self.check(tags=[Tags.database], databases=["default"])  # the triggers of append-only tables
        serving.tune_interpreter()
        serving.start_timekeeper()
        serving.start_worker()
        self.stdout.write(f"serving on http://{options['host']}:{options['port']}/")
        serving.run_daphne(options["host"], options["port"])
