"""Proof of life of the room writers: a row that is moved every second while bids can be stored.

A gap in it longer than the shortest outage that any rule allows is recorded as an outage; rooms that were open get the
time back (the timekeeper pauses and resumes them). The row is common to all processes: one living writer is enough.
"""

import logging
import threading
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils import timezone

from exchange.rooms.models import RoomHeartbeat, RoomOutage

logger = logging.getLogger(__name__)

BEAT_S = 1.0
SHORTEST_OUTAGE = timedelta(seconds=5)
"""Shorter gaps are not even written down; each room's rules say what they allow."""


class Heartbeat:
    """Beats from a thread of its own until stopped."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="room-heartbeat", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                beat(at=timezone.now())
            except (DatabaseError, InterfaceError):
                logger.warning("the heartbeat could not be stored: nobody can bid now")
                connection.close()
            self._stop.wait(BEAT_S)
        connection.close()


def beat(*, at: datetime) -> None:
    """Say that bids can be stored now; a long silence before it becomes an outage."""
    with transaction.atomic():
        row = RoomHeartbeat.objects.select_for_update().filter(pk=1).first()
        if row is None:
            RoomHeartbeat.objects.get_or_create(pk=1, defaults={"beat_at": at})
            return
        if at - row.beat_at > SHORTEST_OUTAGE:
            RoomOutage.objects.get_or_create(started_at=row.beat_at, defaults={"ended_at": at})
        RoomHeartbeat.objects.filter(pk=1, beat_at__lt=at).update(beat_at=at)
