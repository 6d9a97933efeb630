"""Processes that check the signatures of bids, and what happens when they fail."""

import asyncio
import os
import select
import signal
from collections.abc import Callable, Coroutine
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from exchange.rooms.services import verifying
from exchange.rooms.services.orders import BidOrder
from exchange.rooms.services.signing import load_key
from exchange.rooms.services.verifying import Verifiers, is_awaited
from signatures.crypto.suites import Suite, provider_of

MESSAGE = b'{"bid_id":"one","price":"20000.00"}'


class Desk:
    """Verifiers, and a way to wait for what they have to tell."""

    def __init__(self, count: int = 1) -> None:
        self._told = asyncio.Event()
        self.verifiers = Verifiers(self._told.set, count)

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not holds():
                self._told.clear()
                await self._told.wait()

    async def ready(self) -> None:
        await self.until(lambda: all(line._ready for line in self.verifiers._lines))

    @property
    def pids(self) -> list[int]:
        return [line._process.pid for line in self.verifiers._lines if line._process is not None]


def with_desk(play: Callable[[Desk], Coroutine[Any, Any, None]], count: int = 1) -> None:
    async def run() -> None:
        desk = Desk(count)
        desk.verifiers.start()
        try:
            await desk.ready()
            await play(desk)
        finally:
            desk.verifiers.stop()

    asyncio.run(run())


def bids(count: int, suite: Suite = Suite.INTERNATIONAL) -> list[BidOrder]:
    """Signed bids that nobody has checked; every third one says something else than what was signed."""
    provider = provider_of(suite)
    private, spki = provider.new_key()
    signature = provider.raw_signer(private)(MESSAGE)
    frame: Any = SimpleNamespace(signature=signature)
    messages = [MESSAGE.replace(b"20000", b"20001") if n % 3 == 2 else MESSAGE for n in range(count)]
    return [BidOrder(1, 1, "01", frame, message, timezone.now(), load_key(spki)) for message in messages]


def right(order: BidOrder) -> bool:
    return order.signed is (order.canonical == MESSAGE)


@pytest.mark.parametrize("suite", list(Suite))
def test_each_bid_gets_its_own_answer(suite: Suite) -> None:
    asked = bids(100, suite)

    async def play(desk: Desk) -> None:
        desk.verifiers.ask(asked[:1])
        desk.verifiers.ask(asked[1:])
        await desk.until(lambda: not any(map(is_awaited, asked)))

    with_desk(play, count=2)

    assert all(map(right, asked))


def test_what_a_process_has_no_time_for_is_left_to_the_writer() -> None:
    asked = bids(verifying.MOST_ASKED + 100)

    async def play(desk: Desk) -> None:
        os.kill(desk.pids[0], signal.SIGSTOP)
        desk.verifiers.ask(asked)
        assert sum(map(is_awaited, asked)) == verifying.MOST_ASKED
        assert not any(map(is_awaited, asked[verifying.MOST_ASKED :]))
        os.kill(desk.pids[0], signal.SIGCONT)
        await desk.until(lambda: not any(map(is_awaited, asked)))

    with_desk(play)

    assert all(map(right, asked[: verifying.MOST_ASKED]))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_process_that_ends_or_does_not_answer_is_awaited_no_longer_and_begun_anew(
    how: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "PATIENCE_S", 0.2)
    monkeypatch.setattr(verifying, "RESTART_S", 0.01)
    lost, later = bids(10), bids(10)

    async def play(desk: Desk) -> None:
        [first] = desk.pids
        os.kill(first, signal.SIGSTOP)
        desk.verifiers.ask(lost)
        os.kill(first, how)
        await desk.until(lambda: not any(map(is_awaited, lost)))
        assert [order.signed for order in lost] == [None] * 10
        await desk.until(lambda: desk.pids not in ([], [first]) and desk.verifiers._lines[0]._ready)
        desk.verifiers.ask(later)
        await desk.until(lambda: all(map(right, later)))

    with_desk(play)


def test_idle_process_that_ends_is_begun_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "RESTART_S", 0.01)

    async def play(desk: Desk) -> None:
        [first] = desk.pids
        os.kill(first, signal.SIGKILL)
        await desk.until(lambda: desk.pids not in ([], [first]) and desk.verifiers._lines[0]._ready)

    with_desk(play)


def test_answer_that_was_taken_in_meanwhile_is_no_end() -> None:
    asked = bids(1)

    async def play(desk: Desk) -> None:
        [first], [line] = desk.pids, desk.verifiers._lines
        desk.verifiers.ask(asked)
        assert line._socket is not None, "it is ready"
        select.select([line._socket], [], [])
        # Before the loop calls the reader, which it knows to be due.
        asyncio.get_running_loop().call_soon(desk.verifiers.hear)
        await desk.until(lambda: right(asked[0]))
        assert desk.pids == [first]

    with_desk(play)
