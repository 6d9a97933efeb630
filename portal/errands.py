"""What follows a commit and may take its time: the outbox, checkpoints, draws, in a thread beside the timekeeper.

A slow receiver of mail or a long gathering of the log must never hold back a hammer: they share no thread with rooms.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from django.db import connection
from django.utils import timezone

from bidding.awards import services as awards
from commons.evidence.services import checkpoint_due
from commons.outbox.services import deliver_due
from marketplace.credit import services as credit
from marketplace.entry import services as entries
from marketplace.procurement import services as procurements
from signatures.anchoring.services import stamp_checkpoints
from signatures.documents import services as documents
from signatures.draws import services as draws
from signatures.envelopes import services as envelopes
from signatures.pki import services as pki

logger = logging.getLogger(__name__)

EVERY_S = 1.0
ERRANDS: tuple[Callable[[datetime], object], ...] = (
    deliver_due,
    checkpoint_due,
    awards.settle_due,
    awards.close_rounds,
    awards.close_competitions,
    awards.take_room_results,
    draws.advance_due,
    stamp_checkpoints,
    pki.stamp_due,
    pki.watch_expiry,
    pki.watch_revocation,
    envelopes.stamp_pending,
    envelopes.alarm_quorums,
    documents.watch_archive,
    documents.watch_seal,
    credit.advance_due,
    entries.refresh_due,
    procurements.follow_cases,
)
"""Each claims its work by conditional update or under a lock: any number of processes may run them."""


def start(stop: threading.Event) -> threading.Thread:
    """Run errands every second until `stop`."""
    thread = threading.Thread(target=run, args=(stop,), name="errands", daemon=True)
    thread.start()
    return thread


def run(stop: threading.Event) -> None:
    """The loop. Whatever fails is logged and tried again; a database that is away is waited for."""
    while not stop.is_set():
        for errand in ERRANDS:
            try:
                errand(timezone.now())
            except Exception:
                logger.exception("%s failed; it is tried again", errand.__name__)
                connection.close()
        stop.wait(EVERY_S)
    connection.close()
