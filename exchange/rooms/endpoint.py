"""The socket of a room: a plain ASGI application, for a Channels consumer costs 125 µs a message.

Stamps the arrival of a frame, spends a credit, decodes, and hands bids to the process's writer. A broken websocket
protocol closes the connection; a bad message of ours gets a typed refusal and the socket stays, until it is abusive.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import structlog
from django.conf import settings

from commons.domain.refusals import Refusal
from commons.domain.time import to_text
from exchange.rooms import protocol
from exchange.rooms.broadcast import rendering
from exchange.rooms.broadcast.hub import Cadence, Scene
from exchange.rooms.broadcast.inlets import inlet_for
from exchange.rooms.broadcast.outlets import outlet_for, text_frame
from exchange.rooms.broadcast.peers import Peer, Viewer
from exchange.rooms.domain.instants import floor
from exchange.rooms.protocol import (
    BidFrame,
    HelloFrame,
    HistoryFrame,
    LookupFrame,
    NotAParticipant,
    NotStored,
    OutOfOrder,
    PingFrame,
    RateLimited,
    RenewFrame,
    ServerFrame,
    SyncFrame,
    TicketOver,
    WithdrawFrame,
)
from exchange.rooms.queries import verdicts
from exchange.rooms.services import reading, tickets
from exchange.rooms.services.credits import BAD_FRAMES, FRAMES, Allowance, Credit
from exchange.rooms.services.orders import BidOrder, FrameNote
from exchange.rooms.services.reading import KeyView
from exchange.rooms.services.rulebook import SignatureWrong
from exchange.rooms.services.runtime import Runtime
from exchange.rooms.services.tickets import Ticket
from exchange.rooms.services.wording import Wording

logger = structlog.get_logger(__name__)

HELLO_WITHIN_S = 10.0
PING_EVERY_MS = 5_000
CLOSE_SERVER_FAULT = 1011
CLOSE_TOO_LARGE = 1009
HOPELESS_FRAME_BYTES = 65_536

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class RoomEndpoint:
    """The ASGI application behind `/ws/rooms/<room_id>/`. Its runtime starts with the first socket of the process."""

    def __init__(self, *, cadence: Cadence | None = None, bids: Allowance | None = None) -> None:
        self._cadence, self._bids = cadence, bids
        self._runtime: Runtime | None = None

    @property
    def runtime(self) -> Runtime:
        if self._runtime is None:
            self._runtime = Runtime(wording=Wording(), cadence=self._cadence, bids=self._bids)
        return self._runtime

    def stop(self) -> None:
        """Finish what was handed in, when the process ends in an orderly way."""
        if self._runtime is not None:
            self._runtime.stop()
            self._runtime = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        if not is_own_origin(scope):
            logger.info("room socket refused", reason="foreign origin")
            await send({"type": "websocket.close", "code": 4403})
            return
        await send({"type": "websocket.accept"})
        await Connection(self.runtime, scope, receive, send).run()


def is_own_origin(scope: Scope) -> bool:
    """Browsers name the page's origin: it must be ours. Programs name none; they need a ticket like everybody."""
    headers = dict(scope["headers"])
    origin = headers.get(b"origin")
    if origin is None:
        return True
    text = origin.decode("latin-1")
    host = headers.get(b"host", b"").decode("latin-1")
    return text in settings.CSRF_TRUSTED_ORIGINS or (text != "null" and urlsplit(text).netloc == host)


