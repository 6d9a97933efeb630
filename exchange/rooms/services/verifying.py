"""Checking the signatures of bids beside the writer: the suites let go of the interpreter for those 80 µs and more.

While a batch is stored, threads check what came in meanwhile. A bid that nobody has begun to check is checked by the
writer itself, so a lone bid costs no change of threads.
"""

import threading
from collections import deque
from collections.abc import Iterable

from exchange.rooms.services.orders import BidOrder, Order


class Verifiers:
    """Some threads and the bids that wait for them; every bid is checked once."""

    def __init__(self, count: int) -> None:
        self._waiting: deque[BidOrder] = deque()
        self._workers = [_Worker(self._waiting) for _ in range(count)]

    def start(self) -> None:
        for worker in self._workers:
            worker.start()

    def stop(self) -> None:
        for worker in self._workers:
            worker.end()

    def take(self, orders: Iterable[Order]) -> None:
        """Check these soon. Called on the loop; costs a wake-up only where a thread sleeps."""
        bids = [order for order in orders if isinstance(order, BidOrder)]
        self._waiting.extend(bids)
        for worker in self._workers[: len(bids)]:
            worker.wake()

    def finish(self, orders: Iterable[Order]) -> None:
        """Return once all of `orders` are checked, helping where something waits."""
        for order in orders:
            if not isinstance(order, BidOrder):
                continue
            while order.signed is None and self._help():
                pass
            if order.signed is None:
                self._settle(order)

    def _help(self) -> bool:
        """Check the bid that waits longest; False when none does."""
        try:
            check(self._waiting.popleft())
        except IndexError:
            return False
        return True

    def _settle(self, order: BidOrder) -> None:
        """The order is with a thread, or nobody was asked to check it."""
        for worker in self._workers:
            worker.wait_for_the_present_one()
        if order.signed is None:
            check(order)


class _Worker(threading.Thread):
    def __init__(self, waiting: deque[BidOrder]) -> None:
        super().__init__(name="verify", daemon=True)
        self._waiting = waiting
        self._at_work = threading.Lock()
        """Held from before a bid is taken until it is checked."""
        self._bell = threading.Semaphore(0)
        self._asleep = False
        self._open = True

    def wake(self) -> None:
        if self._asleep:
            self._asleep = False
            self._bell.release()

    def end(self) -> None:
        self._open = False
        self._bell.release()

    def wait_for_the_present_one(self) -> None:
        with self._at_work:
            pass

    def run(self) -> None:
        while self._open:
            if not self._check_one():
                self._asleep = True
                # Something may have come before the flag was seen: look again, and sleep only on an empty queue.
                if not self._waiting:
                    self._bell.acquire()
                self._asleep = False

    def _check_one(self) -> bool:
        with self._at_work:
            try:
                order = self._waiting.popleft()
            except IndexError:
                return False
            check(order)
            return True


def is_checked(order: Order) -> bool:
    """Whether the order may be decided: commands carry no signature."""
    return not isinstance(order, BidOrder) or order.signed is not None


def check(order: BidOrder) -> None:
    """Set whether the holder of the room key signed the bid."""
    order.signed = order.public_key.holds(order.canonical, order.frame.signature)
