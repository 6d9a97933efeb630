"""A popular notice: 500 agencies sign up in its last minute, each sends twice; none is lost, none counts twice."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction

from benchmarks import reference
from benchmarks.figures import Line, Rounds, at_most, spread

AGENCIES = 500
THREADS = 8
"""Two web processes with four page threads each."""
LIMIT_S = 60.0


def run(rounds: Rounds) -> Iterator[Line]:
    """500 sign-ups with sealed quotes on one notice by eight threads, each request sent twice; log verified."""
    url = str(settings.ENV.database_url)
    reference.prepare(url)
    taken, rates, yards = [], [], []
    for _ in range(rounds.count):
        yard, _latency = reference.pgbench(url, clients=THREADS, seconds=max(1, int(rounds.seconds)))
        seconds, counted = rush()
        yield Line(f"{counted} of {AGENCIES} counted, {2 * AGENCIES} requests", counted == AGENCIES)
        taken.append(seconds)
        rates.append(AGENCIES / seconds)
        yards.append(yard)
    shares = [rate / yard for rate, yard in zip(rates, yards, strict=True)]
    yield at_most(f"{AGENCIES} sign-ups", taken, LIMIT_S, " s", f"{spread(rates, '/s')}")
    yield Line(f"of lock–insert–update on one row by pgbench ({spread(yards, '/s')}): {spread(shares, ' ×', 3)}")


def rush() -> tuple[float, int]:
    """Seconds for everybody to be in, and how many are counted at the closing."""
    from commons.domain.actor import Actor
    from marketplace.procurement import queries as procurements
    from marketplace.signups import queries, services
    from tests.integration.marketplace import story
    from tests.integration.marketplace.test_peak import agencies

    item = market_item()
    need = story.published(item)
    found = procurements.procurement(need)
    assert found.sign_up_until is not None, "it was published"
    last = found.sign_up_until - timedelta(seconds=1)
    with transaction.atomic():
        actors = agencies(item, AGENCIES, first=_next())

    def work(mine: list[Actor]) -> None:
        try:
            for number, actor in enumerate(mine):
                quote, key = Decimal(100_000 + number), str(uuid4())
                for _again in range(2):
                    services.sign_up(actor=actor, procurement_id=need, at=last, key=key, quote=quote)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(actors[place::THREADS],)) for place in range(THREADS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    services.close_signups(procurement_id=need, at=found.sign_up_until)
    return seconds, len(queries.sign_ups_of(need))


def market_item() -> int:
    """The item and its owner, made in the first round."""
    from marketplace.catalogue.models import ServiceItem
    from tests.integration.marketplace import story

    known = ServiceItem.objects.filter(code="A0101").first()
    if known is not None:
        return known.pk
    item = story.item()
    story.owner()
    return item


def _next() -> int:
    """A number that no agency of an earlier round has."""
    from marketplace.entry.models import Entrant

    return Entrant.objects.count() + 100


BENCHMARKS = {"signups": run}
