"""The way out to one socket: a websocket frame that is built once is written to many transports.

`await send(...)` costs 40–70 µs a socket under Daphne (a coroutine, checks, autobahn's framing, Twisted's writer), a
write to the socket itself 3–7 µs. So for the servers whose inside we know the frame goes straight to the transport:

    Daphne      `send` is a partial of `Server.handle_reply` over autobahn's protocol; its Twisted transport is tried by
                `socket.send` first, and handed what did not fit. Never while Twisted still holds a remainder: frames
                would overtake each other. Not on TLS, whose socket carries records, not frames.
    uvicorn     `send` is a method of the protocol; its asyncio transport tries the socket by itself.

Anything else gets `await send(...)` from a pump of its own. `check_private_attributes` tells at start when a new
version of a server has moved what this relies on.
"""

import asyncio
import socket
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Protocol, cast

Send = Callable[[dict[str, Any]], Awaitable[None]]

KERNEL_SEND_BUFFER_BYTES = 128 * 1024
"""So that a reader that does not read is noticed here, not in megabytes of kernel memory."""


class Outlet(Protocol):
    """Where frames for one socket go. `write` never blocks and never raises for a socket that is gone."""

    def write(self, frame: bytes) -> None: ...

    def write_together(self, frames: Sequence[bytes]) -> None:
        """Write several frames in one go, in their order."""

    def waiting_bytes(self) -> int:
        """What was written and has not reached the kernel."""


def text_frame(payload: bytes) -> bytes:
    """The unmasked websocket text frame around `payload` (RFC 6455 §5.2)."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 65_536:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload


def payload_of(frame: bytes) -> bytes:
    """The payload of a frame that `text_frame` made."""
    return frame[{126: 4, 127: 10}.get(frame[1], 2) :]


class TwistedOutlet:
    """Daphne: the socket first, Twisted's writer for what the kernel did not take."""

    __slots__ = ("_protocol", "_send", "_transport")

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol
        self._transport = protocol.transport
        self._send = protocol.transport.socket.send
        _limit_kernel_buffer(protocol.transport.socket)

    def write(self, frame: bytes) -> None:
        transport = self._transport
        if not transport.connected or transport.disconnecting or self._protocol.state != 3:  # autobahn's STATE_OPEN
            return
        if transport._tempDataLen or transport.dataBuffer:
            transport.write(frame)
            return
        try:
            sent = self._send(frame)
        except BlockingIOError:
            sent = 0
        except OSError:
            # Twisted finds the same error and cleans up.
            sent = 0
        if sent < len(frame):
            transport.write(frame[sent:])

    def write_together(self, frames: Sequence[bytes]) -> None:
        self.write(b"".join(frames))

    def waiting_bytes(self) -> int:
        transport = self._transport
        return int(len(transport.dataBuffer) - transport.offset + transport._tempDataLen)


class AsyncioOutlet:
    """uvicorn: its transport tries the socket by itself."""

    __slots__ = ("_protocol", "_transport")

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol
        self._transport = protocol.transport
        if (sock := protocol.transport.get_extra_info("socket")) is not None:
            _limit_kernel_buffer(sock)

    def write(self, frame: bytes) -> None:
        if not self._protocol.close_sent and not self._transport.is_closing():
            self._transport.write(frame)

    def write_together(self, frames: Sequence[bytes]) -> None:
        self.write(b"".join(frames))

    def waiting_bytes(self) -> int:
        return int(self._transport.get_write_buffer_size())


class PumpedOutlet:
    """Any ASGI server: frames wait in a queue and a task of their own awaits `send`."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._frames: deque[bytes] = deque()
        self._waiting = 0
        self._pump: asyncio.Task[None] | None = None

    def write(self, frame: bytes) -> None:
        self._frames.append(frame)
        self._waiting += len(frame)
        if self._pump is None:
            self._pump = asyncio.get_running_loop().create_task(self._run())

    def write_together(self, frames: Sequence[bytes]) -> None:
        for frame in frames:
            self.write(frame)

    async def _run(self) -> None:
        try:
            while self._frames:
                frame = self._frames[0]
                await self._send({"type": "websocket.send", "text": payload_of(frame).decode()})
                self._frames.popleft()
                self._waiting -= len(frame)
        except Exception:  # the socket is gone; its endpoint hears that from `receive`
            self._frames.clear()
            self._waiting = 0
        finally:
            self._pump = None

    def waiting_bytes(self) -> int:
        return self._waiting


def outlet_for(send: Send) -> Outlet:
    """The fastest way out that is safe for the server behind `send`. Call it after the socket was accepted."""
    if is_daphne(send):
        return TwistedOutlet(send.args[0])  # type: ignore[attr-defined]
    if is_uvicorn(send):
        return AsyncioOutlet(send.__self__)  # type: ignore[attr-defined]
    return PumpedOutlet(send)


def is_daphne(send: Send) -> bool:
    """Whether `send` is Daphne's, plain and uncompressed, with everything in the place that we know."""
    if not isinstance(send, partial) or not send.args:
        return False
    protocol = send.args[0]
    transport: Any = getattr(protocol, "transport", None)
    return (
        type(protocol).__module__ == "daphne.ws_protocol"
        and not protocol._perMessageCompress
        and all(
            hasattr(transport, name) for name in ("socket", "dataBuffer", "_tempDataLen", "offset", "disconnecting")
        )
        and not getattr(transport, "TLS", False)
        and isinstance(transport.socket, socket.socket)
    )


def is_uvicorn(send: Send) -> bool:
    """Whether `send` is that of uvicorn's `websockets-sansio`, plain and uncompressed."""
    protocol: Any = getattr(send, "__self__", None)
    return (
        type(protocol).__name__ == "WebSocketsSansIOProtocol"
        and not protocol.conn.extensions
        and hasattr(protocol, "close_sent")
        and protocol.transport.get_extra_info("sslcontext") is None
    )


def _limit_kernel_buffer(sock: Any) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_SEND_BUFFER_BYTES)


def check_private_attributes() -> list[str]:
    """What the direct way relies on and the installed servers do not have; without it sockets get the slow way."""
    from autobahn.websocket.protocol import WebSocketProtocol  # Twisted must not be imported early
    from twisted.internet.abstract import FileDescriptor

    missing = [
        f"twisted FileDescriptor.{name}" for name in ("dataBuffer", "offset") if not hasattr(FileDescriptor, name)
    ]
    probe = FileDescriptor(reactor=cast("Any", object()))
    missing += [f"twisted FileDescriptor.{name}" for name in ("_tempDataLen",) if not hasattr(probe, name)]
    if WebSocketProtocol.STATE_OPEN != 3:
        missing.append("autobahn STATE_OPEN = 3")
    return missing
