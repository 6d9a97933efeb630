"""Checking the signatures of bids in processes of their own, while the writer decides and stores what came before.

A check takes 80 µs and more, and a thread that makes it hands the interpreter over to the loop and back, which costs
as much again. A lone bid is checked where it is decided, and so is every bid that no such process can be asked about.
"""

import asyncio
import logging
import os
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from django.conf import settings

from exchange.rooms.services.orders import BidOrder, Order
from signatures.crypto import checker

logger = logging.getLogger(__name__)

MOST_IN_ONE = 32
"""Checks in one message: what is answered early can be decided early."""
MOST_ASKED = 256
"""Checks that a process may still owe; more is left to the next one, or to the writer."""
PATIENCE_S = 1.0
"""A process that says nothing for so long, although it is asked, is let go."""
RESTART_S = 5.0


def processes() -> int:
    """How many are of use here: each core that checks is missing to the rooms and the database."""
    return max(1, min(4, (os.cpu_count() or 1) // 2))


class Verifiers:
    """The processes that check bids for the loop. Everything is called on the loop; nothing waits.

    `news` is called when bids were checked, or when those who were asked about them are gone.
    """

    def __init__(self, news: Callable[[], None], count: int | None = None) -> None:
        self._lines = [_Line(news) for _ in range(processes() if count is None else count)]

    def start(self) -> None:
        for line in self._lines:
            line.start()

    def stop(self) -> None:
        for line in self._lines:
            line.end()

    def ask(self, orders: Iterable[Order]) -> None:
        """Have these checked, as far as somebody is free to."""
        bids = [order for order in orders if isinstance(order, BidOrder) and order.signed is None]
        for start in range(0, len(bids), MOST_IN_ONE):
            least = min(self._lines, key=lambda line: line.owed, default=None)
            if least is None or not least.ask(bids[start : start + MOST_IN_ONE]):
                return

    def hear(self) -> None:
        """Take in what has been answered, without waiting for a turn of the loop."""
        for line in self._lines:
            line.hear()


class _Line:
    """One process, and the bids that it was asked about."""

    def __init__(self, news: Callable[[], None]) -> None:
        self._news = news
        self._loop = asyncio.get_running_loop()
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = False
        self._asked: deque[Sequence[BidOrder]] = deque()
        self.owed = 0
        self._heard_at = 0.0
        self._alarm: asyncio.TimerHandle | None = None

    def start(self) -> None:
        try:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        except OSError:
            return  # a system without such sockets: the writer checks by itself
        with theirs:
            command = [sys.executable, "-m", checker.__name__, str(theirs.fileno())]
            self._process = subprocess.Popen(  # noqa: S603  # this very program
                command, pass_fds=[theirs.fileno()], cwd=settings.BASE_DIR, stdin=subprocess.DEVNULL
            )
        ours.setblocking(False)
        self._socket = ours
        self._loop.add_reader(ours, self._readable)

    def end(self) -> None:
        """Let go of the process, which ends by that; what it owes is checked by whoever decides it."""
        if self._alarm is not None:
            self._alarm.cancel()
        if self._socket is not None:
            self._loop.remove_reader(self._socket)
            self._socket.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._socket = self._process = self._alarm = None
        self._ready = False
        for order in self._owing():
            order.asked = False

    def _owing(self) -> Iterable[BidOrder]:
        owing = [order for batch in self._asked for order in batch]
        self._asked.clear()
        self.owed = 0
        return owing

    def ask(self, bids: Sequence[BidOrder]) -> bool:
        """Whether the process took the question."""
        if self._socket is None or not self._ready or self.owed >= MOST_ASKED:
            return False
        try:
            self._socket.send(checker.question([(b.public_key.spki, b.canonical, b.frame.signature) for b in bids]))
        except OSError:
            return False  # full or gone; the loop hears of the latter
        for order in bids:
            order.asked = True
        if not self._asked:
            self._heard_at = time.monotonic()
            self._watch()
        self._asked.append(bids)
        self.owed += len(bids)
        return True

    def hear(self) -> None:
        """Take in every answer that is there."""
        while self._asked and self._hear_one():
            pass

    def _readable(self) -> None:
        # There may be nothing any more: who was asked in the same turn of the loop has taken it in.
        self._hear_one()
        self._news()

    def _hear_one(self) -> bool:
        """Whether the process had something to say."""
        if self._socket is None:
            return False
        try:
            said = self._socket.recv(checker.LARGEST_BYTES)
        except BlockingIOError:
            return False
        except OSError:
            said = b""
        if not said:
            self._lost("it ended")
            return False
        if self._ready:
            self._take_in(said)
        self._ready = True
        return True

    def _take_in(self, said: bytes) -> None:
        bids = self._asked.popleft()
        self.owed -= len(bids)
        self._heard_at = time.monotonic()
        for order, holds in zip(bids, said, strict=True):
            order.signed = bool(holds)

    # Processes that fail

    def _watch(self) -> None:
        if self._alarm is None:
            self._alarm = self._loop.call_later(PATIENCE_S, self._look)

    def _look(self) -> None:
        self._alarm = None
        self.hear()
        if not self._asked:
            return
        if time.monotonic() - self._heard_at < PATIENCE_S:
            self._watch()
            return
        self._lost("it does not answer")
        self._news()

    def _lost(self, reason: str) -> None:
        logger.warning("a process that checks signatures is let go: %s", reason)
        self.end()
        self._alarm = self._loop.call_later(RESTART_S, self._begin_anew)

    def _begin_anew(self) -> None:
        self._alarm = None
        self.start()


def is_awaited(order: Order) -> bool:
    """Whether a process was asked about the order and has yet to answer."""
    return isinstance(order, BidOrder) and order.asked and order.signed is None


def check(order: Order) -> None:
    """Set whether the holder of the room key signed the bid, unless somebody has found out."""
    if isinstance(order, BidOrder) and order.signed is None:
        order.signed = order.public_key.holds(order.canonical, order.frame.signature)
