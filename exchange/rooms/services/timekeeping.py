"""Time decides: opens, advances and closes rooms, and gives time back after an outage.

Any number of timekeepers may run: each change goes through the same conditional update as bids, and a tick that finds
nothing due leaves no trace. A late timekeeper changes when something is announced, never the result.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from commons.domain.actor import system_actor
from commons.domain.time import to_text
from commons.evidence import queries as evidence
from exchange.rooms.broadcast.news import announce
from exchange.rooms.domain.commands import Command, Pause, Resume, Tick
from exchange.rooms.domain.instants import floor
from exchange.rooms.domain.model import RoomState
from exchange.rooms.domain.phases import Phase
from exchange.rooms.models import Room, RoomHeartbeat, RoomOutage
from exchange.rooms.services.engine import Engine
from exchange.rooms.services.orders import CommandOrder

logger = logging.getLogger(__name__)

TIMEKEEPER = system_actor("timekeeper")
MOST_ROOMS_AT_ONCE = 200
FRESH = timedelta(seconds=3)
"""A heartbeat younger than this proves that bids can be stored again."""
BACK_IN = timedelta(seconds=10)
"""After an outage a room runs on after this notice, so that bidders can come back."""
OUTAGES_LOOKED_AT = timedelta(hours=6)
OUTAGE = "OUTAGE"
INTERRUPTIBLE = (Phase.FREE, Phase.WAITING, Phase.TIMED, Phase.OPEN)


@dataclass
class Timekeeper:
    """One timekeeper; belongs to one thread."""

    engine: Engine = field(default_factory=Engine)

    def advance(self, *, at: datetime) -> int:
        """Let everything happen that is due at `at`; the number of rooms that moved."""
        interrupted = self._mind_outages(at)
        due = Room.objects.filter(due_at__lte=at).exclude(pk__in=interrupted).order_by("due_at", "id")
        return self._command({room_id: Tick() for room_id in due.values_list("pk", flat=True)[:MOST_ROOMS_AT_ONCE]})

    def next_due(self) -> datetime | None:
        """When the next room is due, if any is."""
        return Room.objects.filter(due_at__isnull=False).order_by("due_at").values_list("due_at", flat=True).first()

    def _mind_outages(self, at: datetime) -> set[int]:
        """Pause rooms in which nobody could bid for too long, resume those that can go on; the rooms that must wait."""
        beat_at = RoomHeartbeat.objects.filter(pk=1).values_list("beat_at", flat=True).first()
        if beat_at is None:
            return set()
        if at - beat_at <= FRESH:
            for started_at, ended_at in self._outages(at):
                self._pause(started_at, ended_at)
            self._resume(at)
            return set()
        self._pause(beat_at, at)
        # Whether this silence lasts too long is not known yet: what closes in it waits for the answer.
        cut_off = Room.objects.filter(phase__in=INTERRUPTIBLE, closes_at__gt=beat_at)
        return set(cut_off.values_list("pk", flat=True))

    def _outages(self, at: datetime) -> Sequence[tuple[datetime, datetime]]:
        recent = RoomOutage.objects.filter(ended_at__gte=at - OUTAGES_LOOKED_AT).order_by("started_at")
        return list(recent.values_list("started_at", "ended_at"))

    def _pause(self, since: datetime, until: datetime) -> None:
        """Pause what was open from `since` and could not be bid in for longer than its rules allow."""
        rooms = Room.objects.filter(phase__in=INTERRUPTIBLE, opens_at__lt=until).order_by("id")
        room_ids = list(rooms.values_list("pk", flat=True))
        self.engine.refresh(room_ids)
        reference = f"outage:{to_text(since)}"
        commands: dict[int, Command] = {}
        for room_id in room_ids:
            state = self.engine.rooms[room_id].state
            if _was_cut_off(state, since, until) and not self._is_settled(room_id, reference):
                commands[room_id] = Pause(reason=OUTAGE, reference=reference, since=floor(since))
        self._command(commands)

    def _is_settled(self, room_id: int, reference: str) -> bool:
        """Whether the room was paused for this outage before."""
        needle = f'"reference":"{reference}"'.encode()
        links = evidence.entries(
            f"room:{room_id}", after_seq=max(0, self.engine.rooms[room_id].seq - 2_000), limit=2_000
        )
        return any(link.type == "RoomPaused" and needle in link.payload for link in links)

    def _resume(self, at: datetime) -> None:
        """What was paused by an outage runs on, after a short notice."""
        paused = list(Room.objects.filter(phase=Phase.PAUSED).order_by("id").values_list("pk", flat=True))
        if not paused:
            return
        commands: dict[int, Command] = {}
        for room_id in paused:
            last = self._last_pause(room_id)
            if last.startswith("outage:"):
                commands[room_id] = Resume(reason=OUTAGE, reference=last, resumes_at=floor(at + BACK_IN))
        self._command(commands)

    def _last_pause(self, room_id: int) -> str:
        self.engine.refresh([room_id])
        pauses = [event for event in self.engine.rooms[room_id].tape if event.type == "RoomPaused"]
        return str(getattr(pauses[-1], "reference", "")) if pauses else ""

    def _command(self, commands: dict[int, Command]) -> int:
        if not commands:
            return 0
        self.engine.refresh(commands)
        committed = self.engine.commit(
            [CommandOrder(room_id, command, TIMEKEEPER.ref) for room_id, command in commands.items()]
        )
        for outcome in committed.outcomes:
            if outcome.refusal is not None:
                logger.info("room %s: %s refused (%s)", outcome.order.room_id, outcome.order, outcome.refusal.code)
        if committed.moved:
            announce({moved.room_id: moved.seq for moved in committed.moved})
        return len(committed.moved)


def _was_cut_off(state: RoomState, since: datetime, until: datetime) -> bool:
    """Whether a phase ran at some instant of the silence, and the silence was longer than the rules allow."""
    clock = state.clock
    if state.phase not in INTERRUPTIBLE or clock.closes_at is None:
        return False
    overlaps = clock.begins_at < until and since < clock.closes_at
    return overlaps and until - since > timedelta(milliseconds=state.rules.allowed_outage_ms)
