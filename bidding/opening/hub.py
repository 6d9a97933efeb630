"""One hub per process: reads a hall once when it moved, cuts it once for each kind of viewer, writes to the sockets.

Other processes are not told: each looks at the number of its halls twice a second, one query for all of them, so that
nothing is lost when a message would be. A hint of this process (`broadcast`) wakes the hub at once. A frame is built
once and written straight to the transports (`exchange.rooms.broadcast.outlets`); who does not keep up is told the scene
of the moment when it has read what it has.
"""

import asyncio
import json
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from channels.db import database_sync_to_async
from django.db import DatabaseError, InterfaceError
from django.utils import translation

from bidding.opening import broadcast
from bidding.opening.models import Hall
from bidding.opening.queries import Viewer, mask, scene
from bidding.opening.tickets import Ticket
from commons.people import announcements
from commons.people import queries as people
from commons.people.announcements import SessionsEnded
from exchange.rooms.broadcast.outlets import Outlet, text_frame

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
CHECK_EVERY_S = 0.4
"""At every look that nobody hinted at: whose session ended is out within a second."""
ALIVE_EVERY_S = 15.0
WAITING_BYTES = 256 * 1024
"""What may wait for a socket before it is passed over …"""
BEHIND_FOR_S = 10.0
"""… and for how long it may stay so before it is closed; it comes back by itself."""
AT_ONCE = 100
"""Sockets that are written to before the loop does something else."""
CLOSE_SIGNED_OUT = 4401
CLOSE_SLOW = 4408

Send = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass(eq=False)
class Peer:
    """A socket: what it may see and how to write to it."""

    ticket: Ticket
    outlet: Outlet
    send: Send
    """The slow way, for closing."""
    seq: int = -1
    """Of the scene that was sent last."""
    behind_since: float = 0.0


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
                await self._unless_away(self._show())
                now = time.monotonic()
                if now - checked_at >= CHECK_EVERY_S:
                    checked_at = now
                    await self._unless_away(self._end_signed_out())
                if now - alive_at >= ALIVE_EVERY_S:
                    alive_at = now
                    await self._send(self._peers, json.dumps({"type": "alive"}), seq=None)
                try:
                    await asyncio.wait_for(self._wake.wait(), LOOK_EVERY_S)
                except TimeoutError:
                    continue
        finally:
            for stop in self._stops:
                stop()

    async def _unless_away(self, step: Awaitable[None]) -> None:
        """While the database is away the sockets wait; the next look tells what they missed."""
        try:
            await step
        except (DatabaseError, InterfaceError):
            logger.warning("the halls wait for the database", exc_info=True)

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
        groups: dict[tuple[Viewer, int | None], list[Peer]] = defaultdict(list)
        for peer in peers:
            groups[peer.ticket.viewer, peer.ticket.organisation_id].append(peer)
        for (viewer, organisation_id), group in groups.items():
            seen = mask(full, viewer, organisation_id=organisation_id)
            await self._send(group, json.dumps({"type": "scene", "scene": seen}, ensure_ascii=False), seq=full["seq"])

    async def _send(self, peers: Iterable[Peer], text: str, *, seq: int | None) -> None:
        """One frame for all of them; nobody waits for a slow socket."""
        frame = text_frame(text.encode())
        for number, peer in enumerate(list(peers), 1):
            if peer.outlet.waiting_bytes() > WAITING_BYTES:
                await self._pass_over(peer)
                continue
            peer.outlet.write(frame)
            peer.behind_since = 0.0
            peer.seq = peer.seq if seq is None else seq
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)

    async def _pass_over(self, peer: Peer) -> None:
        now = time.monotonic()
        peer.behind_since = peer.behind_since or now
        if now - peer.behind_since > BEHIND_FOR_S:
            await self._put_out(peer, CLOSE_SLOW)

    async def _end_signed_out(self) -> None:
        """Whoever signed out, or lost a role, is out within a second, though no announcement came."""
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

    async def _put_out(self, peer: Peer, code: int = CLOSE_SIGNED_OUT) -> None:
        self.drop(peer)
        await peer.send({"type": "websocket.close", "code": code})


@database_sync_to_async  # type: ignore[untyped-decorator]  # channels is not typed
def _reached(halls: Iterable[int]) -> dict[int, int]:
    return dict(Hall.objects.filter(pk__in=list(halls)).values_list("pk", "seq"))


@database_sync_to_async  # type: ignore[untyped-decorator]  # channels is not typed
def _scene(hall_id: int, language: str) -> dict[str, Any]:
    with translation.override(language):
        return scene(hall_id)


@database_sync_to_async  # type: ignore[untyped-decorator]  # channels is not typed
def _epochs(person_ids: Iterable[int]) -> dict[int, int]:
    return people.socket_epochs(list(person_ids))