class Connection:
    """One socket from `hello` to its end."""

    def __init__(self, runtime: Runtime, scope: Scope, receive: Receive, send: Send) -> None:
        self._runtime, self._receive, self._send = runtime, receive, send
        self._room_id = int(scope["url_route"]["kwargs"]["room_id"])
        self._language = language_of(scope)
        self._frames, self._bad = Credit(FRAMES), Credit(BAD_FRAMES)
        self._ticket: Ticket | None = None
        self._peer = Peer(outlet_for(send), self._room_id, Viewer.WATCHER, language=self._language)
        self._peer.closing = self._close_soon
        self._closer: asyncio.Task[None] | None = None
        self._gone = False
        self._idle = False
        """Whether no earlier frame of this socket is being dealt with."""
        self._handlers: dict[type, Callable[[Any], Awaitable[None]]] = {
            WithdrawFrame: self._withdraw,
            HelloFrame: self._again,
            PingFrame: self._ping,
            RenewFrame: self._renew,
            LookupFrame: self._lookup,
            SyncFrame: self._sync,
            HistoryFrame: self._history,
        }

    async def run(self) -> None:
        try:
            async with asyncio.timeout(HELLO_WITHIN_S):
                scene = await self._admitted()
        except TimeoutError:
            self._peer.close(protocol.CLOSE_SIGNED_OUT)
            scene = None
        inlet = inlet_for(self._send, self._take) if scene is not None else None
        try:
            await (self._converse() if scene is not None else self._until_closed())
        finally:
            if inlet is not None:
                inlet.close()
            self._runtime.leave(self._peer)

    async def _admitted(self) -> Scene | None:
        """The scene once a good `hello` came; None when the socket is to be closed or is gone."""
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                self._gone = True
                return None
            try:
                frame = protocol.decode(message.get("text"), message.get("bytes"))
                if not isinstance(frame, HelloFrame):
                    raise OutOfOrder(type=frame.__struct_config__.tag, reason="“hello” comes first")
                self._ticket = self._valid(frame.ticket)
            except TicketOver as refusal:
                self._refuse(refusal)
                self._peer.close(protocol.CLOSE_SIGNED_OUT)
                return None
            except Refusal as refusal:
                self._mind_bad_frame(refusal, message)
                continue
            return await self._enter(frame)

    async def _enter(self, hello: HelloFrame) -> Scene | None:
        ticket, peer = self._ticket, self._peer
        assert ticket is not None, "hello brought a ticket"
        peer.viewer, peer.alias = ticket.viewer, ticket.alias
        peer.person_id, peer.epoch = ticket.person_id, ticket.socket_epoch
        known = await self._verdicts(hello.pending) if hello.pending else []
        found = await self._runtime.scene(self._room_id)
        if not isinstance(found, Scene):
            peer.close(found)
            return None
        welcome = protocol.WelcomeFrame(
            protocol=protocol.VERSION,
            room=str(self._room_id),
            role=ticket.viewer.value,
            alias=ticket.alias,
            at=to_text(now()),
            renew_after_ms=tickets.RENEW_AFTER_MS,
            ping_every_ms=PING_EVERY_MS,
            largest_frame_bytes=protocol.LARGEST_FRAME_BYTES,
            verdicts=known,
        )
        peer.write_together([text_frame(protocol.encode(welcome)), *self._whole(found)])
        self._runtime.hub.adopt(found, peer)
        return found

    def _whole(self, scene: Scene) -> Iterator[bytes]:
        """The complete state, and the bidder's own place in it, as frames."""
        yield self._runtime.hub.full_frame(scene, self._peer.viewer)
        if self._peer.alias and scene.state is not None:
            yield text_frame(rendering.render_you(scene.state, self._peer.alias))

    async def _converse(self) -> None:
        receive, peer, decode = self._receive, self._peer, protocol.decode
        while True:
            self._idle = True
            message = await receive()
            self._idle = False
            if message["type"] == "websocket.disconnect":
                return
            if peer.close_code:
                continue
            received_at = now()
            try:
                frame = decode(message.get("text"), message.get("bytes"))
                if type(frame) is BidFrame:
                    await self._bid(frame, received_at)
                    continue
                if wait_ms := self._frames.spend(time.monotonic()):
                    raise RateLimited(retry_after_ms=wait_ms)
                await self._handlers[type(frame)](frame)
            except (RateLimited, NotStored) as refusal:
                self._refuse(refusal, bid_id_of(message))
            except Refusal as refusal:
                self._mind_bad_frame(refusal, message)

    async def _until_closed(self) -> None:
        while not self._gone:
            self._gone = (await self._receive())["type"] == "websocket.disconnect"

    # What clients ask

    async def _withdraw(self, frame: WithdrawFrame) -> None:
        await self._bid(frame, now())

    async def _bid(self, frame: BidFrame | WithdrawFrame, received_at: datetime) -> None:
        runtime = self._runtime
        participant_id = self._bidding_as()
        key = runtime.known_key(self._room_id, frame.key) or await runtime.key(self._room_id, frame.key)
        self._place(frame, participant_id, key, received_at)

    def _bidding_as(self) -> int:
        """The participant behind the ticket, who has spent a credit. Refuses where no bid can be taken up now."""
        ticket, runtime = self._ticket, self._runtime
        assert ticket is not None, "bids come after hello"
        if ticket.participant_id is None:
            raise NotAParticipant()
        if wait_ms := runtime.credit(self._room_id, ticket.participant_id).spend(time.monotonic()):
            raise RateLimited(retry_after_ms=wait_ms)
        if runtime.is_full:
            raise NotStored()
        return ticket.participant_id

    def _place(
        self, frame: BidFrame | WithdrawFrame, participant_id: int, key: KeyView | None, received_at: datetime
    ) -> None:
        if key is None or key.participant_id != participant_id:
            raise SignatureWrong()
        self._runtime.place(
            BidOrder(
                self._room_id,
                participant_id,
                self._peer.alias,
                frame,
                protocol.canonical_of(self._room_id, frame),
                received_at,
                key.public_key,
                reply_to=self._peer,
            )
        )

    def _take(self, text: str) -> bool:
        """Place a bid without a turn of the loop; False for any other frame, and while an earlier one is not done."""
        if not self._idle or self._peer.close_code:
            return False
        received_at = now()
        try:
            frame = protocol.decode(text)
        except Refusal:
            return False
        if type(frame) is not BidFrame or (key := self._runtime.known_key(self._room_id, frame.key)) is None:
            return False
        try:
            self._place(frame, self._bidding_as(), key, received_at)
        except (RateLimited, NotStored) as refusal:
            self._refuse(refusal, frame.bid_id)
        except Refusal as refusal:
            self._mind_bad_frame(refusal, {"text": text})
        return True

    async def _again(self, frame: HelloFrame) -> None:
        raise OutOfOrder(type="hello", reason="this socket is open already")

    async def _ping(self, frame: PingFrame) -> None:
        self._answer(protocol.PongFrame(id=frame.id, sent_ms=frame.sent_ms, server_ms=time.time() * 1000))

    async def _renew(self, frame: RenewFrame) -> None:
        ticket = await self._still_valid(frame.ticket)
        if ticket is None:
            self._peer.close(protocol.CLOSE_SIGNED_OUT)
            return
        self._ticket = tickets.renewed(ticket, now_ms=now_ms())
        self._answer(protocol.TicketFrame(tickets.seal(self._ticket), tickets.RENEW_AFTER_MS))

    async def _still_valid(self, text: str) -> Ticket | None:
        try:
            ticket = self._valid(text)
        except TicketOver:
            return None
        if ticket.person_id is None:
            return ticket
        current = await self._runtime.read(reading.is_current, ticket.person_id, ticket.socket_epoch)
        return ticket if current else None

    async def _lookup(self, frame: LookupFrame) -> None:
        self._answer(protocol.VerdictsFrame(await self._verdicts(frame.bid_ids)))

    async def _sync(self, frame: SyncFrame) -> None:
        self._peer.write_together([*self._whole(self._runtime.hub.scene(self._room_id))])

    async def _history(self, frame: HistoryFrame) -> None:
        scene = self._runtime.hub.scene(self._room_id)
        if scene.state is not None and scene.state.is_hidden:
            told = rendering.event_views(scene.state, scene.tape, self._peer.viewer)
            self._answer(protocol.HistoryAnswer([view for view in told if view.seq > frame.after], more=False))
            return
        events = await self._runtime.read(reading.events_after, self._room_id, frame.after, frame.limit)
        state = scene.state
        seen = [] if state is None else rendering.event_views(state, events, self._peer.viewer)
        self._answer(protocol.HistoryAnswer(seen, more=len(events) == frame.limit))

    async def _verdicts(self, bid_ids: list[str]) -> list[protocol.Receipt | protocol.UnknownBid]:
        ticket = self._ticket
        if ticket is None or ticket.participant_id is None:
            return [protocol.UnknownBid(bid_id) for bid_id in bid_ids]
        found = await self._runtime.read(verdicts.verdicts_of, self._room_id, ticket.participant_id, bid_ids)
        return [
            self._runtime.worded(verdict, self._language) if isinstance(verdict, protocol.Receipt) else verdict
            for verdict in found
        ]

    def _valid(self, text: str) -> Ticket:
        ticket = tickets.unseal(text, now_ms=now_ms())
        mine = self._ticket
        if ticket.room_id != self._room_id or self._runtime.has_ended(ticket, now_ms()):
            raise TicketOver()
        if mine is not None and (mine.person_id, mine.alias) != (ticket.person_id, ticket.alias):
            raise TicketOver()
        return ticket

    # Answers

    def _answer(self, frame: ServerFrame) -> None:
        self._peer.write(text_frame(protocol.encode(frame)))

    def _refuse(self, refusal: Refusal, bid_id: str | None = None) -> None:
        self._answer(self._runtime.refusal_frame(refusal, self._language, bid_id))

    def _mind_bad_frame(self, refusal: Refusal, message: dict[str, Any]) -> None:
        """Refuse, put on record, and end the connection of one who does not stop."""
        self._refuse(refusal, bid_id_of(message))
        frame = message.get("bytes") or (message.get("text") or "").encode("utf-8", "replace")
        ticket = self._ticket
        logger.info("room frame refused", code=refusal.code, room=self._room_id, bytes=len(frame))
        if ticket is not None:
            self._runtime.note(
                FrameNote(
                    self._room_id, ticket.alias, ticket.person_id, refusal.code, str(refusal.fields), frame, now()
                )
            )
        if len(frame) > HOPELESS_FRAME_BYTES:
            self._peer.close(CLOSE_TOO_LARGE)
        elif self._bad.spend(time.monotonic()):
            self._peer.close(protocol.CLOSE_ABUSE)

    def _close_soon(self, code: int) -> None:
        self._closer = asyncio.get_running_loop().create_task(self._close(code))

    async def _close(self, code: int) -> None:
        try:
            await self._send({"type": "websocket.close", "code": code})
        except Exception:
            logger.debug("room socket was gone before it was closed", code=code)


def now() -> datetime:
    """To the millisecond, as the log spells instants."""
    return floor(datetime.now(UTC))


def now_ms() -> int:
    return int(time.time() * 1000)


def language_of(scope: Scope) -> str:
    """`?lang=en` or `?lang=zh-hans`; Chinese by default."""
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [""])[0].lower()
    return asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def bid_id_of(message: dict[str, Any]) -> str | None:
    """The `bid_id` in a frame that was refused, so that its sender knows which bid is meant; None if unreadable."""
    return protocol.peek_bid_id(message.get("text") or "")
