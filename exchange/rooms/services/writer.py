"""One thread per process that decides and stores, for all its rooms, in order of arrival.

A batch is whatever came in while the one before was being committed; no timer delays a lone bid.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from exchange.rooms.protocol import NotStored
from exchange.rooms.services import metrics
from exchange.rooms.services.engine import Engine
from exchange.rooms.services.orders import Committed, FrameNote, Moved, Order, Outcome
from exchange.rooms.services.verifying import Verifiers

logger = logging.getLogger(__name__)

LARGEST_BATCH = 400
"""Orders in one transaction: larger ones answer later without storing faster."""
LONGEST_QUEUE = 20_000


@dataclass(slots=True, eq=False)
class Parcel:
    """What was handed in together."""

    orders: Sequence[Order] = ()
    notes: Sequence[FrameNote] = ()
    refresh: Sequence[int] = ()


@dataclass(slots=True, eq=False)
class Done:
    """What the writer has to tell the loop."""

    committed: Committed
    refreshed: Sequence[Moved] | None = ()
    """None: the database did not answer."""
    asked: Sequence[int] = ()


class Writer:
    """The process's writer. `tell` is called in its thread after every batch and must not block."""

    def __init__(self, tell: Callable[[Done], None], engine: Engine | None = None, *, verifiers: int = 2) -> None:
        self._tell = tell
        self._engine = engine or Engine()
        self._parcels: queue.SimpleQueue[Parcel | None] = queue.SimpleQueue()
        self._verifiers = Verifiers(verifiers)
        self._thread = threading.Thread(target=self._run, name="room-writer", daemon=True)
        self._busy = False
        self._taken_in = self._done = 0  # each counted by one thread only
        self.batches = 0

    def start(self) -> None:
        self._verifiers.start()
        self._thread.start()

    def stop(self) -> None:
        """Finish what was handed in, then end."""
        self._parcels.put(None)
        self._thread.join(timeout=30)
        self._verifiers.stop()

    @property
    def is_full(self) -> bool:
        return self.waiting >= LONGEST_QUEUE

    @property
    def waiting(self) -> int:
        """Orders that have no verdict yet."""
        return self._taken_in - self._done

    def hand_in(self, parcel: Parcel) -> None:
        """Queue a parcel; called on the loop, in order of arrival."""
        self._taken_in += len(parcel.orders)
        if self._busy and parcel.orders:
            self._verifiers.take(parcel.orders)
        self._parcels.put(parcel)

    def _run(self) -> None:
        while True:
            self._busy = False
            parcel = self._parcels.get()
            self._busy = True
            if parcel is None:
                self._engine.forget()
                return
            parcels, stop = self._drain(parcel)
            began = time.perf_counter()
            try:
                done = self._work(parcels)
            except Exception:
                # A defect must not end the writer: what became of the batch is unknown, so clients ask again.
                logger.exception("the room writer failed on a batch")
                self._engine.forget()
                done = _unknown(parcels)
            metrics.count_batch(done.committed.outcomes, done.committed.moved, time.perf_counter() - began)
            self._tell(done)
            self.batches += 1
            self._done += sum(len(parcel.orders) for parcel in parcels)
            if stop:
                self._engine.forget()
                return

    def _drain(self, first: Parcel) -> tuple[list[Parcel], bool]:
        parcels, size = [first], len(first.orders)
        while size < LARGEST_BATCH:
            try:
                parcel = self._parcels.get_nowait()
            except queue.Empty:
                break
            if parcel is None:
                return parcels, True
            parcels.append(parcel)
            size += len(parcel.orders)
        return parcels, False

    def _work(self, parcels: Sequence[Parcel]) -> Done:
        orders: list[Order] = []
        notes: list[FrameNote] = []
        refresh: dict[int, None] = {}
        for parcel in parcels:
            orders += parcel.orders
            notes += parcel.notes
            refresh.update(dict.fromkeys(parcel.refresh))
        self._verifiers.finish(orders)
        committed = self._engine.commit(orders, notes) if orders or notes else Committed()
        refreshed = self._engine.refresh(refresh) if refresh else ()
        return Done(committed, refreshed, tuple(refresh))


def _unknown(parcels: Sequence[Parcel]) -> Done:
    """Every bid of a batch that failed is to be sent again; every room that was asked for, asked again."""
    outcomes = [Outcome(order, refusal=NotStored()) for parcel in parcels for order in parcel.orders]
    return Done(Committed(outcomes), None, tuple(room_id for parcel in parcels for room_id in parcel.refresh))
