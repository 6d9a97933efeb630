"""An upload reaches the application while it comes in; HTTP's order of requests and answers holds all the same."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from daphne.http_protocol import HTTPFactory
from twisted.internet.testing import StringTransport

from portal.patience import PatientServer

HEAD = b"PATCH /uploads/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n"


class Line:
    """A connection to a server without sockets; `heard` is what its application was told."""

    def __init__(self, loop: asyncio.AbstractEventLoop, *, refuse: bool) -> None:
        self._loop, self._refuse = loop, refuse
        self.heard: list[tuple[str, bytes, bool]] = []
        self.server = PatientServer(application=self._application, endpoints=["tcp:0:interface=127.0.0.1"])
        self.server.connections = {}
        self.transport = StringTransport()
        self.protocol = HTTPFactory(self.server).buildProtocol(None)
        self.protocol.makeConnection(self.transport)

    def __call__(self, data: bytes) -> bytes:
        """Send those bytes; what the server says to them."""
        self.transport.clear()
        self.protocol.dataReceived(data)
        self.settle()
        return bytes(self.transport.value())

    def settle(self) -> None:
        for _ in range(10):
            self._loop.run_until_complete(asyncio.sleep(0))

    async def _application(self, scope: Any, receive: Any, send: Any) -> None:
        more = not self._refuse
        while more:
            message = await receive()
            more = bool(message.get("more_body"))
            self.heard.append((message["type"], message.get("body", b""), more))
        await send({"type": "http.response.start", "status": 204, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield loop
    asyncio.set_event_loop(None)
    loop.close()


def test_the_application_gets_the_pieces_before_the_body_has_ended(loop: asyncio.AbstractEventLoop) -> None:
    line = Line(loop, refuse=False)

    assert line(HEAD + b"01234") == b""
    assert line.heard == [("http.request", b"01234", True)]
    assert b"204" in line(b"56789")
    assert line.heard[1:] == [("http.request", b"56789", True), ("http.request", b"", False)]


def test_an_answer_before_the_end_waits_for_it_and_the_line_goes_on(loop: asyncio.AbstractEventLoop) -> None:
    line = Line(loop, refuse=True)

    assert line(HEAD + b"01234") == b""
    assert line(b"56789").count(b"HTTP/1.1 204") == 1
    assert line(HEAD + b"0123456789").count(b"HTTP/1.1 204") == 1


def test_a_line_that_breaks_ends_the_body(loop: asyncio.AbstractEventLoop) -> None:
    line = Line(loop, refuse=False)
    line(HEAD + b"01234")

    line.protocol.connectionLost(ConnectionError())
    line.settle()

    assert line.heard == [("http.request", b"01234", True), ("http.disconnect", b"", False)]


def test_other_requests_are_heard_when_they_are_whole(loop: asyncio.AbstractEventLoop) -> None:
    line = Line(loop, refuse=False)
    head = HEAD.replace(b"PATCH /uploads/x", b"POST /uploads/")

    assert line(head + b"01234") == b""
    assert line.heard == []
    assert b"204" in line(b"56789")
    assert line.heard == [("http.request", b"0123456789", False)]
