"""The short way in: whole text frames are read here, everything else takes autobahn's way, in order."""

import asyncio
from typing import Any

import pytest

from exchange.rooms.broadcast.inlets import TwistedInlet, text_at, unmasked


def frame(text: str, *, first: int = 0x81, mask: bytes = b"\x01\x02\x03\x04") -> bytes:
    payload = unmasked(text.encode(), mask)
    size = len(payload)
    head = bytes((first, 0x80 | size)) if size < 126 else bytes((first, 0x80 | 126)) + size.to_bytes(2, "big")
    return head + mask + payload


class Autobahn:
    """A protocol as Daphne keeps it, in rest unless told otherwise."""

    def __init__(self) -> None:
        self.state, self.data, self.current_frame = 3, b"", None
        self.inside_message = self.muted = False
        self.last_ping = 0.0
        self.application_queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.slowly: list[bytes] = []

    def dataReceived(self, data: bytes) -> None:  # Twisted's name
        self.slowly.append(data)


def listening(takes: bool = True) -> tuple[Autobahn, TwistedInlet, list[str]]:
    autobahn, taken = Autobahn(), []

    def take(text: str) -> bool:
        if takes:
            taken.append(text)
        return takes

    return autobahn, TwistedInlet(autobahn, take), taken


@pytest.mark.parametrize("text", ["", "a", "价" * 40, "x" * 125, "x" * 126, "x" * 9_000])
@pytest.mark.parametrize("mask", [bytes(4), b"\xff\x00\x80\x7f"])
def test_frame_gives_its_text_and_its_end(text: str, mask: bytes) -> None:
    data = frame(text, mask=mask)

    assert text_at(b"??" + data + b"rest", 2) == (text, 2 + len(data))
    assert all(text_at(data[:cut], 0) is None for cut in range(0, len(data), max(1, len(data) // 50)))


@pytest.mark.parametrize(
    "data",
    [
        frame("a", first=0x01),
        frame("a", first=0x82),
        frame("a", first=0x88),
        frame("a", first=0x89),
        frame("a", first=0xC1),
        b"\x81\x05hello" + bytes(4),
        b"\x81\xfe\x00\x05" + bytes(9),
        b"\x81\xff" + (70_000).to_bytes(8, "big") + bytes(70_004),
        b"\x81\x82" + bytes(4) + b"\xff\xff",
    ],
    ids=["part", "binary", "close", "ping", "extension", "unmasked", "long size", "huge", "no UTF-8"],
)
def test_anything_unusual_is_left_to_autobahn(data: bytes) -> None:
    autobahn, _, taken = listening()

    autobahn.dataReceived(frame("one") + data + frame("two"))

    assert taken == ["one"]
    assert autobahn.slowly == [data + frame("two")]


def test_nothing_overtakes_what_autobahn_or_the_queue_holds() -> None:
    autobahn, _, taken = listening()
    autobahn.data = b"\x81"
    autobahn.dataReceived(frame("behind half a frame"))
    autobahn.data = b""
    autobahn.application_queue.put_nowait({"type": "websocket.receive", "text": "earlier"})
    autobahn.dataReceived(frame("later"))

    assert taken == []
    assert len(autobahn.slowly) == 1
    assert [autobahn.application_queue.get_nowait()["text"] for _ in range(2)] == ["earlier", "later"]


def test_what_the_endpoint_does_not_take_waits_in_daphnes_queue() -> None:
    autobahn, inlet, _ = listening(takes=False)
    autobahn.dataReceived(frame("one") + frame("two"))
    inlet.close()
    autobahn.dataReceived(b"after")

    assert [autobahn.application_queue.get_nowait()["text"] for _ in range(2)] == ["one", "two"]
    assert autobahn.slowly == [b"after"]
