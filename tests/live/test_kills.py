"""Whatever dies, and wherever: no acknowledged bid is lost, doubled or renumbered, and all see one order."""

import asyncio
import os
import signal
from contextlib import suppress
from typing import Any

import pytest

from benchmarks.processes import children
from commons.evidence import queries as evidence
from exchange.rooms.client import RoomClient, new_bid_id, signed_bid
from exchange.rooms.models import Bid
from tests.live.rooms import Cast, check_room, english_rules, open_room
from tests.live.servers import Server, running, timekeeper

pytestmark = [
    pytest.mark.live,
    pytest.mark.services,
    pytest.mark.skipif(not os.environ.get("LUOCHUI_SERVICES"), reason="needs PostgreSQL for real"),
    pytest.mark.django_db(transaction=True),
]

MAGIC_PRICE = "66600.00"


class Witness:
    """Remembers what it was told, over all its connections."""

    def __init__(self) -> None:
        self.events: dict[int, dict[str, Any]] = {}

    def look_at(self, client: RoomClient) -> None:
        for frame in client.frames:
            for event in frame.get("events", []):
                assert self.events.setdefault(event["seq"], event) == event, "the same seq was told differently"


async def whole_tape(client: RoomClient) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    after = 0
    while True:
        answer = await client.ask({"type": "history", "after": after, "limit": 200}, "history")
        events += answer["events"]
        if not answer["more"]:
            return events
        after += 200


async def until_cut(client: RoomClient) -> None:
    while client.close_code is None:
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("point", ["before_commit", "after_commit", "after_answer"])
def test_acknowledged_bids_survive_the_death_of_the_web_process(point: str) -> None:
    room = open_room(english_rules(session_ms=300_000))
    server = Server("-m", "tests.live.faulty", point)
    tickets = {name: room.client(server, name) for name in ("buyer1", "buyer2")}
    watcher, witness = room.client(server), Witness()
    magic_id = new_bid_id()
    magic = signed_bid(room.room_id, room.keys["buyer1"], price=MAGIC_PRICE, bid_id=magic_id)
    told: dict[str, dict[str, Any]] = {}

    async def first_act() -> None:
        one, two = tickets["buyer1"], tickets["buyer2"]
        async with one, two, watcher:
            for step in range(6):
                bidder = (one, two)[step % 2]
                receipt = await bidder.bid(f"{20_000 + 100 * step}.00")
                told[receipt["bid_id"]] = receipt
            with suppress(ConnectionError):
                told[magic_id] = await one.place(magic_id, magic)
            await until_cut(one)
            witness.look_at(watcher)

    async def second_act(again: dict[str, RoomClient], watch: RoomClient) -> list[dict[str, Any]]:
        async with again["buyer1"] as one, again["buyer2"] as two, watch:
            verdict = one.welcome["verdicts"][0]
            if verdict["type"] == "unknown":
                verdict = await one.place(magic_id, magic)
            doubled = await one.place(magic_id, magic)
            assert (doubled["seq"], doubled["hash"]) == (verdict["seq"], verdict["hash"])
            assert told.setdefault(magic_id, verdict)["seq"] == verdict["seq"]
            last = await two.bid("66700.00")
            told[last["bid_id"]] = last
            await watch.until(lambda: watch.state["seq"] >= last["seq"])
            witness.look_at(watch)
            return await whole_tape(watch)

    healthy = Server(port=server.port)
    with running(server, timekeeper()):
        asyncio.run(first_act())
        assert server.process is not None
        assert server.process.wait(timeout=10) == -9
        again = {name: again_as(room, healthy, name, magic_id) for name in ("buyer1", "buyer2")}
        watch = room.client(healthy)
        with running(healthy):
            tape = asyncio.run(second_act(again, watch))

    assert {event["seq"]: event for event in tape} | witness.events == {event["seq"]: event for event in tape}
    stands_as_told(room.room_id, told)


def again_as(room: Cast, server: Server, name: str, pending: str) -> RoomClient:
    return room.client(server, name, pending=[pending] if name == "buyer1" else [])


