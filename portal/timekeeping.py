"""The timekeeper's loop: rooms to the instant, other deadlines every second."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from exchange.rooms.services.timekeeping import Timekeeper
from portal import errands, pulses

logger = logging.getLogger(__name__)

LONGEST_SLEEP_S = 0.2
SHORTEST_SLEEP_S = 0.005
OTHER_DEADLINES_EVERY = timedelta(seconds=1)
ERRANDS_END_WITHIN_S = 5.0
OTHER_DEADLINES = (
    "exchange.auctions.services:advance_due",
    "exchange.rooms.services.rehearsing:advance_rehearsals",
    "signatures.signing.services:expire_due",
    "commons.approvals.services:expire_due",
    "commons.calendar.reckoning:reckon_anew",
    "signatures.envelopes.services:end_windows",
    "signatures.envelopes.services:sweep_uploads",
    "signatures.guarantees.services:advance_due",
    "marketplace.selection.services:advance_due",
    "marketplace.fulfilment.services:advance_due",
    "marketplace.signups.services:advance_due",
    "marketplace.procurement.services:advance_due",
    "marketplace.entry.services:advance_due",
    "bidding.opening.services:advance_due",
)
"""What else is due by the clock: `advance(at) -> int`, idempotent, by conditional update."""


def run(stop: threading.Event | None = None, *, only_rooms: bool = False, pulse: Path | None = None) -> None:
    """Keep time until told to stop. A database that is away is waited for.

    Every second in which time was kept leaves a mark for those who watch (`pulses`), and touches the file `pulse`.
    """
    stop = stop or threading.Event()
    others = [] if only_rooms else _other_deadlines()
    keeper, others_at = Timekeeper(), timezone.now()
    helper = None if only_rooms else errands.start(stop)
    while not stop.is_set():
        at = timezone.now()
        pause_s = LONGEST_SLEEP_S
        try:
            keeper.advance(at=at)
            if at >= others_at:
                others_at = at + OTHER_DEADLINES_EVERY
                _advance(others, at)
                pulses.beat(at, file=pulse)
            pause_s = _until(keeper.next_due())
        except (DatabaseError, InterfaceError):
            logger.warning("the timekeeper waits for the database", exc_info=True)
            keeper.engine.forget()
        except Exception:
            logger.exception("the timekeeper failed; it goes on")
            keeper.engine.forget()
        stop.wait(pause_s)
    connection.close()
    if helper is not None:
        helper.join(timeout=ERRANDS_END_WITHIN_S)


def _until(due_at: datetime | None) -> float:
    if due_at is None:
        return LONGEST_SLEEP_S
    return min(LONGEST_SLEEP_S, max(SHORTEST_SLEEP_S, (due_at - timezone.now()).total_seconds()))


def _advance(others: list[Callable[[datetime], int]], at: datetime) -> None:
    for advance in others:
        try:
            advance(at)
        except (DatabaseError, InterfaceError):
            raise
        except Exception:
            logger.exception("%s.%s failed; it is tried again", advance.__module__, advance.__name__)


def _other_deadlines() -> list[Callable[[datetime], int]]:
    found = []
    for path in OTHER_DEADLINES:
        module, name = path.split(":")
        found.append(getattr(import_module(module), name))
    return found
