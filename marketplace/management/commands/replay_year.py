import json
import sys
import time
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from commons.domain.time import SHANGHAI
from commons.evidence import services as evidence
from commons.evidence.queries import verify_database
from marketplace.procurement.models import Procurement
from marketplace.statistics import queries
from marketplace.statistics.replay import city as building
from marketplace.statistics.replay.city import City
from marketplace.statistics.replay.pool import Pool
from marketplace.statistics.replay.process import make_ready
from marketplace.statistics.replay.profiles import PROFILES, Profile
from marketplace.statistics.replay.year import Progress, Year

BAR = 30


class Command(BaseCommand):
    help = (
        "Replay a reported year of the supermarket through the services, on the simulated calendar, into an empty "
        "database; then verify the log and print the figures. Papers are drawn when somebody asks for them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("profile", choices=sorted(PROFILES))
        parser.add_argument("--scale", type=float, default=1.0, help="a share of the year, for a quick look")
        parser.add_argument("--workers", type=int, default=2, help="processes for people's steps; 1: everything here")
        parser.add_argument("--days", type=int, help="publish everything on the first so many working days")
        parser.add_argument("--no-verify", action="store_true", help="leave the log unverified")

    def handle(
        self,
        *args: Any,
        profile: str,
        scale: float,
        workers: int,
        no_verify: bool,
        days: int | None = None,
        **options: Any,
    ) -> None:
        if Procurement.objects.exists():
            raise CommandError("There are procurements already. Replay into an empty database.")
        began = time.monotonic()
        make_ready()
        chosen = PROFILES[profile].scaled(scale)
        call_command("platform_keys", stdout=open_null())
        pool = Pool(workers)
        try:
            pool.settle(self.build(chosen, pool))
            built_s = time.monotonic() - began
            bar = ProgressBar(self.stderr, built_s)
            Year(pool, bar.show, Progress(date(chosen.year, 1, 1)), days).play()
        finally:
            pool.close()
        played_s = time.monotonic() - began - built_s
        self.stderr.write("")
        report = self.verify(no_verify)
        figures = queries.overview(date(chosen.year, 1, 1), date(chosen.year + 1, 6, 30)).as_json()
        seconds = {"build": built_s, "play": played_s, "verify": time.monotonic() - began - built_s - played_s}
        told = {
            "profile": profile,
            "scale": scale,
            "assumed": chosen.assumed,
            "seconds": {name: round(value, 1) for name, value in seconds.items()},
            "memory_mb": {"first_tenth": bar.early_mb, "end": resident_mb()},
            "figures": figures,
            "log": report,
        }
        self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
        if report is not None and not report["holds"]:
            sys.exit(1)

    def build(self, profile: Profile, pool: Pool) -> City:
        """Items, owners and agencies, before the year begins."""
        at = datetime(profile.year, 1, 1, 9, tzinfo=SHANGHAI)
        auditor = building.enter_staff(profile, at)
        items = building.enter_items(profile, at)
        owners = pool.build([("enter_owner", (profile, number, at)) for number in range(profile.owners)])
        agencies = pool.build([("enter_agency", (profile, number, items, at)) for number in range(profile.agencies)])
        return City(profile, items, tuple(owners), tuple(agencies), auditor)

    def verify(self, skipped: bool) -> dict[str, Any] | None:
        """Every entry of the log, its tree and its checkpoints."""
        if skipped:
            return None
        evidence.checkpoint(timezone.now())
        return verify_database().as_json()


class ProgressBar:
    """One line on the terminal that is written over; a line a tenth where there is no terminal."""

    def __init__(self, stream: Any, built_s: float) -> None:
        self._stream, self._began, self._tenth = stream, time.monotonic(), -1
        self.early_mb = resident_mb()
        stream.write(f"items, owners and agencies entered in {built_s:.0f} s")

    def show(self, progress: Progress) -> None:
        share = progress.days_done / progress.days
        filled = "█" * int(share * BAR)
        line = (
            f"[{filled:<{BAR}}] {share:4.0%} {progress.day} · notices {progress.notices:,} · sign-ups "
            f"{progress.sign_ups:,} · results {progress.results:,} · finished {progress.finished:,} · "
            f"{time.monotonic() - self._began:.0f} s · {resident_mb()} MB"
        )
        tenth = int(share * 10)
        if tenth != self._tenth:
            self._tenth = tenth
            if tenth == 1:
                self.early_mb = resident_mb()
        elif not sys.stderr.isatty():
            return
        self._stream.write(line, ending="\r" if sys.stderr.isatty() else "\n")
        self._stream.flush()


def resident_mb() -> int:
    """What this process holds in memory."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) // 1024
    return 0


def open_null() -> Any:
    """Where what is not wanted goes."""
    import io

    return io.StringIO()