def stands_as_told(room_id: int, told: dict[str, dict[str, Any]]) -> None:
    """Every verdict that was given stands in the log under its number, once, and nothing else does."""
    check_room(room_id)
    stored = {bid.bid_id: bid for bid in Bid.objects.filter(room_id=room_id)}
    assert stored.keys() == told.keys()
    for bid_id, receipt in told.items():
        assert (stored[bid_id].seq, bytes(stored[bid_id].hash).hex()) == (receipt["seq"], receipt["hash"])
        assert stored[bid_id].verdict == receipt["verdict"]


def test_room_that_closes_while_nobody_is_there_ends_as_its_rules_say() -> None:
    server, keeper = Server(), timekeeper()

    with running(server, keeper):
        room = open_room(english_rules(session_ms=3_000, closing_grace_ms=300))
        bidder = room.client(server, "buyer1")

        async def bid_and_stay() -> dict[str, Any]:
            async with bidder:
                return await bidder.bid("20000.00")

        receipt = asyncio.run(bid_and_stay())
        server.kill()
        keeper.kill()
    late = room.client(server, "buyer2")

    async def come_late() -> dict[str, Any]:
        async with late:
            await late.until(lambda: late.state["state"]["outcome"] is not None)
            return await late.bid("30000.00")

    with running(server, timekeeper()):
        refused = asyncio.run(come_late())

    assert receipt["verdict"] == "ACCEPTED"
    assert (refused["verdict"], refused["code"]) == ("REFUSED", "ROOM_CLOSED")
    assert late.state["state"]["outcome"]["price"] == "20000.00"
    assert late.state["state"]["outcome"]["awards"][0]["alias"] == "01"
    fell = [link for link in evidence.entries(f"room:{room.room_id}") if link.type == "HammerFell"]
    assert len(fell) == 1
    check_room(room.room_id)


def test_request_sent_twice_has_one_verdict_however_it_comes() -> None:
    room = open_room()
    server, second = Server(), Server()
    one, other = room.client(server, "buyer1"), room.client(second, "buyer1")
    frames = {}
    for step in range(20):
        bid_id = new_bid_id()
        frames[bid_id] = signed_bid(room.room_id, room.keys["buyer1"], price=f"{20_000 + 100 * step}.00", bid_id=bid_id)

    async def story() -> list[tuple[dict[str, Any], dict[str, Any]]]:
        async with one, other:
            pairs = []
            for bid_id, frame in frames.items():
                pairs.append(await asyncio.gather(one.place(bid_id, frame), other.place(bid_id, frame)))
            return pairs

    with running(server, second):
        pairs = asyncio.run(story())

    assert all((a["seq"], a["hash"], a["verdict"]) == (b["seq"], b["hash"], b["verdict"]) for a, b in pairs)
    assert Bid.objects.filter(room_id=room.room_id).count() == len(frames)
    check_room(room.room_id)


def test_death_of_the_process_that_checks_signatures_costs_no_verdict() -> None:
    unhurried = english_rules(session_ms=300_000, bids_burst=100, bids_per_second=100)
    room, server = open_room(unhurried), Server()
    names = ("buyer1", "buyer2", "buyer3")
    bidders = [room.client(server, name) for name in names]
    told: dict[str, dict[str, Any]] = {}

    async def bid(bidder: RoomClient, prices: range) -> None:
        for price in prices:
            receipt = await bidder.bid(f"{price}.00")
            assert receipt["type"] == "receipt"
            told[receipt["bid_id"]] = receipt

    async def story() -> None:
        async with bidders[0], bidders[1], bidders[2]:
            await asyncio.gather(*(bid(each, range(20_000, 21_000, 100)) for each in bidders))
            assert server.process is not None, "it serves"
            checkers = children(server.process.pid)
            assert checkers, "signatures are checked elsewhere"
            for pid in checkers:
                os.kill(pid, signal.SIGKILL)
            await asyncio.gather(*(bid(each, range(21_000, 23_000, 100)) for each in bidders))

    with running(server):
        asyncio.run(story())

    assert len(told) == 90
    stands_as_told(room.room_id, told)
