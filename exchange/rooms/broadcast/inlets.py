"""The way in from one socket: whole text frames without the detours of the server.

Daphne hands a frame through autobahn's states and formatted log lines, a queue, a future and a turn of the loop;
uvicorn through the states of `websockets`, a queue, and a stop to all reading until the queue is empty. The usual
frame, masked text in one piece, is read here straight from the bytes that arrived and offered to the endpoint; what it
does not take at once waits in the server's own queue. Anything unusual goes the way that it always went, and so does
every frame behind it until the server's parser holds nothing: frames never overtake each other.
"""

import time
from collections.abc import Callable
from typing import Any

from exchange.rooms.broadcast.outlets import Send, is_daphne, is_uvicorn

Take = Callable[[str], bool]
"""Deals with a frame at once, or says False: then it waits its turn in the queue."""

_NEEDED_OF_UVICORN = ("close_sent", "conn", "data_received", "disconnected", "queue", "transport")
_NEEDED = ("application_queue", "current_frame", "data", "dataReceived", "inside_message", "last_ping", "muted")
_NO_MASK = bytes(4)


class TwistedInlet:
    """Daphne: stands before autobahn's `dataReceived` until closed."""

    __slots__ = ("_autobahn", "_protocol", "_queue", "_take")

    def __init__(self, protocol: Any, take: Take) -> None:
        self._protocol, self._take = protocol, take
        self._queue = protocol.application_queue
        self._autobahn = protocol.dataReceived
        protocol.dataReceived = self.received

    def close(self) -> None:
        self._protocol.__dict__.pop("dataReceived", None)

    def received(self, data: bytes) -> None:
        protocol, start = self._protocol, 0
        if (
            protocol.state == 3  # autobahn's STATE_OPEN
            and protocol.current_frame is None
            and not protocol.inside_message
            and not protocol.data
            and not protocol.muted
        ):
            while (found := text_at(data, start)) is not None:
                text, start = found
                protocol.last_ping = time.time()  # as Daphne's onMessage does
                if not (self._queue.empty() and self._take(text)):
                    self._queue.put_nowait({"type": "websocket.receive", "text": text})
        if start < len(data):
            self._autobahn(data[start:])


class UvicornInlet:
    """uvicorn: stands before the protocol's `data_received` until closed."""

    __slots__ = ("_protocol", "_queue", "_take", "_usual")

    def __init__(self, protocol: Any, take: Take) -> None:
        self._protocol, self._take = protocol, take
        self._queue = protocol.queue
        self._usual = protocol.data_received
        protocol.data_received = self.received
        protocol.transport.set_protocol(protocol)  # uvloop keeps the bound method that it was given

    def close(self) -> None:
        protocol = self._protocol
        protocol.__dict__.pop("data_received", None)
        if not protocol.transport.is_closing():
            protocol.transport.set_protocol(protocol)

    def received(self, data: bytes) -> None:
        protocol, start = self._protocol, 0
        if not protocol.close_sent and not protocol.disconnected and _is_between_messages(protocol.conn):
            while self._queue.empty() and (found := text_at(data, start)) is not None:
                if not self._take(found[0]):
                    break
                start = found[1]
        if start < len(data):
            self._usual(data[start:] if start else data)


def _is_between_messages(conn: Any) -> bool:
    """Whether the parser of `websockets` waits for the first byte of a message."""
    if conn.reader.buffer or conn.current_size is not None:
        return False
    waiting = conn.parser
    while waiting.gi_yieldfrom is not None:
        waiting = waiting.gi_yieldfrom
    return bool(waiting.gi_code.co_name == "at_eof")


def text_at(data: bytes, start: int) -> tuple[str, int] | None:
    """The text of the whole, masked, unfragmented frame at `start` and where it ends; None for anything else."""
    head = start + 2
    if len(data) < head + 4 or data[start] != 0x81:
        return None
    size = data[start + 1] - 0x80
    if size == 126:
        size = int.from_bytes(data[head : head + 2], "big")
        head += 2
        if size < 126:
            return None
    elif not 0 <= size < 126:
        return None
    end = head + 4 + size
    if end > len(data):
        return None
    mask, payload = data[head : head + 4], data[head + 4 : end]
    try:
        return (payload if mask == _NO_MASK else unmasked(payload, mask)).decode(), end
    except UnicodeDecodeError:
        return None


def unmasked(payload: bytes, mask: bytes) -> bytes:
    """RFC 6455 §5.3, in one operation of large numbers."""
    size = len(payload)
    pattern = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(pattern, "little")).to_bytes(size, "little")


def inlet_for(send: Send, take: Take) -> TwistedInlet | UvicornInlet | None:
    """The short way in, if the server behind `send` is one whose inside we know; call it when frames may be taken."""
    if is_uvicorn(send):
        protocol: Any = send.__self__  # type: ignore[attr-defined]
        known = all(hasattr(protocol, name) for name in _NEEDED_OF_UVICORN)
        known = known and all(hasattr(protocol.conn, name) for name in ("current_size", "parser", "reader"))
        return UvicornInlet(protocol, take) if known else None
    if not is_daphne(send):
        return None
    protocol = send.args[0]  # type: ignore[attr-defined]
    usual = all(hasattr(protocol, name) for name in _NEEDED) and protocol.transport.protocol is protocol
    return TwistedInlet(protocol, take) if usual else None
