"""Which rooms moved: one small message per process and turn, through Redis where there is one.

News is a hint. The truth is the room's row: who missed a hint (Redis was away) finds out by the sweep of the runtime.
"""

import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping

import redis
from django.conf import settings

logger = logging.getLogger(__name__)
CHANNEL = "rooms.moved"
RECONNECT_S = 0.5
SPEAK_EVERY_S = 0.02
"""The first news after a quiet time leaves at once; a hot room is told of no more often than its watchers are."""

Moves = Mapping[int, int]
"""Room id → the seq it has reached."""
Listener = Callable[[Moves], None]


class News:
    """One end of the wire: tells what this end moved, hears what others moved. `listener` runs in some thread."""

    _ends: "list[News]" = []
    _guard = threading.Lock()

    def __init__(self, listener: Listener | None = None) -> None:
        self._listener = listener
        self._id = uuid.uuid4().hex
        self._waiting: dict[int, int] = {}
        self._wake = threading.Event()
        self._open = True
        self._channel = _channel()
        with News._guard:
            News._ends.append(self)
        if settings.REDIS_URL:
            threading.Thread(target=self._speak, name="room-news-out", daemon=True).start()
            if listener is not None:
                threading.Thread(target=self._listen, name="room-news-in", daemon=True).start()

    def close(self) -> None:
        self._open = False
        self._wake.set()
        with News._guard:
            if self in News._ends:
                News._ends.remove(self)

    def publish(self, moves: Moves) -> None:
        """Tell the other ends in this process now, and other processes soon. Never blocks."""
        for end in list(News._ends):
            if end is not self and end._listener is not None:
                end._listener(moves)
        if settings.REDIS_URL:
            self._waiting.update(moves)
            self._wake.set()

    def _speak(self) -> None:
        client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2)
        spoke_at = 0.0
        while self._open:
            self._wake.wait()
            time.sleep(max(0.0, spoke_at + SPEAK_EVERY_S - time.monotonic()))
            self._wake.clear()
            spoke_at = time.monotonic()
            waiting, self._waiting = self._waiting, {}
            if not waiting:
                continue
            message = json.dumps({"from": self._id, "rooms": {str(room): seq for room, seq in waiting.items()}})
            try:
                client.publish(self._channel, message)
            except (redis.RedisError, OSError):
                logger.warning("rooms moved, but Redis could not be told")

    def _listen(self) -> None:
        while self._open:
            try:
                self._listen_until_broken()
            except (redis.RedisError, OSError):
                logger.warning("lost Redis while listening for moved rooms; trying again")
                time.sleep(RECONNECT_S)

    def _listen_until_broken(self) -> None:
        # Without socket_timeout=None redis-py 8 ends idle sockets after 5 seconds.
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=None) as client, client.pubsub() as pubsub:
            pubsub.subscribe(self._channel)
            while self._open:
                message = pubsub.get_message(ignore_subscribe_messages=True, timeout=1.0)
                if message is not None:
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
        if self._listener is not None:
            self._listener(moves)


def announce(moves: Moves) -> None:
    """Tell every end in this process, and other processes at once: for those who move a room now and then."""
    for end in list(News._ends):
        if end._listener is not None:
            end._listener(moves)
    if not settings.REDIS_URL:
        return
    message = json.dumps({"from": "", "rooms": {str(room): seq for room, seq in moves.items()}})
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as client:
            client.publish(_channel(), message)
    except (redis.RedisError, OSError):
        logger.warning("rooms moved, but Redis could not be told")


def _channel() -> str:
    return f"{getattr(settings, 'REDIS_PREFIX', 'luochui')}:{CHANNEL}"
