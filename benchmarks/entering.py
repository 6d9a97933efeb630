"""What a certificate adds to the entry into a room: `python -m benchmarks.entering`, on the embedded database.

Each entry is timed as the server meets it: with a certificate (session opened, prepared, completed with validation, key
stored), and, as the reference of the same run, with the session alone. The certificate is bound beforehand. The
authority answers in memory and its answers are remembered, as the platform's resolver does for a minute, so that
neither network nor its own work is timed. Processor time stands beside: on a busy machine the clock tells of
others.
"""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

ENTRIES = 30
LIMIT_MS = 100.0


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django
    from django.conf import settings

    django.setup()
    settings.HOOKS = {
        **settings.HOOKS,
        "revocation": "benchmarks.entering.Remembered",
        "time_stamps": "tests.pki.Stamps",
    }
    from django.test.utils import get_runner, setup_test_environment

    setup_test_environment()
    runner = get_runner(settings)(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        by_session, by_certificate = measure()
    finally:
        runner.teardown_databases(databases)
    added = by_certificate.wall - by_session.wall
    print(f"entry by session      {by_session} (medians of {ENTRIES})")
    print(f"entry by certificate  {by_certificate}, {by_certificate.wall / by_session.wall:.1f} times that")
    print(f"a certificate adds    {added:7.1f} ms of at most {LIMIT_MS:.0f} ms", end="")
    print(f"; processor {by_certificate.cpu - by_session.cpu:.1f} ms")
    return 0 if added <= LIMIT_MS else 1


@dataclass(frozen=True, slots=True)
class Taken:
    """Milliseconds by the clock, and of this process's processor time."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.wall:7.1f} ms, processor {self.cpu:.1f} ms"


class Remembered:
    """The tests' authority, whose answer about a certificate is good for as long as the resolver remembers one."""

    known: ClassVar[dict[bytes, tuple[datetime, Any]]] = {}

    def about(self, *, certificate: bytes, issuer: bytes, authority: Any, at: datetime) -> Any:
        from signatures.pki.resolver import LONGEST_MEMORY
        from tests.pki import Revocation

        asked_at, answer = self.known.get(certificate, (None, None))
        if asked_at is None or not asked_at <= at < asked_at + LONGEST_MEMORY:
            answer = Revocation().about(certificate=certificate, issuer=issuer, authority=authority, at=at)
            self.known[certificate] = at, answer
        return answer


def measure() -> tuple[Taken, Taken]:
    """Median milliseconds of an entry vouched for by the session, and by the certificate."""
    from tests.signing.entering import enter_by_certificate, enter_by_session, room_for_entering

    plain, strict = room_for_entering(certificate=False), room_for_entering(certificate=True)
    enter_by_certificate(strict)
    return median(lambda: enter_by_session(plain)), median(lambda: enter_by_certificate(strict))


def median(enter: Callable[[], object]) -> Taken:
    """One call, the middle of many."""
    walls, cpus = [], []
    for _ in range(ENTRIES):
        began, spent = time.perf_counter(), time.process_time()
        enter()
        walls.append((time.perf_counter() - began) * 1000)
        cpus.append((time.process_time() - spent) * 1000)
    return Taken(statistics.median(walls), statistics.median(cpus))


if __name__ == "__main__":
    raise SystemExit(main())
