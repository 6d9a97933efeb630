"""Which rooms moved: one small message per process and turn, through Redis where there is one.

News is a hint. The truth is the room's row: who missed a hint (Redis was away) finds out by the sweep of the runtime.
"""

import asyncio
import contextlib
import json
import logging
import threading
import uuid
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import redis
from django.conf import settings
from redis import asyncio as redis_on_the_loop

logger = logging.getLogger(__name__)
CHANNEL = "rooms.moved"
RECONNECT_S = 0.5
SPEAK_EVERY_S = 0.02
"""The first news after a quiet time leaves at once; a hot room is told of no more often than its watchers are."""

Moves = Mapping[int, int]
"""Room id → the seq it has reached."""
Listener = Callable[[Moves], None]


class News:
    """One end of the wire, of a process with a loop: tells what this end moved, hears what others moved.

    Threads of its own would take the interpreter from the bids fifty times a second, so both ways run on the loop.
    `listener` runs on the loop for what came through Redis, and in the thread of whoever announced something here.
    """

    _ends: "list[News]" = []
    _guard = threading.Lock()

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._id = uuid.uuid4().hex
        self._waiting: dict[int, int] = {}
        self._wake = asyncio.Event()
        self._channel = _channel()
        with News._guard:
            News._ends.append(self)
        self._tasks = [_on_the_loop(run()) for run in (self._speak, self._listen)] if settings.REDIS_URL else []

    def close(self) -> None:
        """Neither tell nor hear any more; the loop may have stopped."""
        for task in self._tasks:
            task.cancel()
        with News._guard, contextlib.suppress(ValueError):
            News._ends.remove(self)

    def publish(self, moves: Moves) -> None:
        """Tell the other ends in this process now, and other processes soon. On the loop; never blocks."""
        for end in list(News._ends):
            if end is not self:
                end._listener(moves)
        if settings.REDIS_URL:
            self._waiting.update(moves)
            self._wake.set()

    async def _speak(self) -> None:
        async with redis_on_the_loop.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as client:
            while True:
                await self._wake.wait()
                self._wake.clear()
                waiting, self._waiting = self._waiting, {}
                message = json.dumps({"from": self._id, "rooms": {str(room): seq for room, seq in waiting.items()}})
                try:
                    await client.publish(self._channel, message)
                except (redis.RedisError, OSError):
                    logger.warning("rooms moved, but Redis could not be told")
                await asyncio.sleep(SPEAK_EVERY_S)

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_until_broken()
            except (redis.RedisError, OSError):
                logger.warning("lost Redis while listening for moved rooms; trying again")
                await asyncio.sleep(RECONNECT_S)

    async def _listen_until_broken(self) -> None:
        # Without socket_timeout=None redis-py 8 ends idle sockets after 5 seconds.
        async with (
            redis_on_the_loop.Redis.from_url(settings.REDIS_URL, socket_timeout=None) as client,
            client.pubsub() as pubsub,
        ):
            await pubsub.subscribe(self._channel)
            async for message in pubsub.listen():
                if message["type"] == "message":
                    self._hear(message["data"])

    def _hear(self, data: bytes) -> None:
        try:
            message = json.loads(data)
            if message["from"] in {end._id for end in list(News._ends)}:
                return
            moves = {int(room): int(seq) for room, seq in message["rooms"].items()}
        except (ValueError, KeyError, TypeError, AttributeError):
            logger.warning("unreadable news of rooms")
            return
        self._listener(moves)


def announce(moves: Moves) -> None:
    """Tell every end in this process, and other processes at once: for those who move a room now and then."""
    for end in list(News._ends):
        end._listener(moves)
    if not settings.REDIS_URL:
        return
    message = json.dumps({"from": "", "rooms": {str(room): seq for room, seq in moves.items()}})
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as client:
            client.publish(_channel(), message)
    except (redis.RedisError, OSError):
        logger.warning("rooms moved, but Redis could not be told")


def _on_the_loop(coroutine: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
    return asyncio.get_running_loop().create_task(coroutine)


def _channel() -> str:
    return f"{getattr(settings, 'REDIS_PREFIX', 'luochui')}:{CHANNEL}"
