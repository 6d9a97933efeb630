"""Sessions that have ended, told to whoever keeps sockets open: this process at once, the others through Redis.

An announcement is a hint. The truth is `Person.socket_epoch`: a hub that missed a hint (Redis was away) finds out by
`queries.socket_epochs`, which it asks more than once a second.

    unsubscribe = subscribe(listener)       # listener(SessionsEnded) is called in some thread; it must not block
    publish(SessionsEnded(...))             # after the commit; `ending.end_sockets` does it
"""

import json
import logging
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import redis
from django.conf import settings

from commons.domain.time import from_text, to_text

logger = logging.getLogger(__name__)
CHANNEL = "sessions.ended"
RECONNECT_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class SessionsEnded:
    """The sessions of a person are over: all of them, or the one that `session_ref` names."""

    person_id: int
    session_ref: str
    reason: str
    at: datetime


Listener = Callable[[SessionsEnded], None]

_listeners: list[Listener] = []
_guard = threading.Lock()
_process = uuid.uuid4().hex
_ear: threading.Thread | None = None


def channel() -> str:
    """The Redis channel of this installation or test worker (pub/sub ignores database numbers)."""
    return f"{getattr(settings, 'REDIS_PREFIX', 'luochui')}:{CHANNEL}"


def publish(ended: SessionsEnded) -> None:
    """Tell the listeners of this process now, and the other processes through Redis where there is one."""
    _deliver(ended)
    if not settings.REDIS_URL:
        return
    message = {
        "from": _process,
        "person_id": ended.person_id,
        "session_ref": ended.session_ref,
        "reason": ended.reason,
        "at": to_text(ended.at),
    }
    try:
        # A Redis that does not even refuse must not hold up who signs out.
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
            client.publish(channel(), json.dumps(message))
    except redis.RedisError:
        # The epoch is raised in any case: the hubs of other processes find out within a second.
        logger.warning("sessions ended, but Redis could not be told", exc_info=True)


def subscribe(listener: Listener) -> Callable[[], None]:
    """Hear of ended sessions from now on; returns the function that stops it."""
    with _guard:
        _listeners.append(listener)
        _start_ear()
    return lambda: _forget(listener)


def _forget(listener: Listener) -> None:
    with _guard:
        if listener in _listeners:
            _listeners.remove(listener)


def _deliver(ended: SessionsEnded) -> None:
    for listener in list(_listeners):
        try:
            listener(ended)
        except Exception:
            logger.exception("a listener failed on ended sessions")


def _start_ear() -> None:
    global _ear
    if settings.REDIS_URL and (_ear is None or not _ear.is_alive()):
        _ear = threading.Thread(target=_listen, name="sessions-ended", daemon=True)
        _ear.start()


def _listen() -> None:
    while _listeners:
        try:
            _listen_until_broken()
        except (redis.RedisError, OSError):
            logger.warning("lost Redis while listening for ended sessions; trying again")
            time.sleep(RECONNECT_SECONDS)


def _listen_until_broken() -> None:
    # Without socket_timeout=None redis-py 8 ends idle sockets after 5 seconds.
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=None) as client, client.pubsub() as pubsub:
        pubsub.subscribe(channel())
        while _listeners:
            message = pubsub.get_message(ignore_subscribe_messages=True, timeout=1.0)
            if message is not None:
                _hear(message["data"])


def _hear(data: bytes) -> None:
    try:
        message = json.loads(data)
        if message["from"] == _process:
            return
        ended = SessionsEnded(message["person_id"], message["session_ref"], message["reason"], from_text(message["at"]))
    except (ValueError, KeyError, TypeError):
        logger.warning("unreadable announcement of ended sessions")
        return
    _deliver(ended)
