"""Decides and stores: whatever has come in for any room becomes one short transaction.

No process owns a room; its row's `seq` does. The engine holds the state of rooms as of a `seq`, decides on it in
memory, and stores with an update that matches only if the row is still there. Where another process was faster,
nothing is stored, the rooms catch up, and everything is decided again. What it holds is a copy; the truth is in the
rows. An engine belongs to one thread, whose database connection it uses.
"""

import hashlib
import logging
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg
from django.db import DatabaseError, IntegrityError, InterfaceError, connection, transaction
from django.utils import timezone

from commons.domain.actor import system_actor
from commons.domain.refusals import IdempotencyConflict, NotFound
from commons.evidence.domain import receipts
from commons.evidence.domain.chain import Link
from commons.evidence.keys import Purpose, held_signing_key
from commons.evidence.queries import published_head
from commons.evidence.services import StreamMoved, append, append_prepared, embedded
from commons.outbox import services as outbox
from commons.postgresql import Answer
from exchange.rooms.domain.events import Event
from exchange.rooms.domain.phases import OVER
from exchange.rooms.domain.sealing import reveal_stream
from exchange.rooms.protocol import NotStored, Receipt
from exchange.rooms.queries import loading
from exchange.rooms.queries.loading import Loaded
from exchange.rooms.queries.verdicts import receipt_of_row
from exchange.rooms.services import one_statement, storing
from exchange.rooms.services.drafting import Draft, Sheet
from exchange.rooms.services.orders import BidOrder, CommandOrder, Committed, FrameNote, Moved, Order, Outcome
from exchange.rooms.services.storing import BatchRow, BidRow, RoomStep

logger = logging.getLogger(__name__)

ENGINE = system_actor("rooms")
MOST_ATTEMPTS = 6
SNAPSHOT_EVERY = 2_000
REMEMBERED_BIDS = 20_000
HEAD_KEPT_S = 1.0

UNDECIDED = datetime.min.replace(tzinfo=UTC)

BidKey = tuple[int, str]
Clock = Callable[[], datetime]


@dataclass(slots=True)
class Remembered:
    """The first verdict on a `bid_id`, and what it was a verdict on."""

    body_hash: bytes
    receipt: Receipt


