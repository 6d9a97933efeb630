"""The short way in under a real uvicorn: usual frames are read here, all others take its own way, in order."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import pytest
import uvicorn
import uvloop

from exchange.rooms.broadcast.inlets import inlet_for
from tests.integration.exchange.rooms.test_fan_in import frame

HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
Arrivals = list[tuple[str, str]]
"""By which way a text came, and the text."""


async def arrivals_of(pieces: list[bytes], wanted: int, *, takes: Callable[[str], bool] = lambda _: True) -> Arrivals:
    """What an application behind a real uvicorn gets of `pieces`, each sent on its own."""
    found: Arrivals = []
    enough = asyncio.Event()

    def note(way: str, text: str) -> None:
        found.append((way, text))
        if len(found) >= wanted:
            enough.set()

    def take(text: str) -> bool:
        if not takes(text):
            return False
        note("short", text)
        return True

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        inlet = inlet_for(send, take)
        assert inlet is not None, "uvicorn is as we know it"
        await send({"type": "websocket.send", "text": "go"})
        while (message := await receive())["type"] == "websocket.receive":
            note("usual", message["text"])
        inlet.close()

    config = uvicorn.Config(
        application, port=0, ws="websockets-sansio", ws_per_message_deflate=False, lifespan="off", log_level="warning"
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HANDSHAKE)
    await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(4)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.02)  # so that each arrives on its own
    async with asyncio.timeout(10):
        await enough.wait()
    writer.close()
    server.should_exit = True
    with contextlib.suppress(asyncio.CancelledError):
        await running
    return found


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_whole_text_frames_take_the_short_way(run: Callable[..., Arrivals]) -> None:
    assert run(arrivals_of([frame("one") + frame("two"), frame("three")], 3)) == [
        ("short", "one"),
        ("short", "two"),
        ("short", "three"),
    ]


def test_frame_in_two_pieces_and_all_behind_it_keep_their_order() -> None:
    cut = frame("cut in the middle")

    found = asyncio.run(arrivals_of([cut[:9], cut[9:] + frame("behind"), frame("later")], 3))

    assert [text for _, text in found] == ["cut in the middle", "behind", "later"]
    assert found[0][0] == "usual"
    assert found[2][0] == "short"


def test_message_in_fragments_is_whole_before_the_next() -> None:
    first, ping, last = frame("frag", first=0x01), frame("", first=0x89), frame("ments", first=0x80)

    found = asyncio.run(arrivals_of([first, ping, last, frame("next")], 2))

    assert found == [("usual", "fragments"), ("short", "next")]


def test_what_is_not_taken_at_once_waits_before_what_follows() -> None:
    found = asyncio.run(arrivals_of([frame("not now") + frame("then this")], 2, takes=lambda text: text != "not now"))

    assert [text for _, text in found] == ["not now", "then this"]
