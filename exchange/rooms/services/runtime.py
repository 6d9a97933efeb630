"""What a web process keeps for its rooms: hub, writer, reader, news. One per process, started by the first socket."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import close_old_connections

from commons.people import announcements
from commons.people.announcements import SessionsEnded
from exchange.rooms.broadcast.hub import Cadence, Hub, Scene
from exchange.rooms.broadcast.news import News
from exchange.rooms.broadcast.outlets import text_frame
from exchange.rooms.broadcast.peers import Peer
from exchange.rooms.broadcast.rendering import render_own, render_scene
from exchange.rooms.protocol import (
    CLOSE_NO_ROOM,
    CLOSE_RESTART,
    CLOSE_SIGNED_OUT,
    NotStored,
    Receipt,
    RefusalFrame,
    encode,
)
from exchange.rooms.services import metrics, reading
from exchange.rooms.services.credits import BIDS, Allowance, Credit, allowance_of
from exchange.rooms.services.heartbeat import Heartbeat
from exchange.rooms.services.orders import BidOrder, FrameNote, Moved, Outcome
from exchange.rooms.services.reading import KeyView
from exchange.rooms.services.tickets import LIFETIME_MS, Ticket
from exchange.rooms.services.wording import Wording
from exchange.rooms.services.writer import Done, Writer

logger = logging.getLogger(__name__)
SWEEP_S = 0.7
"""So that what ended is found, and its sockets closed, within a second."""
REMEMBER_ENDED_S = 2 * LIFETIME_MS / 1000
MOST_NOTES_WAITING = 1_000
MOST_KEYS = 50_000

T = TypeVar("T")


class Runtime:
    """The loop's side of the rooms of this process. Every method is called on the loop unless it says otherwise."""

    def __init__(self, *, wording: Wording, cadence: Cadence | None = None, bids: Allowance | None = None) -> None:
        self.wording = wording
        self._allowance = bids
        self.hub = Hub(render_scene, cadence, render_own=render_own)
        self._loop = asyncio.get_running_loop()
        self._writer = Writer(self._told)
        self._reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="room-reader")
        self._news = News(self._hear_from_news)
        self._unsubscribe = announcements.subscribe(self._hear_from_people)
        self._heartbeat = Heartbeat()
        self._orders: list[BidOrder] = []
        self._notes: list[FrameNote] = []
        self._asked: dict[int, asyncio.Future[int]] = {}
        self._stale: dict[int, int] = {}
        self._keys: dict[tuple[int, str], KeyView] = {}
        self._ended: dict[int, float] = {}
        self._credits: dict[tuple[int, int], Credit] = {}
        self._flushing = False
        self._stopped = False
        self._writer.start()
        self._heartbeat.start()
        self._sweeper = self._loop.create_task(self._sweep())

    def stop(self) -> None:
        """Finish what was handed in and let go of threads and subscriptions."""
        self._stopped = True
        self._sweeper.cancel()
        self._unsubscribe()
        self._news.close()
        self._heartbeat.stop()
        self._writer.stop()
        self._reader.shutdown(wait=False)

    # Bids

    @property
    def is_full(self) -> bool:
        return self._writer.is_full

    def credit(self, room_id: int, participant_id: int) -> Credit:
        """What a bidder has left, over all its sockets in this process."""
        credit = self._credits.get((room_id, participant_id))
        if credit is None:
            credit = self._credits[(room_id, participant_id)] = Credit(self._allowance or self._allowed(room_id))
        return credit

    def _allowed(self, room_id: int) -> Allowance:
        """What the rules of the room allow; what is usual until they are known."""
        state = self.hub.scene(room_id).state
        return BIDS if state is None else allowance_of(state.rules)

    def place(self, order: BidOrder) -> None:
        """Hand a bid to the writer; its verdict goes to `order.reply_to`, a `Peer`."""
        self._orders.append(order)
        self._flush_soon()

    def note(self, note: FrameNote) -> None:
        """Keep the record of a refused frame."""
        if len(self._notes) < MOST_NOTES_WAITING:
            self._notes.append(note)
            self._flush_soon()

    def _flush_soon(self) -> None:
        if not self._flushing:
            self._flushing = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        """Everything that arrived in one turn of the loop goes to the writer together."""
        self._flushing = False
        orders, self._orders = self._orders, []
        notes, self._notes = self._notes, []
        self._writer.hand_in(orders, notes)

    def _answer(self, outcome: Outcome, language: str) -> bytes:
        order = outcome.order
        if outcome.receipt is not None:
            return text_frame(encode(self.worded(outcome.receipt, language)))
        bid_id = order.frame.bid_id if isinstance(order, BidOrder) else None
        return text_frame(encode(self.wording.refusal(outcome.refusal or NotStored(), language, bid_id)))

    def worded(self, receipt: Receipt, language: str) -> Receipt:
        """The receipt with the text for its reader."""
        return self.wording.receipt(receipt, language) if receipt.code else receipt

    def refusal_frame(self, refusal: Any, language: str, bid_id: str | None = None) -> RefusalFrame:
        return self.wording.refusal(refusal, language, bid_id)

    def _told(self, done: Done) -> None:
        for outcome in done.committed.outcomes:
            if (peer := outcome.order.reply_to) is not None:
                peer.write(self._answer(outcome, peer.language))
        self._moved(done.committed.moved)
        self._moved(done.refreshed or ())
        if done.committed.moved:
            self._news.publish({moved.room_id: moved.seq for moved in done.committed.moved})
        there = {moved.room_id for moved in done.refreshed or ()}
        for room_id in done.asked:
            self._stale.pop(room_id, None)
            if (asked := self._asked.pop(room_id, None)) is not None and not asked.done():
                missing = CLOSE_RESTART if done.refreshed is None else CLOSE_NO_ROOM
                asked.set_result(0 if room_id in there else missing)

    def _moved(self, moves: Iterable[Moved]) -> None:
        for moved in moves:
            self.hub.move(moved.room_id, epoch=moved.epoch, seq=moved.seq, state=moved.state, events=moved.events)

    # Rooms that other processes move

    async def scene(self, room_id: int) -> Scene | int:
        """The room with a state to show, or the code to close with when there is none."""
        scene = self.hub.scene(room_id)
        if scene.state is None and (code := await self._ask(room_id)):
            if not scene.sockets:
                self.hub.scenes.pop(room_id, None)
            return code
        return scene

    def leave(self, peer: Peer) -> None:
        self.hub.leave(peer)

    async def _ask(self, room_id: int) -> int:
        asked = self._asked.get(room_id)
        if asked is None:
            asked = self._asked[room_id] = self._loop.create_future()
            self._writer.ask((room_id,))
        return await asked

    def _hear_from_news(self, moves: Any) -> None:
        """In some thread: other processes, or the timekeeper of this one, moved rooms."""
        if not self._stopped:
            self._loop.call_soon_threadsafe(self._refresh, dict(moves))

    def _refresh(self, moves: dict[int, int]) -> None:
        behind = [
            room_id
            for room_id, seq in moves.items()
            if (scene := self.hub.scenes.get(room_id)) is not None and scene.seq < seq and room_id not in self._stale
        ]
        if behind:
            self._stale.update({room_id: moves[room_id] for room_id in behind})
            self._writer.ask(behind)

    async def _sweep(self) -> None:
        """News may be lost (Redis was away): compare with the rows every `SWEEP_S`, for rooms that somebody sees.

        Of keys that have ended there is no news at all: this is how a process learns of them. That a person's sessions
        ended is announced, and found here by who did not hear it.
        """
        while True:
            await asyncio.sleep(SWEEP_S)
            now = time.monotonic()
            metrics.measure(self.hub, self._writer.waiting)
            for person_id in [who for who, at in self._ended.items() if now - at > REMEMBER_ENDED_S]:
                del self._ended[person_id]
            if not self.hub.scenes:
                continue
            try:
                people = self.hub.people()
                rows = await self.read(reading.rows_of, list(self.hub.scenes), people)
                self._refresh(rows.seqs)
                self.hub.close_outdated({who: rows.socket_epochs.get(who) for who in people}, CLOSE_SIGNED_OUT)
                for ended in rows.ended_keys:
                    self._keys.pop(ended, None)
            except Exception:
                logger.warning("the rooms' rows could not be read", exc_info=True)

    # People

    def _hear_from_people(self, ended: SessionsEnded) -> None:
        """In some thread."""
        if not self._stopped:
            self._loop.call_soon_threadsafe(self._sessions_ended, ended.person_id)

    def _sessions_ended(self, person_id: int) -> None:
        self._ended[person_id] = time.monotonic()
        self.hub.close_person(person_id, CLOSE_SIGNED_OUT)

    def has_ended(self, ticket: Ticket, now_ms: int) -> bool:
        """Whether the person's sessions ended after the ticket was issued, as far as this process heard."""
        ended = self._ended.get(ticket.person_id or 0)
        issued_ago_s = (now_ms - (ticket.expires_ms - LIFETIME_MS)) / 1000
        return ended is not None and time.monotonic() - ended < issued_ago_s + 0.001

    # Reading

    async def read(self, question: Callable[..., T], *arguments: Any) -> T:
        """Ask the database something in the reader's thread, away from bids."""
        return await self._loop.run_in_executor(self._reader, _with_connection, question, arguments)

    async def key(self, room_id: int, key_id: str) -> KeyView | None:
        """The room key of that id; read once."""
        found = self._keys.get((room_id, key_id))
        if found is None and (found := await self.read(reading.room_key, room_id, key_id)) is not None:
            if len(self._keys) >= MOST_KEYS:
                self._keys.clear()
            self._keys[(room_id, key_id)] = found
        return found

    def known_key(self, room_id: int, key_id: str) -> KeyView | None:
        return self._keys.get((room_id, key_id))


def _with_connection(question: Callable[..., T], arguments: Sequence[Any]) -> T:
    close_old_connections()
    return question(*arguments)
