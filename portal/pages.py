"""Pages under an ASGI server: Django's WSGI handler in a few long-lived threads.

Django's own ASGI handler hops between loop and threads for every middleware and opens a database connection per thread
of the moment; the same pages cost 2.5 to 10 times more there. Here a request is handed to one thread, runs there from
middleware to template with that thread's persistent connection, and comes back whole. The event loop never waits.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast
from urllib.parse import quote

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = list[tuple[str, str]]
AsgiApplication = Callable[[Scope, Receive, Send], Awaitable[None]]
WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

BODY_IN_MEMORY_BYTES = 1024 * 1024
WHOLE_RESPONSE_BYTES = 256 * 1024


class Pages:
    """The ASGI face of a WSGI application."""

    def __init__(self, application: WsgiApplication, *, threads: int = 4) -> None:
        self._application = application
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="page")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with SpooledTemporaryFile(max_size=BODY_IN_MEMORY_BYTES) as body:
            if not await _read_body(receive, cast("BinaryIO", body)):
                return
            loop = asyncio.get_running_loop()
            exchange = _Exchange(environ(scope, cast("BinaryIO", body)), send, loop)
            rest = await loop.run_in_executor(self._threads, exchange.run, self._application)
            if rest is not None:
                status, headers, content = rest
                await send({"type": "http.response.start", "status": status, "headers": headers})
                await send({"type": "http.response.body", "body": content})


def divided(prefix: str, first: AsgiApplication, others: AsgiApplication) -> AsgiApplication:
    """One application for the addresses below `prefix`, another one for all others."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        chosen = first if scope["path"].startswith(prefix) else others
        await chosen(scope, receive, send)

    return application


Whole = tuple[int, list[tuple[bytes, bytes]], bytes]


class _Exchange:
    """One request and its response, in a page thread."""

    def __init__(self, environ: dict[str, Any], send: Send, loop: asyncio.AbstractEventLoop) -> None:
        self._environ, self._send, self._loop = environ, send, loop
        self._status = 500
        self._headers: list[tuple[bytes, bytes]] = []

    def run(self, application: WsgiApplication) -> Whole | None:
        """The response when it is small; a large or streamed one is sent from here by chunks, and None returned."""
        chunks = application(self._environ, self._start_response)
        try:
            return self._forward(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()

    def _start_response(self, status: str, headers: Headers, exc_info: object = None) -> Callable[[bytes], object]:
        self._status = int(status[:3])
        self._headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return lambda data: None

    def _forward(self, chunks: Iterable[bytes]) -> Whole | None:
        held: list[bytes] = []
        size, started = 0, False
        for chunk in chunks:
            if started:
                self._push(chunk, more=True)
                continue
            held.append(chunk)
            size += len(chunk)
            if size > WHOLE_RESPONSE_BYTES or getattr(chunks, "streaming", False):
                started = True
                self._wait({"type": "http.response.start", "status": self._status, "headers": self._headers})
                self._push(b"".join(held), more=True)
        if not started:
            return self._status, self._headers, b"".join(held)
        self._push(b"", more=False)
        return None

    def _push(self, body: bytes, *, more: bool) -> None:
        self._wait({"type": "http.response.body", "body": body, "more_body": more})

    def _wait(self, message: dict[str, Any]) -> None:
        asyncio.run_coroutine_threadsafe(cast("Any", self._send(message)), self._loop).result()


async def _read_body(receive: Receive, body: BinaryIO) -> bool:
    """Spool the request's body; False when the client went away first."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return False
        if chunk := message.get("body"):
            body.write(chunk)
        if not message.get("more_body"):
            body.seek(0)
            return True


def environ(scope: Scope, body: BinaryIO) -> dict[str, Any]:
    """The WSGI environment (PEP 3333) of an ASGI request."""
    server = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    root = scope.get("root_path", "")
    path = scope["path"].removeprefix(root) if root else scope["path"]
    result: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": root.encode().decode("latin-1"),
        "PATH_INFO": path.encode().decode("latin-1"),
        "RAW_URI": quote(scope["path"]),
        "QUERY_STRING": scope["query_string"].decode("ascii", "replace"),
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1] or 0),
        "SERVER_PROTOCOL": f"HTTP/{scope.get('http_version', '1.1')}",
        "REMOTE_ADDR": str(client[0]),
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        name = raw_name.decode("latin-1").upper().replace("-", "_")
        if name not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            name = f"HTTP_{name}"
        value = raw_value.decode("latin-1")
        result[name] = f"{result[name]},{value}" if name in result and name != "HTTP_COOKIE" else value
    if "CONTENT_LENGTH" not in result and "HTTP_TRANSFER_ENCODING" in result:
        # A chunked body has been read whole: say its length, or Django would read nothing.
        body.seek(0, 2)
        result["CONTENT_LENGTH"] = str(body.tell())
        body.seek(0)
    return result
