#!/usr/bin/env python3
"""Pages and searches of the supermarket over a replayed year: `benchmarks/supermarket.py`, after `replay_year`.

Needs a database that `manage.py replay_year` has filled (DATABASE_URL). Each address is asked in this process through
Django's test client; the reference of the same run is the page of accessibility, which asks the database for nothing.
The median of each is to stay within 200 ms.
"""

import os
import statistics
import sys
import time
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

ROUNDS = 15
REFERENCE = "/accessibility/"
WITHIN_MS = 200
ADDRESSES = (
    "/supermarket/",
    "/supermarket/?q=项目&stage=done",
    "/supermarket/?method=LOTTERY",
    "/supermarket/agencies/",
    "/supermarket/agencies/?q=测绘",
    "/supermarket/results/",
    "/supermarket/selections/",
    "/supermarket/credit/",
    "/supermarket/statistics/?first={year}-01-01&last={year}-12-31",
    "/supermarket/statistics/?first={year}-01-01&last={year}-12-31&by=item",
    "/supermarket/statistics/?first={year}-01-01&last={year}-12-31&by=way",
)


def main() -> int:
    """Time every address; exit code 1 when one is slower than it may be."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    from django.test import Client

    from marketplace.procurement.models import Procurement
    from marketplace.selection.models import Selection

    newest = Procurement.objects.filter(version__gt=0).order_by("-published_at").first()
    if newest is None or newest.published_at is None:
        sys.stderr.write("There is no notice: run manage.py replay_year first.\n")
        return 2
    selection = Selection.objects.filter(state="DECIDED").order_by("-pk").values_list("pk", flat=True).first()
    client, slow = Client(headers={"host": "localhost"}), 0
    reference = median_ms(client, REFERENCE)
    print(f"{'reference ' + REFERENCE:<78} {reference:7.1f} ms")
    for pattern in (*ADDRESSES, f"/supermarket/selections/{selection}/"):
        address = pattern.format(year=newest.published_at.year)
        status = client.get(address).status_code
        if status >= 400:
            print(f"{address:<78} status {status}")
            slow += 1  # what does not answer is not fast
            continue
        took = median_ms(client, address)
        slow += took > WITHIN_MS
        print(f"{address:<78} {took:7.1f} ms  {took / reference:6.1f} × reference")
    return 1 if slow else 0


def median_ms(client: object, address: str) -> float:
    """The middle of the rounds."""
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        client.get(address)  # type: ignore[attr-defined]
        took.append((time.perf_counter() - began) * 1_000)
    return statistics.median(took)


if __name__ == "__main__":
    sys.exit(main())
