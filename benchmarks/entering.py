"""What a certificate adds to the entry into a room: `python -m benchmarks.entering`, on the embedded database.

Each entry is timed as the server meets it: with a certificate (session opened, prepared, completed with validation, key
stored), and, as the reference of the same run, with the session alone. The certificate is bound beforehand. The
authority answers in memory, so that no network is timed.
"""

import os
import statistics
import time
from collections.abc import Callable

ENTRIES = 30
LIMIT_MS = 100.0


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django
    from django.conf import settings

    django.setup()
    settings.HOOKS = {**settings.HOOKS, "revocation": "tests.pki.Revocation", "time_stamps": "tests.pki.Stamps"}
    from django.test.utils import get_runner, setup_test_environment

    setup_test_environment()
    runner = get_runner(settings)(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        by_session, by_certificate = measure()
    finally:
        runner.teardown_databases(databases)
    added = by_certificate - by_session
    print(f"entry by session      {by_session:7.1f} ms (median of {ENTRIES})")
    print(f"entry by certificate  {by_certificate:7.1f} ms, {by_certificate / by_session:.1f} times that")
    print(f"a certificate adds    {added:7.1f} ms of at most {LIMIT_MS:.0f} ms")
    return 0 if added <= LIMIT_MS else 1


def measure() -> tuple[float, float]:
    """Median milliseconds of an entry vouched for by the session, and by the certificate."""
    from tests.signing.entering import enter_by_certificate, enter_by_session, room_for_entering

    plain, strict = room_for_entering(certificate=False), room_for_entering(certificate=True)
    enter_by_certificate(strict)
    return median(lambda: enter_by_session(plain)), median(lambda: enter_by_certificate(strict))


def median(enter: Callable[[], object]) -> float:
    """Milliseconds of one call, the middle of many."""
    taken = []
    for _ in range(ENTRIES):
        began = time.perf_counter()
        enter()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


if __name__ == "__main__":
    raise SystemExit(main())
