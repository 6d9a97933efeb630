import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from portal.timekeeping import run


class Command(BaseCommand):
    help = "Keep time: open, extend and close rooms, mind deadlines. Any number may run; a late one changes no result."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write("keeping time")
        run(stop)
