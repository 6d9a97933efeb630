"""What Prometheus learns of the rooms of a process. Counted once per batch or telling, never per frame."""

from collections import Counter as Tally
from collections.abc import Iterable, Sequence

from prometheus_client import Counter, Gauge, Histogram

from exchange.rooms.broadcast.hub import Hub
from exchange.rooms.broadcast.peers import Viewer
from exchange.rooms.services.orders import Moved, Outcome

VERDICTS = Counter("luochui_room_verdicts_total", "Bids decided, by verdict (UNSTORED: to be sent again)", ["verdict"])
FAULTS = Counter("luochui_room_platform_faults_total", "Bids that came in time and were decided after the hammer")
BATCH = Histogram(
    "luochui_room_batch_orders", "Orders stored in one transaction", buckets=(1, 2, 5, 10, 25, 50, 100, 400)
)
WORK = Histogram(
    "luochui_room_batch_seconds",
    "Deciding and storing a batch",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.025, 0.1, 0.5, 2),
)
EXTENSIONS = Counter("luochui_room_extensions_total", "Closes moved forward")
SOCKETS = Gauge("luochui_room_sockets", "Open sockets", ["viewer"])
WAITING = Gauge("luochui_room_orders_waiting", "Orders without a verdict yet")
DELIVERIES = Gauge("luochui_room_deliveries", "State frames written since the start")
SKIPPED = Gauge("luochui_room_deliveries_skipped", "State frames spared to readers that lag, since the start")


def count_batch(outcomes: Sequence[Outcome], moves: Iterable[Moved], seconds: float) -> None:
    """One batch is through."""
    if outcomes:
        BATCH.observe(len(outcomes))
        WORK.observe(seconds)
    tally = Tally(outcome.receipt.verdict if outcome.receipt else "UNSTORED" for outcome in outcomes)
    for verdict, number in tally.items():
        VERDICTS.labels(verdict).inc(number)
    for moved in moves:
        extensions = sum(event.type == "CloseExtended" for event in moved.events)
        faults = sum(getattr(event, "platform_fault", False) for event in moved.events)
        if extensions:
            EXTENSIONS.inc(extensions)
        if faults:
            FAULTS.inc(faults)


def measure(hub: Hub, waiting: int) -> None:
    """How things stand now; asked once a second."""
    for viewer in Viewer:
        SOCKETS.labels(viewer.value).set(sum(len(scene.peers[viewer]) for scene in hub.scenes.values()))
    WAITING.set(waiting)
    DELIVERIES.set(hub.deliveries)
    SKIPPED.set(hub.skipped)
