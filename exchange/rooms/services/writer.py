"""Decides and stores for all rooms of a process, in order of arrival: on the loop where one statement does it all.

A batch is whatever came in while the one before was being committed; no timer delays a lone bid, and one batch at a
time is under way. The usual batch is decided on the loop, sent to the database, and settled when the answer comes: no
change of threads, and nobody waits for the interpreter. What takes more than one statement or needs rows first (rooms
that are not held, hammers, snapshots, records of refused frames, everything on SQLite) goes to the writer's thread, and
so does whatever the database did not take at once, to be decided again.
"""

import asyncio
import contextlib
import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from exchange.rooms.protocol import NotStored
from exchange.rooms.services import metrics
from exchange.rooms.services.engine import Attempt, Engine
from exchange.rooms.services.orders import Committed, FrameNote, Moved, Order, Outcome
from exchange.rooms.services.verifying import Verifiers, check, is_awaited

logger = logging.getLogger(__name__)

LARGEST_BATCH = 400
"""Orders in one transaction: larger ones answer later without storing faster."""
LARGEST_TURN = 64
"""Orders decided in one turn of the loop, about 6 ms: sockets are not left waiting for longer."""
LONGEST_QUEUE = 20_000


@dataclass(slots=True, eq=False)
class Done:
    """What the writer has to tell."""

    committed: Committed
    refreshed: Sequence[Moved] | None = ()
    """None: the database did not answer."""
    asked: Sequence[int] = ()


@dataclass(slots=True, eq=False)
class Job:
    """What is done at once: orders in order of arrival, records of refused frames, rooms to be read again."""

    orders: list[Order] = field(default_factory=list)
    notes: list[FrameNote] = field(default_factory=list)
    refresh: dict[int, None] = field(default_factory=dict)
    began: float = field(default_factory=time.perf_counter)


class Writer:
    """The process's writer. `tell` is called on the loop after every batch; so is everything here but the thread."""

    def __init__(self, tell: Callable[[Done], None], engine: Engine | None = None, *, verifiers: int | None = None) -> None:
        self._tell = tell
        self._engine = engine or Engine()
        self._loop = asyncio.get_running_loop()
        self._orders: deque[Order] = deque()
        self._notes: list[FrameNote] = []
        self._refresh: dict[int, None] = {}
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._verifiers = Verifiers(self._checked_meanwhile, verifiers)
        self._thread = threading.Thread(target=self._run, name="room-writer", daemon=True)
        self._at_work = False
        self._sent: tuple[Job, Attempt] | None = None
        """The batch that the database is storing for the loop."""
        self._undecided = 0

    def start(self) -> None:
        self._verifiers.start()
        self._thread.start()

    def stop(self) -> None:
        """Finish what was handed in, then end; the loop has stopped."""
        self._verifiers.stop()
        if self._sent is not None:
            self._loop.remove_reader(self._sent[1].line)
            self._jobs.put(self._sent[0])  # bids that are stored already get the verdict that they have
        while self._orders or self._notes:
            self._jobs.put(self._everything())
        self._jobs.put(None)
        self._thread.join(timeout=30)

    @property
    def is_full(self) -> bool:
        return self._undecided >= LONGEST_QUEUE

    @property
    def waiting(self) -> int:
        """Orders that have no verdict yet."""
        return self._undecided

    def hand_in(self, orders: Sequence[Order], notes: Sequence[FrameNote] = ()) -> None:
        """Take what came in, in order of arrival."""
        # A lone bid is checked where it is decided; of several, all but the first elsewhere meanwhile.
        self._verifiers.ask(orders if self._at_work or self._orders else orders[1:])
        self._undecided += len(orders)
        self._orders += orders
        self._notes += notes
        if not self._at_work:
            self._next()

    def ask(self, room_ids: Sequence[int]) -> None:
        """Read where these rooms stand, and tell."""
        self._refresh.update(dict.fromkeys(room_ids))
        if not self._at_work:
            self._next()

    # On the loop

    def _next(self) -> None:
        """Begin with what waits, if anything does."""
        self._at_work = bool(self._orders or self._notes or self._refresh)
        if not self._at_work:
            return
        if self._notes or self._refresh or not self._engine.is_on_line:
            self._jobs.put(self._everything())
            return
        job = Job(self._checked())
        self._at_work = bool(job.orders)
        if job.orders and not self._send(job):
            self._jobs.put(job)

    def _checked(self) -> list[Order]:
        """The orders at the head of the queue that can be decided; none while the first is with who checks it."""
        self._verifiers.hear()
        waiting, taken = self._orders, list[Order]()
        while waiting and len(taken) < LARGEST_TURN and not is_awaited(waiting[0]):
            check(waiting[0])
            taken.append(waiting.popleft())
        return taken

    def _checked_meanwhile(self) -> None:
        """Some of what waits can be decided now."""
        if not self._at_work:
            self._next()

    def _everything(self) -> Job:
        orders = [self._orders.popleft() for _ in range(min(len(self._orders), LARGEST_BATCH))]
        job = Job(orders, self._notes, self._refresh)
        self._notes, self._refresh = [], {}
        return job

    def _send(self, job: Job) -> bool:
        """Decide the orders and hand them to the database; False where that takes the thread."""
        try:
            attempt = self._engine.send(job.orders)
        except Exception:
            logger.warning("a batch could not be sent at once", exc_info=True)
            return False
        if attempt is None:
            return False
        if attempt.is_empty:
            self._loop.call_soon(self._finish, job, Done(self._engine.settle(attempt)))
            return True
        self._sent = (job, attempt)
        self._loop.add_reader(attempt.line, self._answered)
        return True

    def _answered(self) -> None:
        """The database has something to say on the batch that was sent."""
        assert self._sent is not None, "an answer follows a batch"
        job, attempt = self._sent
        try:
            if not self._engine.is_stored(attempt):
                return
        except Exception:
            logger.info("a batch was not stored at once", exc_info=True)
            self._let_go(attempt)
            self._jobs.put(job)
            return
        self._let_go(attempt)
        self._finish(job, Done(self._engine.settle(attempt)))

    def _let_go(self, attempt: Attempt) -> None:
        self._sent = None
        self._loop.remove_reader(attempt.line)

    def _finish(self, job: Job, done: Done) -> None:
        """The job is through: tell, and begin the next one."""
        committed = done.committed
        self._undecided -= len(job.orders)
        metrics.count_batch(committed.outcomes, committed.moved, time.perf_counter() - job.began)
        try:
            self._tell(done)
        finally:
            self._next()

    # In the thread

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                done = self._work(job)
            except Exception:
                # A defect must not end the writer: what became of the batch is unknown, so clients ask again.
                logger.exception("the room writer failed on a batch")
                self._engine.forget()
                done = _unknown(job)
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody is left to tell
                self._loop.call_soon_threadsafe(self._finish, job, done)
        self._engine.forget()

    def _work(self, job: Job) -> Done:
        for order in job.orders:
            check(order)
        committed = self._engine.commit(job.orders, job.notes) if job.orders or job.notes else Committed()
        refreshed = self._engine.refresh(job.refresh) if job.refresh else ()
        return Done(committed, refreshed, tuple(job.refresh))


def _unknown(job: Job) -> Done:
    """Every bid of a batch that failed is to be sent again; every room that was asked for, asked again."""
    return Done(Committed([Outcome(order, refusal=NotStored()) for order in job.orders]), None, tuple(job.refresh))
