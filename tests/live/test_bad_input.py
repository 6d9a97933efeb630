"""Bad input over real sockets: a typed refusal, recorded, and the connection kept unless abusive."""

import asyncio
import json
from typing import Any

import pytest
import websockets
from django.db import connection
from django.utils import timezone

from commons.people.announcements import SessionsEnded
from commons.people.ending import end_sockets
from exchange.rooms.client import KeyPair, RoomClient, new_bid_id, signed_bid
from exchange.rooms.models import Bid, RefusedFrame
from tests import cast
from tests.live.rooms import check_room, english_rules, open_room
from tests.live.servers import Server, running

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]

UNREADABLE = [
    ('{"type":"bid"}', "MALFORMED"),
    ("not json", "MALFORMED"),
    ('{"type":"nonsense"}', "MALFORMED"),
    ("[" * 4_000, "MALFORMED"),
    ('{"type":"bid","bid_id":"b-12345678","price":20000,"key":"' + "0" * 32 + '","signature":""}', "MALFORMED"),
    ('{"type":"ping","id":' + "9" * 400 + "}", "MALFORMED"),
    ('{"type":"ping","id":1,"x":"' + "x" * 9_000 + '"}', "FRAME_TOO_LARGE"),
    (b"\x00\x01", "FRAME_NOT_TEXT"),
    ('{"type":"hello","ticket":"again"}', "FRAME_OUT_OF_ORDER"),
]
BAD_PRICES = [
    "２００００.00", "NaN", "-20000.00", "Infinity", "1e5", "20000.001", "9" * 20, "", "0", "20 000", "20000.00\u0000",
]  # fmt: skip


async def refusals(client: RoomClient, frames: list[tuple[Any, str]]) -> list[str]:
    codes = []
    for frame, _ in frames:
        before = len(client.frames)
        await client.socket.send(frame)
        await client.until(lambda before=before: any(f["type"] == "refusal" for f in client.frames[before:]))
        codes.append(next(f for f in client.frames[before:] if f["type"] == "refusal")["code"])
    return codes


def test_bad_input_is_refused_and_recorded_and_the_bidder_goes_on() -> None:
    server = Server()
    with running(server):
        room = open_room(english_rules(session_ms=600_000))
        bidder, watcher = room.client(server, "buyer1"), room.client(server)
        stranger = KeyPair.generate()
        forged_id = new_bid_id()
        forged = signed_bid(room.room_id, room.keys["buyer1"], price="20000.00", bid_id=forged_id)
        altered = forged.replace(b"20000.00", b"90000.00")
        unknown = signed_bid(room.room_id, stranger, price="20000.00", bid_id=new_bid_id())

        async def story() -> dict[str, Any]:
            async with bidder, watcher:
                codes = await refusals(bidder, UNREADABLE)
                prices = [await bidder.bid(price) for price in BAD_PRICES]
                wrong = await bidder.place(forged_id, altered)
                (foreign_key,) = await refusals(bidder, [(unknown.decode(), "")])
                (unqualified,) = await refusals(watcher, [(forged.decode(), "")])
                good = await bidder.bid("20000.00")
                return {
                    "codes": codes,
                    "prices": [(verdict["verdict"], verdict["code"]) for verdict in prices],
                    "wrong": wrong["code"],
                    "foreign_key": foreign_key,
                    "unqualified": unqualified,
                    "good": good["verdict"],
                }

        seen = asyncio.run(story())

    assert seen["codes"] == [code for _, code in UNREADABLE]
    assert seen["prices"] == [("REFUSED", "MALFORMED")] * len(BAD_PRICES)
    assert seen["wrong"] == seen["foreign_key"] == "ROOM_SIGNATURE_WRONG"
    assert seen["unqualified"] == "ROOM_NOT_A_PARTICIPANT"
    assert seen["good"] == "ACCEPTED"
    recorded = RefusedFrame.objects.filter(room_id=room.room_id).order_by("id").values_list("code", flat=True)
    assert list(recorded) == [*seen["codes"], "ROOM_SIGNATURE_WRONG", "ROOM_NOT_A_PARTICIPANT"]
    assert Bid.objects.filter(room_id=room.room_id, verdict="REFUSED").count() == len(BAD_PRICES) + 1
    check_room(room.room_id)


def end_in_a_thread(ended: SessionsEnded) -> None:
    """With a connection of its own."""
    try:
        end_sockets(ended)
    finally:
        connection.close()


def test_sockets_of_strangers_floods_and_ended_sessions_are_closed() -> None:
    server = Server()
    with running(server):
        room = open_room(english_rules(session_ms=600_000))
        bidder, flood = room.client(server, "buyer1"), room.client(server, "buyer2")
        elsewhere = open_room(subject="rehearsal:elsewhere").client(server).ticket
        url, person_id = server.ws(room.room_id), cast.actor("buyer1").person_id

        async def close_code_of(hello: str) -> int | None:
            async with websockets.connect(url) as socket:
                await socket.send(hello)
                await socket.wait_closed()
                return socket.close_code

        async def story() -> dict[str, Any]:
            with pytest.raises(websockets.InvalidStatus) as foreign:
                await websockets.connect(url, origin="https://evil.example")  # type: ignore[arg-type]
            forged = await close_code_of(json.dumps({"type": "hello", "ticket": bidder.ticket[:-3] + "AAA"}))
            other_room = await close_code_of(json.dumps({"type": "hello", "ticket": elsewhere}))
            async with flood:
                for _ in range(40):
                    await flood.socket.send("nonsense")
                await flood.socket.wait_closed()
            async with bidder:
                # Another process ends the sessions; the room hears of it through Redis or finds it in the rows.
                ended = SessionsEnded(person_id or 0, "", "test", timezone.now())
                await asyncio.to_thread(end_in_a_thread, ended)
                async with asyncio.timeout(2):
                    await bidder.socket.wait_closed()
            return {
                "foreign": foreign.value.response.status_code,
                "forged": forged,
                "other_room": other_room,
                "flood": flood.socket.close_code,
                "ended": bidder.socket.close_code,
            }

        seen = asyncio.run(story())

    assert seen == {"foreign": 403, "forged": 4401, "other_room": 4401, "flood": 4400, "ended": 4401}
