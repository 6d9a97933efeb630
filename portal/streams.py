"""Daphne's requests, some of which reach the application while their bodies still come in.

Daphne writes a body to a temporary file, and begins when it is whole. For an upload that is a copy on the disk and a
wait: here the application begins at the end of the header and gets the pieces as the line gives them, none of them
copied. What it answers before the body has ended is held back until then, for HTTP/1.1 reads one request after the
other. Importing this makes Daphne use it.
"""

import asyncio
from typing import Any

import daphne.server  # first: it chooses Twisted's reactor  # isort: skip
import daphne.http_protocol

METHOD, PREFIX = b"PATCH", b"/uploads/"
"""Whose bodies are handed on as they come; the endpoint behind it bounds them."""
RECEIVE_BYTES = 256 * 1024
"""Taken from the line at once; Twisted's 64 KiB would make four messages of it."""

Message = dict[str, Any]


class StreamedRequest(daphne.http_protocol.WebRequest):  # type: ignore[misc]
    """A request of Daphne's; while its body comes in, `arriving` is true."""

    arriving = False
    _inlet: "Inlet | None" = None

    def gotLength(self, length: int | None) -> None:  # noqa: N802  # Twisted's name
        """The header is whole."""
        channel = self.channel
        command, path = getattr(channel, "_command", b""), getattr(channel, "_path", b"")
        if not length or command != METHOD or not path.startswith(PREFIX):
            super().gotLength(length)
            return
        super().gotLength(0)  # nothing is kept here
        self.arriving, self._held = True, list[Message]()
        channel.transport.bufferSize = RECEIVE_BYTES
        super().requestReceived(command, path, channel._version)

    def inlet(self, queue: "asyncio.Queue[Message]") -> "Inlet":
        """What Daphne puts its messages into, in the place of the application's queue."""
        self._inlet = Inlet(queue)
        return self._inlet

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802  # Twisted's name
        """The next bytes of the body; once an answer is held, nobody wants them."""
        if not self.arriving:
            super().handleContentChunk(data)
        elif self._inlet is not None and not self._held:
            self._inlet.pour(data, more=True)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: N802  # Twisted's name
        """The body is whole."""
        if not self.arriving:
            super().requestReceived(command, path, version)
            return
        self.arriving = False
        if self._inlet is not None:
            self._inlet.pour(b"", more=False)
        held, self._held = self._held, []
        for message in held:
            self.handle_reply(message)

    def handle_reply(self, message: Message) -> None:
        if self.arriving:
            self._held.append(message)
        else:
            super().handle_reply(message)


class Inlet:
    """The way to the application of one request: the body by `pour`, and from Daphne only that the line broke."""

    def __init__(self, queue: "asyncio.Queue[Message]") -> None:
        self._queue = queue

    def pour(self, data: bytes, *, more: bool) -> None:
        self._queue.put_nowait({"type": "http.request", "body": data, "more_body": more})

    def put_nowait(self, message: Message) -> None:
        if message["type"] != "http.request":
            self._queue.put_nowait(message)


setattr(daphne.http_protocol, "WebRequest", StreamedRequest)  # noqa: B010  # looked up there for every connection
