"""Durable decisions: each bid signed, verified, chained, stored and receipted, over real websockets."""

import os
from collections.abc import Callable, Iterator

from benchmarks import reference, stage
from benchmarks.figures import Line, Rounds, at_least, at_most, spread
from exchange.rooms.domain.phases import Format

BIDDERS = 50
PRICES = 1_600
CORES = len(os.sched_getaffinity(0))
"""Which the server, the processes that check, the database and the load generator share."""


def _against_pgbench(
    rounds: Rounds, format_: Format, *, watchers: int, server: str, target: float | None
) -> Iterator[Line]:
    url = os.environ["DATABASE_URL"]
    reference.prepare(url)
    ours, theirs, shares, lags, acks = [], [], [], [], []
    spent: dict[str, list[float]] = {}
    with stage.serving(server) as served:
        for number in range(rounds.count):
            theirs.append(reference.pgbench(url, clients=BIDDERS, seconds=int(rounds.seconds))[0])
            room = stage.open_room(format_, bidders=BIDDERS, prices=PRICES, name=f"{server}{watchers}{number}")
            seen = stage.load(served, [room], watchers=watchers, seconds=rounds.seconds)
            ours.append(seen["decisions_per_s"])
            shares.append(seen["accepted_share"])
            acks.append(seen["ack_ms"]["p99"])
            lags.append(seen["lag_ms"].get("p99", 0.0))
            for party, seconds in seen["cpu_s"].items():
                spent.setdefault(party, []).append(seconds / (ours[-1] * rounds.seconds) * 1e6)
    detail = f"{spread(ours, '/s')} against pgbench {spread(theirs, '/s')}; {min(shares):.0%} accepted or more"
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    what = f"format {format_.value}, {server}, {BIDDERS} bidders, {watchers:,} watchers"
    if target is None:
        yield Line(f"{what}: {spread(ratios, ' ×', 2)}; {detail}")
    else:
        yield at_least(what, ratios, target, detail)
    yield Line(f"verdict after, p99: {spread(acks, ' ms', 1)}")
    # Unlike the rates, these hardly change with what else the machine has to do.
    yield Line("CPU of a decision: " + ", ".join(f"{party} {spread(each, ' µs')}" for party, each in spent.items()))
    whole = [sum(parts) for parts in zip(*spent.values(), strict=True)]
    bounds = [CORES * 1e6 / each / other for each, other in zip(whole, theirs, strict=True)]
    yield Line(f"{CORES} cores that do nothing else and never wait would carry {spread(bounds, ' ×', 2)}")
    if watchers <= 200:
        yield at_most("watcher lag p99", lags, 75, " ms")


def rooms(rounds: Rounds) -> Iterator[Line]:
    """one hot room of format (b) against pgbench's lock–insert–update on one hot row with 50 clients"""
    yield from _against_pgbench(rounds, Format.LIMITED_QUOTES, watchers=200, server="daphne", target=4)
    yield from _against_pgbench(rounds, Format.LIMITED_QUOTES, watchers=1_000, server="daphne", target=3)
    yield from _against_pgbench(rounds, Format.LIMITED_QUOTES, watchers=200, server="uvicorn", target=5)


def english(rounds: Rounds) -> Iterator[Line]:
    """the same for format (a), reported"""
    yield from _against_pgbench(rounds, Format.ENGLISH, watchers=200, server="daphne", target=None)


def ack(rounds: Rounds) -> Iterator[Line]:
    """how long one bidder alone waits for a verdict, against pgbench's one-client transaction"""
    url = os.environ["DATABASE_URL"]
    reference.prepare(url)
    ours, theirs = [], []
    with stage.serving() as served:
        for number in range(rounds.count):
            theirs.append(reference.pgbench(url, clients=1, seconds=int(rounds.seconds))[1])
            room = stage.open_room(Format.LIMITED_QUOTES, bidders=1, prices=12_000, name=f"ack{number}")
            ours.append(stage.load(served, [room], watchers=0, seconds=rounds.seconds)["ack_ms"]["p50"])
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    yield at_most(
        "p50 of one bidder", ratios, 2.5, " ×", f"{spread(ours, ' ms', 2)} against {spread(theirs, ' ms', 2)}"
    )


def crowd(rounds: Rounds) -> Iterator[Line]:
    """verdicts at 50 bids a second before 2,000 watchers"""
    waits = []
    with stage.serving() as served:
        for number in range(rounds.count):
            room = stage.open_room(Format.LIMITED_QUOTES, bidders=BIDDERS, prices=40, name=f"crowd{number}")
            # Watched from a process of its own: a bidder's verdict does not queue behind what others read.
            with stage.holding(served, room, 2_000):
                seen = stage.load(served, [room], watchers=0, seconds=rounds.seconds, pace_s=0.02)
            waits.append(seen["ack_ms"]["p99"])
    yield at_most("p99 of the verdict", waits, 50, " ms")


def many(rounds: Rounds) -> Iterator[Line]:
    """200 rooms at once with 5 bidders each, against the rate of one room with 50"""
    ratios, rates = [], []
    with stage.serving() as served:
        for number in range(rounds.count):
            one = stage.open_room(Format.LIMITED_QUOTES, bidders=BIDDERS, prices=PRICES, name=f"one{number}")
            alone = stage.load(served, [one], watchers=0, seconds=rounds.seconds)["decisions_per_s"]
            several = [
                stage.open_room(Format.LIMITED_QUOTES, bidders=5, prices=80, name=f"many{number}-{place}")
                for place in range(200)
            ]
            together = stage.load(served, several, watchers=0, seconds=rounds.seconds)["decisions_per_s"]
            ratios.append(together / alone)
            rates.append(together)
    yield at_least("200 rooms", ratios, 0.6, spread(rates, "/s"))


BENCHMARKS: dict[str, Callable[[Rounds], Iterator[Line]]] = {
    "rooms": rooms,
    "english": english,
    "ack": ack,
    "crowd": crowd,
    "many": many,
}
