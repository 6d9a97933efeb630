"""Resumable uploads: tus 1.0.0 with creation, checksum, expiration and termination, at /uploads/.

A plain ASGI application, so that a slow upload holds no page thread and no file is ever whole in memory. Who may upload
is decided when the one-use token is issued; the token then goes with every request in `Upload-Token`.
"""

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from email.utils import format_datetime
from typing import Any, TypeVar

from django.db import close_old_connections
from django.utils import timezone, translation

from commons.domain.refusals import Malformed, NotFound, Refusal
from commons.texts import refusal_text
from signatures.envelopes import services
from signatures.envelopes.domain.header import EnvelopeBroken
from signatures.envelopes.services.receiving import CHECKSUMS, LARGEST_PIECE, Appending, Checksum, complete, offset_of
from signatures.envelopes.services.uploading import FINISHED, Upload

logger = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
T = TypeVar("T")
PREFIX = "/uploads/"
VERSION = "1.0.0"
_WRITE_AT_ONCE = 1024 * 1024
_PATH = re.compile(r"/uploads/([0-9a-f]{32})")
_THREADS = 4


class Answer(Exception):
    """What ends a request: a status with headers, and a body where something was refused."""

    def __init__(self, status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> None:
        super().__init__(status)
        self.status, self.headers, self.body = status, headers or {}, body


class _Body:
    """The body of a request, taken in as it comes: the moment of its last byte is known however busy the threads are.

    Bounded by the largest piece; a longer one is refused before its end.
    """

    def __init__(self, receive: Receive) -> None:
        self.arrived_at = timezone.now()
        self._messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._task = asyncio.get_running_loop().create_task(self._take_in(receive))

    async def next(self) -> dict[str, Any]:
        return await self._messages.get()

    def leave(self) -> None:
        """Nothing more is wanted of it."""
        self._task.cancel()

    async def _take_in(self, receive: Receive) -> None:
        size, more = 0, True
        while more and size <= LARGEST_PIECE:
            message = await receive()
            self.arrived_at = timezone.now()
            size += len(message.get("body", b""))
            more = bool(message.get("more_body"))
            self._messages.put_nowait(message)


class UploadEndpoint:
    """The ASGI face; everything that touches disk or database runs in threads of its own."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="upload")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            answer = await self._answer(scope, headers, receive)
        except Answer as ended:
            answer = ended
        except Refusal as refusal:
            answer = _refused(refusal, headers)
        except Exception:
            logger.exception("an upload failed")
            answer = Answer(500)
        await _send(send, answer)

    async def _answer(self, scope: Scope, headers: dict[str, str], receive: Receive) -> Answer:
        method = headers.get("x-http-method-override", str(scope["method"])).upper()
        if method == "OPTIONS":
            return Answer(204, _abilities())
        if headers.get("tus-resumable") != VERSION:
            return Answer(412, {"Tus-Version": VERSION})
        if method == "PATCH":
            body = _Body(receive)
            try:
                return await self._patch(scope, headers, body)
            finally:
                body.leave()
        token = headers.get("upload-token", "")
        if method == "POST" and scope["path"] == PREFIX:
            return await self._in_thread(lambda: _create(token, headers))
        upload = await self._upload(scope, token)
        if method == "HEAD":
            return await self._in_thread(lambda: Answer(200, _standing(upload, offset_of(upload))))
        if method == "DELETE":
            return await self._in_thread(lambda: _terminate(upload))
        return Answer(405)

    async def _upload(self, scope: Scope, token: str) -> Upload:
        """The upload that the address names. Raises `NotFound`."""
        ref = _ref(scope)
        return await self._in_thread(lambda: services.running_upload(ref=ref, token=token, at=timezone.now()))

    async def _patch(self, scope: Scope, headers: dict[str, str], body: _Body) -> Answer:
        if headers.get("content-type") != "application/offset+octet-stream":
            return Answer(415)
        offset, checksum = _count(headers, "upload-offset"), Checksum.parse(headers.get("upload-checksum", ""))
        length = _count(headers, "content-length") if "content-length" in headers else None
        if length is not None and length > LARGEST_PIECE:
            return Answer(413)
        ref, token = _ref(scope), headers.get("upload-token", "")

        def begin() -> tuple[Upload, Appending]:
            upload = services.running_upload(ref=ref, token=token, at=timezone.now())
            return upload, Appending(upload, offset=offset, checksum=checksum)

        upload, appending = await self._in_thread(begin)
        try:
            rest = await self._pour(body, appending)
            reached = None if rest is None else await self._in_thread(appending.finish, rest)
        except EnvelopeBroken:
            await self._in_thread(lambda: _drop(upload, appending))
            raise
        except BaseException:
            await self._in_thread(appending.abort)
            raise
        if reached is None:
            await self._in_thread(appending.abort)
            return Answer(400)
        if reached < upload.length:
            return Answer(204, _standing(upload, reached))
        receipt = await self._in_thread(lambda: complete(upload, received_at=body.arrived_at))
        return Answer(204, {**_standing(upload, reached), "Upload-Receipt": receipt})

    async def _pour(self, body: _Body, appending: Appending) -> list[bytes] | None:
        """The body into the file, by as many pieces as are worth a thread's while; its last pieces, to finish with.

        None when the sender went away.
        """
        held, size = list[bytes](), 0
        while True:
            message = await body.next()
            if message["type"] == "http.disconnect":
                return None
            if piece := message.get("body", b""):
                held.append(piece)
                size += len(piece)
            if not message.get("more_body"):
                return held
            if size >= _WRITE_AT_ONCE:
                await self._in_thread(appending.write, held)
                held, size = [], 0

    async def _in_thread(self, work: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, _with_database, work, *arguments)


def _ref(scope: Scope) -> str:
    """The name of the upload in the address. Raises `NotFound`."""
    found = _PATH.fullmatch(scope["path"])
    if found is None:
        raise NotFound()
    return found[1]


def _with_database(work: Callable[..., T], *arguments: Any) -> T:
    try:
        return work(*arguments)
    finally:
        close_old_connections()


def _create(token: str, headers: dict[str, str]) -> Answer:
    upload = services.begin_upload(token=token, length=_count(headers, "upload-length"), at=timezone.now())
    return Answer(201, {"Location": f"{PREFIX}{upload.ref}", **_standing(upload, 0)})


def _drop(upload: Upload, appending: Appending) -> None:
    """Nothing of an upload that can be no envelope stays."""
    appending.abort()
    services.drop_upload(upload.ref)


def _terminate(upload: Upload) -> Answer:
    if upload.state == FINISHED:
        return Answer(403)
    services.drop_upload(upload.ref)
    return Answer(204)


def _standing(upload: Upload, offset: int) -> dict[str, str]:
    found = {
        "Cache-Control": "no-store",
        "Upload-Expires": format_datetime(upload.expires_at, usegmt=True),
        "Upload-Length": str(upload.length),
        "Upload-Offset": str(offset),
    }
    return {**found, "Upload-Receipt": upload.receipt} if upload.receipt else found


def _abilities() -> dict[str, str]:
    return {
        "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
        "Tus-Extension": "creation,checksum,expiration,termination",
        "Tus-Version": VERSION,
    }


def _count(headers: dict[str, str], name: str) -> int:
    text = headers.get(name, "")
    if not text.isascii() or not text.isdecimal() or len(text) > 12:
        raise Malformed(field=name, reason="a whole number is needed")
    return int(text)


def _refused(refusal: Refusal, headers: dict[str, str]) -> Answer:
    language = headers.get("accept-language", "zh-hans")
    with translation.override("en" if language.lower().startswith("en") else "zh-hans"):
        detail = refusal_text(refusal)
    problem = {"code": refusal.code, "detail": detail, "status": refusal.status, "fields": refusal.fields}
    body = json.dumps(problem, ensure_ascii=False).encode()
    return Answer(refusal.status, {"Content-Type": "application/problem+json"}, body)


async def _send(send: Send, answer: Answer) -> None:
    headers = {"Tus-Resumable": VERSION, "Content-Length": str(len(answer.body)), **answer.headers}
    encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
    await send({"type": "http.response.body", "body": answer.body})
