"""The writer of a process on a real database: one order of verdicts, whichever way a batch takes to its rows."""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import pytest
from django.db import connection

from exchange.rooms.models import Bid
from exchange.rooms.services.engine import Engine
from exchange.rooms.services.orders import BidOrder, Outcome
from exchange.rooms.services.verifying import is_awaited
from exchange.rooms.services.writer import Done, Writer
from tests.integration.exchange.rooms.test_engine import Clock, opened, receipt_of
from tests.live.rooms import Cast, check_room, order

pytestmark = pytest.mark.django_db(transaction=True)

Play = Callable[["Desk"], Coroutine[Any, Any, None]]


class Desk:
    """A writer and the verdicts that it told, in the order in which it told them."""

    def __init__(self, clock: Clock) -> None:
        self.engine = Engine(clock=clock)
        self.writer = Writer(self._told, self.engine)
        self.told: list[Outcome] = []
        self._news = asyncio.Event()

    def _told(self, done: Done) -> None:
        self.told += done.committed.outcomes
        self._news.set()

    async def place(self, *orders: BidOrder) -> None:
        """Hand in each on its own, as a busy loop does, and wait for all verdicts."""
        wanted = len(self.told) + len(orders)
        for each in orders:
            self.writer.hand_in([each])
        await self.arrived(wanted)

    async def arrived(self, wanted: int) -> None:
        """Wait until so many verdicts were told in all."""
        async with asyncio.timeout(20):
            while len(self.told) < wanted:
                self._news.clear()
                await self._news.wait()


def with_desk(clock: Clock, play: Play) -> Desk:
    async def run() -> Desk:
        desk = Desk(clock)
        desk.writer.start()
        try:
            await play(desk)
        finally:
            desk.writer.stop()
        return desk

    return asyncio.run(run())


def rising(room: Cast, clock: Clock, count: int, first: int = 20_000) -> list[BidOrder]:
    """Bids of two buyers in turn, each a step above the one before; none checked yet."""
    bids = [order(room, f"buyer{1 + n % 2}", f"{first + 100 * n}.00", clock.at) for n in range(count)]
    for bid in bids:
        bid.signed = None
    return bids


def codes(outcomes: Sequence[Outcome]) -> list[str]:
    return [outcome.refusal.code if outcome.refusal else outcome.receipt.code for outcome in outcomes]  # type: ignore[union-attr]


def test_verdicts_come_in_the_order_of_arrival_without_a_gap() -> None:
    room, clock, _ = opened()
    bids = rising(room, clock, 40)

    async def play(desk: Desk) -> None:
        await desk.place(bids[0])
        assert desk.engine.is_on_line is (connection.vendor == "postgresql")
        await desk.place(*bids[1:])

    desk = with_desk(clock, play)

    assert [outcome.order for outcome in desk.told] == bids
    assert {receipt_of(outcome).verdict for outcome in desk.told} == {"ACCEPTED"}
    seqs = [receipt_of(outcome).seq for outcome in desk.told]
    assert seqs == sorted(seqs)
    check_room(room.room_id)


def test_bids_that_come_together_are_stored_together() -> None:
    room, clock, _ = opened()
    bids = rising(room, clock, 40)

    async def play(desk: Desk) -> None:
        desk.writer.hand_in(bids)
        await desk.arrived(len(bids))

    desk = with_desk(clock, play)

    assert [outcome.order for outcome in desk.told] == bids
    assert len({bid.batch_id for bid in Bid.objects.all()}) < len(bids) / 2
    check_room(room.room_id)


def test_bid_whose_signature_does_not_hold_is_refused_in_its_place() -> None:
    room, clock, _ = opened()
    first, forged, last = rising(room, clock, 3)
    forged.canonical = forged.canonical.replace(b"20100.00", b"20100.01")

    async def play(desk: Desk) -> None:
        await desk.place(first, forged, last)

    assert codes(with_desk(clock, play).told) == ["", "ROOM_SIGNATURE_WRONG", ""]


def test_process_that_checks_signatures_takes_no_bid_with_it() -> None:
    room, clock, _ = opened()
    bids = rising(room, clock, 40)

    async def play(desk: Desk) -> None:
        await desk.place(bids[0])
        async with asyncio.timeout(20):
            while not (line := desk.writer._verifiers._lines[0])._ready:
                await asyncio.sleep(0.01)
        assert line._process is not None, "it is ready"
        line._process.send_signal(signal.SIGSTOP)
        for bid in bids[1:]:
            desk.writer.hand_in([bid])
        assert any(map(is_awaited, bids))
        line._process.kill()
        await desk.arrived(len(bids))

    desk = with_desk(clock, play)

    assert [outcome.order for outcome in desk.told] == bids
    assert {receipt_of(outcome).verdict for outcome in desk.told} == {"ACCEPTED"}
    check_room(room.room_id)


def test_batch_that_meets_another_process_is_decided_again_on_what_that_one_stored() -> None:
    room, clock, other = opened()
    first, mine, next_one = rising(room, clock, 3)
    theirs = order(room, "buyer2", "20100.00", clock.at)

    async def play(desk: Desk) -> None:
        await desk.place(first)
        await asyncio.to_thread(_commit_elsewhere, other, theirs)
        await desk.place(mine)
        await desk.place(next_one)

    assert codes(with_desk(clock, play).told) == ["", "ROOM_BELOW_STEP", ""]
    check_room(room.room_id)