@dataclass(slots=True, eq=False)
class Attempt:
    """Orders that were decided and are not stored yet."""

    head: receipts.Head
    """Where the log stands, as its receipts say."""
    before: "Attempt | None" = None
    """What is being stored, on whose outcome all of this is built."""
    outcomes: list[Outcome] = field(default_factory=list)
    sheets: dict[int, Sheet] = field(default_factory=dict)
    drafts: dict[BidKey, Draft] = field(default_factory=dict)
    now: datetime = UNDECIDED
    """When the last of them was decided."""
    answer: Answer | None = None
    """Of the database, where it was sent without waiting."""
    is_unfit: bool = False
    """Deciding it failed half-way."""

    @property
    def changed(self) -> list[Sheet]:
        """The rooms of which there is something to store."""
        return [sheet for sheet in self.sheets.values() if sheet.links]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to store."""
        return not any(sheet.links for sheet in self.sheets.values())

    @property
    def links(self) -> list[Link]:
        return [link for sheet in self.changed for link in sheet.links]

    @property
    def fallen(self) -> list[Sheet]:
        """The rooms that end with this batch."""
        over = [sheet for sheet in self.changed if sheet.state.phase in OVER]
        return [sheet for sheet in over if sheet.state.phase != sheet.loaded.state.phase]

    @property
    def outgrown(self) -> list[Sheet]:
        """The rooms whose last snapshot lies far behind."""
        return [sheet for sheet in self.changed if sheet.head.seq - sheet.loaded.snapshot_seq >= SNAPSHOT_EVERY]

    def twin(self, key: BidKey) -> Draft | None:
        """The bid of that id that was decided here, or is being stored."""
        found = self.drafts.get(key)
        return self.before.drafts.get(key) if found is None and self.before is not None else found

    @property
    def line(self) -> int:
        """The socket on which the answer comes."""
        assert self.answer is not None, "it was sent"
        return self.answer.socket

    def signed(self) -> BatchRow:
        """The batch of receipts under one signature; each draft gets its own receipt."""
        return _signed(list(self.drafts.values()), self.now, self.head)

    def steps(self) -> list[RoomStep]:
        return [sheet.step() for sheet in self.changed]

    def rows(self) -> list[BidRow]:
        return [draft.row() for draft in self.drafts.values()]

    def values(self) -> one_statement.Values:
        """All of it for the one statement."""
        batch = self.signed() if self.drafts else None
        return one_statement.values_of(self.steps(), batch, self.rows(), self.links)


@dataclass
class Engine:
    """The rooms that this thread decides, as of the last commit."""

    clock: Clock = timezone.now
    rooms: dict[int, Loaded] = field(default_factory=dict)
    remembered: "OrderedDict[BidKey, Remembered]" = field(default_factory=OrderedDict)
    published: receipts.Head = receipts.NO_HEAD
    published_read: float = float("-inf")
    """When, by the monotonic clock."""
    line: "psycopg.Connection[Any] | None" = None
    """The connection that has stored a batch and can be sent the next ones."""

    def commit(self, orders: Sequence[Order], notes: Sequence[FrameNote] = ()) -> Committed:
        """Decide and store `orders` in their order; one outcome for each. Never raises for a database that is away."""
        try:
            for _ in range(MOST_ATTEMPTS):
                try:
                    return self._attempt(orders, notes)
                except storing.RoomMoved as moved:
                    self.catch_up(moved.room_ids or {order.room_id for order in orders})
                except (IntegrityError, StreamMoved):
                    # A bid_id is stored already (a retry that came through another process), or a row moved under us.
                    self._learn(orders)
                    self.catch_up({order.room_id for order in orders})
            logger.error("a batch of %s orders met other writers %s times", len(orders), MOST_ATTEMPTS)
        except (DatabaseError, InterfaceError):
            logger.exception("the batch could not be stored")
        self.forget()
        return Committed([Outcome(order, refusal=NotStored()) for order in orders])

    def forget(self) -> None:
        """Drop everything held, and the connection: what is true will be read again."""
        self.line = None
        self.rooms.clear()
        self.remembered.clear()
        self.published_read = float("-inf")
        try:
            connection.close()
        except (DatabaseError, InterfaceError):
            logger.warning("the broken connection could not be closed")

    def refresh(self, room_ids: Iterable[int]) -> list[Moved] | None:
        """Where the rooms stand now, with their last events; those that do not exist are left out. None: no answer."""
        try:
            self.catch_up(room_ids := tuple(room_ids))
        except (DatabaseError, InterfaceError):
            logger.exception("rooms could not be read")
            self.forget()
            return None
        held = (self.rooms.get(room_id) for room_id in room_ids)
        return [_moved(loaded, loaded.tape) for loaded in held if loaded is not None]

    def catch_up(self, room_ids: Iterable[int]) -> None:
        """Bring the rooms to where their rows stand."""
        for room_id in room_ids:
            held = self.rooms.get(room_id)
            loaded = loading.load(room_id) if held is None else loading.catch_up(held)
            if loaded is not None:
                self.rooms[room_id] = loaded

    # What the loop does itself

    @property
    def is_on_line(self) -> bool:
        """Whether batches can be sent to the database without waiting: PostgreSQL, once it has stored one."""
        return self.line is not None

    def can_decide(self, order: Order, attempt: Attempt | None) -> bool:
        """Whether the order can be decided in memory, in `attempt` or in a new one: nothing has to be read first."""
        return self.line is not None and order.room_id in self.rooms and (attempt is not None or self._knows_head())

    def begin(self, before: Attempt | None) -> Attempt:
        """What is decided while `before` is being stored, or now."""
        return Attempt(self.published, before)

    def decide(self, attempt: Attempt, orders: Iterable[Order]) -> None:
        """Decide more in this attempt, of rooms that are held. Nothing changes but the attempt."""
        attempt.now = now = self.clock()
        attempt.outcomes += [self._decide(order, attempt, now) for order in orders]

    def send(self, attempt: Attempt) -> bool:
        """Send an attempt that has something to store; False where that takes more than one statement.

        Then, and whenever something is raised here or by `is_stored`, nothing has changed in memory: `commit` its
        orders.
        """
        if self.line is None or attempt.fallen or attempt.outgrown or embedded.begins_a_stream(attempt.links):
            return False
        attempt.answer = one_statement.send(self.line, attempt.values())
        return True

    @staticmethod
    def is_stored(attempt: Attempt) -> bool:
        """Whether the database has committed what was sent; False: not yet. Raises its errors."""
        assert attempt.answer is not None, "it was sent"
        return attempt.answer.is_done()

    def settle(self, attempt: Attempt) -> Committed:
        """What was stored is now what is held; a verdict for every order."""
        attempt.before = None
        return self._commit_to_memory(attempt)

    # Deciding

    def _attempt(self, orders: Sequence[Order], notes: Sequence[FrameNote]) -> Committed:
        missing = {order.room_id for order in orders} - self.rooms.keys()
        if missing:
            self.catch_up(missing)
        attempt = Attempt(self._head())
        self.decide(attempt, orders)
        if not attempt.is_empty or notes:
            self._store(attempt, notes)
        return self.settle(attempt)

    def _decide(self, order: Order, attempt: Attempt, now: datetime) -> Outcome:
        sheet = attempt.sheets.get(order.room_id)
        if sheet is None:
            loaded = self._as_of(attempt.before, order.room_id)
            if loaded is None:
                return Outcome(order, refusal=NotFound())
            sheet = attempt.sheets[order.room_id] = Sheet.begin(loaded)
        if isinstance(order, CommandOrder):
            return sheet.obey(order, now)
        key = (order.room_id, order.frame.bid_id)
        body_hash = sheet.loaded.digest(order.canonical)
        if (known := self.remembered.get(key)) is not None:
            same = known.body_hash == body_hash
            return Outcome(order, receipt=known.receipt) if same else Outcome(order, refusal=IdempotencyConflict())
        if (twin := attempt.twin(key)) is not None:
            # Twice under way: the second waits for the first one's receipt.
            return Outcome(order) if twin.body_hash == body_hash else Outcome(order, refusal=IdempotencyConflict())
        attempt.drafts[key] = sheet.judge(order, body_hash, now)
        return Outcome(order)

    def _as_of(self, before: Attempt | None, room_id: int) -> Loaded | None:
        """The room as it will stand once `before` is stored."""
        if before is not None and (sheet := before.sheets.get(room_id)) is not None:
            return sheet.as_loaded()
        return self.rooms.get(room_id)

    def _store(self, attempt: Attempt, notes: Sequence[FrameNote]) -> None:
        fallen = attempt.fallen
        if attempt.changed and not fallen and _can_store_at_once(attempt.links):
            self.line = one_statement.store_at_once(attempt.values())
        elif attempt.changed:
            with transaction.atomic():
                self._store_step_by_step(attempt)
                _ask_for_checkpoints(fallen, attempt.now)
                _reveal(fallen, attempt.now)
        if notes:
            storing.insert_notes(notes, lambda frame: hashlib.sha256(frame).digest())
        self._keep_snapshots(attempt.outgrown)

    def _head(self) -> receipts.Head:
        """The log's head for the receipts of now: read again after a second, which is far below a checkpoint's age."""
        if not self._knows_head():
            self.published, self.published_read = published_head(), time.monotonic()
        return self.published

    def _knows_head(self) -> bool:
        return time.monotonic() - self.published_read < HEAD_KEPT_S

    def _store_step_by_step(self, attempt: Attempt) -> None:
        storing.move_rooms(attempt.steps())
        if attempt.drafts:
            batch = attempt.signed()
            storing.insert_batch(batch)
            storing.insert_bids(attempt.rows())
        append_prepared(attempt.links)

    def _keep_snapshots(self, due: Sequence[Sheet]) -> None:
        # After the commit: a snapshot is a short cut, never the truth, and may be missing.
        if due:
            storing.insert_snapshots([sheet.snapshot() for sheet in due])
            for sheet in due:
                sheet.snapshot_seq = sheet.head.seq

    def _commit_to_memory(self, attempt: Attempt) -> Committed:
        """What was stored is now what this thread holds."""
        moved = []
        for sheet in attempt.changed:
            loaded = self.rooms[sheet.loaded.room_id] = sheet.as_loaded()
            moved.append(_moved(loaded, sheet.tape))
        for key, draft in attempt.drafts.items():
            self._remember(key, Remembered(draft.body_hash, draft.frame()))
        for outcome in attempt.outcomes:
            order = outcome.order
            if isinstance(order, BidOrder) and outcome.receipt is None and outcome.refusal is None:
                outcome.receipt = self.remembered[order.room_id, order.frame.bid_id].receipt
        return Committed(attempt.outcomes, moved)

    def _remember(self, key: BidKey, verdict: Remembered) -> None:
        self.remembered[key] = verdict
        while len(self.remembered) > REMEMBERED_BIDS:
            self.remembered.popitem(last=False)

    def _learn(self, orders: Sequence[Order]) -> None:
        """Remember the stored verdicts on those bid_ids of the batch that are known already."""
        keys = [(order.room_id, order.frame.bid_id) for order in orders if isinstance(order, BidOrder)]
        for row in storing.known_bids(keys):
            seal = self.rooms[row.room_id].seal
            self._remember((row.room_id, row.bid_id), Remembered(bytes(row.body_hash), receipt_of_row(row, seal)))


def _can_store_at_once(links: Sequence[Link]) -> bool:
    """Whether one statement can be the whole transaction."""
    own = connection.vendor == "postgresql" and not connection.in_atomic_block
    return own and not embedded.begins_a_stream(links)


def _ask_for_checkpoints(fallen: Sequence[Sheet], now: datetime) -> None:
    """The hammer is a deadline of the log: it is signed at once and not at the next minute."""
    for sheet in fallen:
        key = f"room:{sheet.loaded.room_id}:{sheet.state.phase}"
        outbox.enqueue(topic="evidence.checkpoint", key=key, payload={}, at=now)


def _reveal(fallen: Sequence[Sheet], now: datetime) -> None:
    """A sealed call that has ended is opened for everybody: its key is published in the log, once."""
    for sheet in fallen:
        seal = sheet.loaded.seal
        if seal is None or sheet.loaded.state.phase in OVER:
            continue
        append(
            stream=reveal_stream(seal.room_id),
            type="OrdersRevealed",
            actor=ENGINE,
            payload={"room": str(seal.room_id), "key": seal.key.hex()},
            decided_at=now,
        )


def _signed(drafts: Sequence[Draft], now: datetime, head: receipts.Head) -> BatchRow:
    """One signature over the receipts of all drafts; each draft gets its own."""
    issued = receipts.issue([draft.body for draft in drafts], held_signing_key(Purpose.RECEIPTS), head=head)
    signed = issued[0].batch
    batch = BatchRow(uuid.uuid4(), signed.root, signed.size, signed.key, signed.signature, head.size, head.root, now)
    for draft, receipt in zip(drafts, issued, strict=True):
        draft.batch_id, draft.receipt = batch.id, receipt
    return batch


def _moved(loaded: Loaded, events: Sequence[Event]) -> Moved:
    return Moved(loaded.room_id, loaded.epoch, loaded.seq, loaded.state, events)
