"""A websocket client of a few lines for load generators: prebuilt frames, frames told apart by their length alone.

A full client library would take more of the two cores than the server that is measured.
"""

import asyncio
import base64
import os
from collections.abc import Callable
from typing import cast

OnFrame = Callable[[bytes], None]


def client_frame(payload: bytes) -> bytes:
    """A masked text frame. The mask is zero: lawful, and it costs nothing to apply."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, 0x80 | size)) + bytes(4) + payload
    return b"\x81\xfe" + size.to_bytes(2, "big") + bytes(4) + payload


class Wire(asyncio.Protocol):
    """One socket. `on_frame` gets every text payload; None: frames are only counted."""

    def __init__(self, path: str, port: int, hello: bytes, on_frame: OnFrame | None = None) -> None:
        self._path, self._port, self._hello, self.on_frame = path, port, hello, on_frame
        self._buffer = bytearray()
        self._upgraded = False
        self.frames = 0
        self.bytes = 0
        self.closed = False
        self.first_frame: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        key = base64.b64encode(os.urandom(16)).decode()
        self.transport.write(
            f"GET {self._path} HTTP/1.1\r\nHost: localhost:{self._port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer
        buffer += data
        if not self._upgraded:
            end = buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            if not buffer.startswith(b"HTTP/1.1 101"):
                raise ConnectionError(bytes(buffer[:60]))
            del buffer[: end + 4]
            self._upgraded = True
            self.send(client_frame(self._hello))
        self._take_frames()

    def _take_frames(self) -> None:
        buffer, start, end = self._buffer, 0, len(self._buffer)
        while end - start >= 2:
            size, head = buffer[start + 1], 2
            if size == 126:
                if end - start < 4:
                    break
                size, head = int.from_bytes(buffer[start + 2 : start + 4], "big"), 4
            elif size == 127:
                if end - start < 10:
                    break
                size, head = int.from_bytes(buffer[start + 2 : start + 10], "big"), 10
            if end - start < head + size:
                break
            self._one(buffer[start] & 0x0F, start + head, size)
            start += head + size
        if start:
            del buffer[:start]

    def _one(self, opcode: int, start: int, size: int) -> None:
        if opcode == 9:
            self.send(bytes((0x8A, 0x80 | size)) + bytes(4) + bytes(self._buffer[start : start + size]))
            return
        self.frames += 1
        self.bytes += size
        if not self.first_frame.done():
            self.first_frame.set_result(None)
        if self.on_frame is not None and opcode == 1:
            self.on_frame(bytes(self._buffer[start : start + size]))

    def send(self, frame: bytes) -> None:
        if self.transport is not None:
            self.transport.write(frame)

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        if not self.first_frame.done():
            self.first_frame.set_exception(ConnectionError("closed before the first frame"))


async def connect(path: str, port: int, hello: bytes, on_frame: OnFrame | None = None, host: str = "127.0.0.1") -> Wire:
    """Open a socket and wait for the first frame of the server."""
    _, wire = await asyncio.get_running_loop().create_connection(lambda: Wire(path, port, hello, on_frame), host, port)
    await asyncio.wait_for(wire.first_frame, 60)
    return wire