def test_what_was_decided_ahead_is_decided_again_when_the_batch_before_it_was_not_stored() -> None:
    room, clock, other = opened()
    first, mine, next_one = rising(room, clock, 3)
    again = order(room, "buyer1", "20200.00", clock.at, next_one.frame.bid_id)
    theirs = order(room, "buyer2", "20100.00", clock.at)

    async def play(desk: Desk) -> None:
        await desk.place(first)
        await asyncio.to_thread(_commit_elsewhere, other, theirs)
        mine.signed = next_one.signed = True
        desk.writer.hand_in([mine])
        desk.writer.hand_in([next_one])
        assert (desk.writer._ahead is not None) is desk.engine.is_on_line
        await desk.arrived(3)
        await desk.place(again)

    told = with_desk(clock, play).told

    assert [outcome.order for outcome in told] == [first, mine, next_one, again]
    assert [receipt_of(outcome).code for outcome in told] == ["", "ROOM_BELOW_STEP", "", ""]
    assert receipt_of(told[2]) == receipt_of(told[3])
    check_room(room.room_id)


def test_same_bid_sent_again_while_it_is_being_stored_gets_the_same_receipt() -> None:
    room, clock, _ = opened()
    first, mine = rising(room, clock, 2)
    again = order(room, "buyer2", "20100.00", clock.at, mine.frame.bid_id)
    other = order(room, "buyer2", "20200.00", clock.at, mine.frame.bid_id)

    async def play(desk: Desk) -> None:
        await desk.place(first)
        mine.signed = again.signed = other.signed = True
        await desk.place(mine, again, other)

    told = with_desk(clock, play).told

    assert receipt_of(told[1]) == receipt_of(told[2])
    assert told[3].refusal is not None
    assert told[3].refusal.code == "IDEMPOTENCY_CONFLICT"
    assert Bid.objects.count() == 2
    check_room(room.room_id)


def test_connection_lost_in_the_middle_of_many_bids_loses_and_doubles_none() -> None:
    room, clock, _ = opened()
    bids = rising(room, clock, 60)

    async def play(desk: Desk) -> None:
        await desk.place(bids[0])
        for bid in bids[1:30]:
            desk.writer.hand_in([bid])
        await desk.arrived(4)
        if desk.engine.line is not None:
            await asyncio.to_thread(_terminate, desk.engine.line.info.backend_pid)
        for bid in bids[30:]:
            desk.writer.hand_in([bid])
        await desk.arrived(len(bids))
        unstored = {id(outcome.order) for outcome in desk.told if outcome.refusal is not None}
        await desk.place(*(bid for bid in bids if id(bid) in unstored))

    told = with_desk(clock, play).told

    assert {outcome.refusal.code for outcome in told if outcome.refusal is not None} <= {"ROOM_TRY_AGAIN"}
    receipts = {outcome.receipt.bid_id: outcome.receipt for outcome in told if outcome.receipt is not None}
    assert {bid.bid_id: bid.seq for bid in Bid.objects.all()} == {id_: one.seq for id_, one in receipts.items()}
    assert len(receipts) == len(bids)
    check_room(room.room_id)


def test_same_bid_twice_in_flight_gets_one_verdict_and_one_row() -> None:
    room, clock, other = opened()
    first, mine = rising(room, clock, 2)
    mine.signed = True

    async def play(desk: Desk) -> None:
        await desk.place(first)
        await asyncio.to_thread(_commit_elsewhere, other, mine)  # a retry that came through another process
        await desk.place(mine, mine)

    told = with_desk(clock, play).told

    assert receipt_of(told[1]) == receipt_of(told[2])
    assert receipt_of(told[1]).verdict == "ACCEPTED"
    assert Bid.objects.count() == 2


def test_connection_lost_under_a_batch_costs_a_retry_and_nothing_else() -> None:
    room, clock, _ = opened()
    first, mine = rising(room, clock, 2)

    async def play(desk: Desk) -> None:
        await desk.place(first)
        if desk.engine.line is not None:
            await asyncio.to_thread(_terminate, desk.engine.line.info.backend_pid)
        await desk.place(mine)
        await desk.place(mine)

    told = with_desk(clock, play).told

    assert codes(told[1:2]) in ([""], ["ROOM_TRY_AGAIN"])
    assert receipt_of(told[2]).verdict == "ACCEPTED"
    check_room(room.room_id)


def test_statement_that_the_server_let_go_of_costs_no_bid_its_verdict() -> None:
    room, clock, _ = opened()
    first, mine, next_one = rising(room, clock, 3)

    async def play(desk: Desk) -> None:
        await desk.place(first)
        if desk.engine.line is not None:
            # What a rollback on this connection does once something else was prepared on it.
            await asyncio.to_thread(desk.engine.line.execute, "DEALLOCATE ALL")
        await desk.place(mine)
        assert desk.engine.is_on_line is (connection.vendor == "postgresql")
        await desk.place(next_one)

    assert codes(with_desk(clock, play).told) == ["", "", ""]
    check_room(room.room_id)


def test_what_was_handed_in_before_the_end_is_stored() -> None:
    room, clock, _ = opened()
    bids = rising(room, clock, 12)

    async def play(desk: Desk) -> None:
        await desk.place(bids[0])
        for bid in bids[1:]:
            desk.writer.hand_in([bid])

    with_desk(clock, play)

    assert Bid.objects.count() == 12
    check_room(room.room_id)


def _commit_elsewhere(engine: Engine, bid: BidOrder) -> None:
    try:
        engine.commit([bid])
    finally:
        connection.close()


def _terminate(backend_pid: int) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [backend_pid])
    finally:
        connection.close()
