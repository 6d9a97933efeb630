"""Decides and stores for all rooms of a process, in order of arrival: on the loop where one statement does it all.

A batch is whatever came in while the one before was being stored; no timer delays a lone bid. The usual batch is
decided on the loop, sent to the database, and settled when the answer comes: no change of threads, and nobody waits for
the interpreter. While the database stores it, what comes in is checked by processes of their own and decided on top of
it, to be sent the moment the answer is there; were that answer no, all of it would be decided again. What takes more
than one statement or needs rows first (rooms that are not held, hammers, snapshots, records of refused frames,
everything on SQLite) goes to the writer's thread, and so does whatever the database did not take at once.
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

    def __init__(
        self, tell: Callable[[Done], None], engine: Engine | None = None, *, verifiers: int | None = None
    ) -> None:
        self._tell = tell
        self._engine = engine or Engine()
        self._loop = asyncio.get_running_loop()
        self._orders: deque[Order] = deque()
        self._notes: list[FrameNote] = []
        self._refresh: dict[int, None] = {}
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._verifiers = Verifiers(self._go_on, verifiers)
        self._thread = threading.Thread(target=self._run, name="room-writer", daemon=True)
        self._away = False
        """Whether the thread is at work."""
        self._sent: tuple[Job, Attempt] | None = None
        """The batch that the database is storing for the loop."""
        self._ahead: tuple[Job, Attempt] | None = None
        """What was decided on top of it, and waits for its turn."""
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
        self._take_back()
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
        self._verifiers.ask(orders if self._is_busy else orders[1:])
        self._undecided += len(orders)
        self._orders += orders
        self._notes += notes
        self._go_on()

    def ask(self, room_ids: Sequence[int]) -> None:
        """Read where these rooms stand, and tell."""
        self._refresh.update(dict.fromkeys(room_ids))
        self._go_on()

    # On the loop

    @property
    def _is_busy(self) -> bool:
        """Whether what comes in now has to wait in any case."""
        return self._away or self._sent is not None or bool(self._orders)

    def _go_on(self) -> None:
        """Decide and store what can be, as far as nobody has to be waited for."""
        if self._away:
            return
        is_for_thread = bool(self._notes or self._refresh) or not self._can_decide()
        if not is_for_thread:
            self._decide()
        if self._sent is not None:
            return
        if self._ahead is not None:
            self._store_ahead()
        elif is_for_thread and (self._orders or self._notes or self._refresh):
            self._hand_over(self._everything())

    def _can_decide(self) -> bool:
        """Whether the order at the head of the queue, if there is one, can be decided without rows."""
        return not self._orders or self._engine.can_decide(self._orders[0], self._ahead and self._ahead[1])

    def _decide(self) -> None:
        """Decide the orders at the head of the queue, up to the first that is with who checks it."""
        self._verifiers.hear()
        taken = self._checked(LARGEST_TURN - (len(self._ahead[0].orders) if self._ahead else 0))
        if not taken:
            return
        if self._ahead is None:
            self._ahead = Job(), self._engine.begin(self._sent and self._sent[1])
        job, attempt = self._ahead
        job.orders += taken
        try:
            self._engine.decide(attempt, taken)
        except Exception:
            # The thread meets the same defect, where it ends in verdicts that ask to send again.
            logger.exception("a batch could not be decided")
            attempt.is_unfit = True

    def _checked(self, most: int) -> list[Order]:
        waiting, taken = self._orders, list[Order]()
        while waiting and len(taken) < most and not is_awaited(waiting[0]) and self._can_decide():
            check(waiting[0])
            taken.append(waiting.popleft())
        return taken

    def _store_ahead(self) -> None:
        """Send what was decided ahead to the database, which is free; it goes to the thread where that cannot be."""
        assert self._ahead is not None, "something was decided"
        (job, attempt), self._ahead = self._ahead, None
        if attempt.is_empty and not attempt.is_unfit:
            self._loop.call_soon(self._finish, job, Done(self._engine.settle(attempt)))
            return
        try:
            sent = not attempt.is_unfit and self._engine.send(attempt)
        except Exception:
            logger.warning("a batch could not be sent at once", exc_info=True)
            sent = False
        if not sent:
            self._hand_over(job)
            return
        self._sent = job, attempt
        self._loop.add_reader(attempt.line, self._answered)

    def _hand_over(self, job: Job) -> None:
        """Let the thread do it; what was decided on top of it is decided again afterwards."""
        self._take_back()
        self._away = True
        self._jobs.put(job)

    def _take_back(self) -> None:
        if self._ahead is not None:
            self._orders.extendleft(reversed(self._ahead[0].orders))
            self._ahead = None

    def _everything(self) -> Job:
        orders = [self._orders.popleft() for _ in range(min(len(self._orders), LARGEST_BATCH))]
        job = Job(orders, self._notes, self._refresh)
        self._notes, self._refresh = [], {}
        return job

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
            self._hand_over(job)
            return
        self._let_go(attempt)
        done = Done(self._engine.settle(attempt))
        self._go_on()  # the database works on while the verdicts are told
        self._finish(job, done)

    def _let_go(self, attempt: Attempt) -> None:
        self._sent = None
        self._loop.remove_reader(attempt.line)

    def _back(self, job: Job, done: Done) -> None:
        """The thread is through with the job."""
        self._away = False
        self._go_on()
        self._finish(job, done)

    def _finish(self, job: Job, done: Done) -> None:
        """The job is through: tell, and go on with what was left waiting."""
        committed = done.committed
        self._undecided -= len(job.orders)
        metrics.count_batch(committed.outcomes, committed.moved, time.perf_counter() - job.began)
        try:
            self._tell(done)
        finally:
            self._go_on()

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
                self._loop.call_soon_threadsafe(self._back, job, done)
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
