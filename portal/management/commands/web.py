from typing import Any

from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandParser

from portal import serving


class Command(BaseCommand):
    help = "Serve pages and live rooms: one web process of a production installation."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--server", choices=("daphne", "uvicorn"), default="daphne")

    def handle(self, *args: Any, **options: Any) -> None:
        self.check(tags=[Tags.database], databases=["default"])  # the triggers of append-only tables
        serving.tune_interpreter()
        run = serving.run_uvicorn if options["server"] == "uvicorn" else serving.run_daphne
        self.stdout.write(f"serving on http://{options['host']}:{options['port']}/")
        run(options["host"], options["port"])
