"""One hub per process: reads a hall once when it moved, cuts it once for each kind of viewer, writes to the sockets.

Other processes are not told: each looks at the number of its halls twice a second, one query for all of them, so that
nothing is lost when a message would be. A hint of this process (`broadcast`) wakes the hub at once.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from channels.db import database_sync_to_async
from django.utils import translation

from bidding.opening import broadcast
from bidding.opening.models import Hall
from bidding.opening.queries import mask, scene
from bidding.opening.tickets import Ticket
from commons.people import announcements
from commons.people import queries as people
from commons.people.announcements import SessionsEnded

LOOK_EVERY_S = 0.5
CHECK_EVERY_S = 1.0
ALIVE_EVERY_S = 15.0
SEND_WITHIN_S = 5.0
CLOSE_SIGNED_OUT = 4401

Write = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass(eq=False)
class Peer:
    """A socket: what it may see and how to write to it."""

    ticket: Ticket
    write: Write
    seq: int = -1
    """Of the scene that was sent last."""
    closed: asyncio.Event = field(default_factory=asyncio.Event)


class Hub:
    """The sockets of this process and the task that serves them while there are any."""

    def __init__(self) -> None:
        self._peers: set[Peer] = set()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stops: list[Callable[[], None]] = []
        self._ended: set[int] = set()
        """People whose sessions ended, to be put out at the next turn."""
        self._loop: asyncio.AbstractEventLoop | None = None

    def add(self, peer: Peer) -> None:
        self._peers.add(peer)
        if self._task is None or self._task.done():
            self._loop = asyncio.get_running_loop()
            self._stops = [broadcast.listen(self._hint), announcements.subscribe(self._hear_from_people)]
            self._task = self._loop.create_task(self._run())
        self._wake.set()

    def drop(self, peer: Peer) -> None:
        self._peers.discard(peer)
        peer.closed.set()

    def _hint(self, hall_id: int, seq: int) -> None:
        """Called in whatever thread has committed."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake.set)

    def _hear_from_people(self, ended: SessionsEnded) -> None:
        """Called in some thread: a session was ended alone, for example that of a revoked certificate."""
        self._ended.add(ended.person_id)
        self._hint(0, 0)

    async def _run(self) -> None:
        checked_at = alive_at = time.monotonic()
        try:
            while self._peers:
                self._wake.clear()
                await self._end_announced()
                await self._show()
                now = time.monotonic()
                if now - checked_at >= CHECK_EVERY_S:
                    checked_at = now
                    await self._end_signed_out()
                if now - alive_at >= ALIVE_EVERY_S:
                    alive_at = now
                    await self._send(self._peers, json.dumps({"type": "alive"}))
                try:
                    await asyncio.wait_for(self._wake.wait(), LOOK_EVERY_S)
                except TimeoutError:
                    continue
        finally:
            for stop in self._stops:
                stop()

    async def _show(self) -> None:
        """Send what moved to those who have not seen it."""
        halls = {peer.ticket.hall_id for peer in self._peers}
        reached = await _reached(halls)
        for hall_id, seq in reached.items():
            behind = [peer for peer in self._peers if peer.ticket.hall_id == hall_id and peer.seq != seq]
            for language in {peer.ticket.language for peer in behind}:
                full = await _scene(hall_id, language)
                await self._show_in(full, [peer for peer in behind if peer.ticket.language == language])

    async def _show_in(self, full: dict[str, Any], peers: list[Peer]) -> None:
        texts: dict[tuple[str, int | None], str] = {}
        for peer in peers:
            key = (peer.ticket.viewer.value, peer.ticket.organisation_id)
            if key not in texts:
                seen = mask(full, peer.ticket.viewer, organisation_id=peer.ticket.organisation_id)
                texts[key] = json.dumps({"type": "scene", "scene": seen}, ensure_ascii=False)
            peer.seq = full["seq"]
        for key, text in texts.items():
            told = [one for one in peers if (one.ticket.viewer.value, one.ticket.organisation_id) == key]
            await self._send(told, text)

    async def _send(self, peers: Iterable[Peer], text: str) -> None:
        """Nobody waits for a slow socket longer than a few seconds; then it is closed and comes back by itself."""
        results = await asyncio.gather(*(self._write(peer, text) for peer in list(peers)), return_exceptions=True)
        for peer, result in zip(list(peers), results, strict=False):
            if isinstance(result, BaseException):
                self.drop(peer)

    async def _write(self, peer: Peer, text: str) -> None:
        async with asyncio.timeout(SEND_WITHIN_S):
            await peer.write({"type": "websocket.send", "text": text})

    async def _end_signed_out(self) -> None:
        """Whoever signed out, or lost a role, is out within a second."""
        known = {peer.ticket.person_id for peer in self._peers if peer.ticket.person_id}
        if not known:
            return
        epochs = await _epochs(known)
        for peer in [one for one in self._peers if one.ticket.person_id]:
            if epochs.get(peer.ticket.person_id or 0, -1) > peer.ticket.epoch or peer.ticket.person_id not in epochs:
                await self._put_out(peer)

    async def _end_announced(self) -> None:
        """Every socket of a person of whom a session ended; those whose own goes on come back by themselves."""
        ended, self._ended = self._ended, set()
        for peer in [one for one in self._peers if one.ticket.person_id in ended]:
            await self._put_out(peer)

    async def _put_out(self, peer: Peer) -> None:
        await peer.write({"type": "websocket.close", "code": CLOSE_SIGNED_OUT})
        self.drop(peer)


@database_sync_to_async  # type: ignore[untyped-decorator]  # channels is not typed
def _reached(halls: Iterable[int]) -> dict[int, int]:
    return dict(Hall.objects.filter(pk__in=list(halls)).values_list("pk", "seq"))


@database_sync_to_async  # type: ignore[untyped-decorator]  # channels is not typed
def _scene(hall_id: int, language: str) -> dict[str, Any]:
    with translation.override(language):
        return scene(hall_id)


@database_sync_to_async  # type: ignore[untyped-decorator]  # channels is not typed
def _epochs(person_ids: Iterable[int]) -> dict[int, int]:
    return people.session_epochs(list(person_ids))
