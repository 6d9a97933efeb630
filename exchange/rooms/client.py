"""A client of the room socket (docs/protocol.md) for robots, tests and integrators' programs.

It keeps what the protocol asks of clients: its own `bid_id`s, kept until there is a verdict; the last `seq`; a
renewed ticket.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import websockets

from exchange.rooms.protocol import (
    BidFrame,
    WithdrawFrame,
    canonical_bid,
    canonical_withdrawal,
    encode,
    entry_statement,
    key_id_of,
)
from signatures.crypto.suites import Suite, provider_of

Frame = dict[str, Any]


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A room key as a browser makes one; it signs raw, r‖s."""

    sign: Callable[[bytes], bytes]
    spki: bytes
    key_id: str
    private: bytes = field(repr=False)
    """PKCS #8, DER."""

    @classmethod
    def generate(cls, suite: Suite = Suite.INTERNATIONAL) -> "KeyPair":
        """A key of the room's suite. Raises `UnknownSuite` where its extra is not installed."""
        private, spki = provider_of(suite).new_key()
        return cls.of(private, spki, suite)

    @classmethod
    def of(cls, private: bytes, spki: bytes, suite: Suite = Suite.INTERNATIONAL) -> "KeyPair":
        """A key that was made before."""
        return cls(provider_of(suite).raw_signer(private), spki, key_id_of(spki), private)

    def statement(self, room_id: int, alias: str) -> str:
        return entry_statement(room_id=room_id, alias=alias, key_id=self.key_id)


def new_bid_id() -> str:
    return "b-" + secrets.token_urlsafe(12)


def signed_bid(
    room_id: int,
    key: KeyPair,
    *,
    price: str,
    quantity: str | None = None,
    confirm: str = "NONE",
    bid_id: str = "",
    minimum: str | None = None,
    replaces: str | None = None,
) -> bytes:
    """A `bid` frame, signed and ready to send; the same bytes again are a retry."""
    unsigned = BidFrame(
        bid_id=bid_id or new_bid_id(),
        price=price,
        key=key.key_id,
        signature=bytes(64),
        quantity=quantity,
        confirm=confirm,
        minimum=minimum,
        replaces=replaces,
    )
    signature = key.sign(canonical_bid(room_id, unsigned))
    return encode(msgspec.structs.replace(unsigned, signature=signature))


def signed_withdrawal(room_id: int, key: KeyPair, *, order: str, bid_id: str = "") -> bytes:
    """A `withdraw` frame for the own order `order`, signed and ready to send."""
    unsigned = WithdrawFrame(bid_id=bid_id or new_bid_id(), order=order, key=key.key_id, signature=bytes(64))
    signature = key.sign(canonical_withdrawal(room_id, unsigned))
    return encode(msgspec.structs.replace(unsigned, signature=signature))


@dataclass
class RoomClient:
    """One socket. `async with RoomClient(...) as room:` connects, says hello and listens until left."""

    url: str
    room_id: int
    ticket: str
    key: KeyPair | None = None
    epoch: str = ""
    seq: int = 0
    pending: list[str] = field(default_factory=list)
    welcome: Frame = field(default_factory=dict)
    state: Frame = field(default_factory=dict)
    you: Frame = field(default_factory=dict)
    frames: list[Frame] = field(default_factory=list)
    """Everything that came, in order, for those who want to look back."""
    close_code: int | None = None
    _verdicts: dict[str, "asyncio.Future[Frame]"] = field(default_factory=dict)
    _answers: dict[str, "asyncio.Queue[Frame]"] = field(default_factory=dict)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> "RoomClient":
        self.socket = await websockets.connect(self.url, compression=None, max_size=2**22, ping_interval=None)
        await self.send(
            {
                "type": "hello",
                "ticket": self.ticket,
                "epoch": self.epoch,
                "seq": self.seq,
                "pending": self.pending,
            }
        )
        self._listener = asyncio.create_task(self._listen())
        await self.until(lambda: bool(self.state))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.socket.close()
        await self._listener

    async def send(self, frame: Frame | bytes | str) -> None:
        """Send a frame as it is."""
        text = frame if isinstance(frame, str) else msgspec.json.encode(frame) if isinstance(frame, dict) else frame
        await self.socket.send(text if isinstance(text, str) else text.decode())

    async def bid(self, price: str, quantity: str | None = None, *, confirm: str = "NONE", bid_id: str = "") -> Frame:
        """Bid and wait for the verdict: a `receipt` or a `refusal` frame."""
        assert self.key is not None, "bidders have a key"
        bid_id = bid_id or new_bid_id()
        frame = signed_bid(self.room_id, self.key, price=price, quantity=quantity, confirm=confirm, bid_id=bid_id)
        return await self.place(bid_id, frame)

    async def withdraw(self, order: str, *, bid_id: str = "") -> Frame:
        """Take an own order back and wait for the verdict."""
        assert self.key is not None, "bidders have a key"
        bid_id = bid_id or new_bid_id()
        return await self.place(bid_id, signed_withdrawal(self.room_id, self.key, order=order, bid_id=bid_id))

    async def place(self, bid_id: str, frame: bytes) -> Frame:
        """Send a signed bid and wait for its verdict."""
        verdict = self._verdicts.setdefault(bid_id, asyncio.get_running_loop().create_future())
        await self.send(frame)
        return await asyncio.wait_for(asyncio.shield(verdict), 30)

    async def ask(self, frame: Frame, answer: str) -> Frame:
        """Send a frame and wait for the next frame of type `answer`."""
        queue = self._answers.setdefault(answer, asyncio.Queue())
        while not queue.empty():
            queue.get_nowait()
        await self.send(frame)
        return await asyncio.wait_for(queue.get(), 30)

    async def until(self, condition: Any, timeout_s: float = 30) -> None:
        """Wait until `condition()` holds, looked at after every frame; `ConnectionError` when the socket ends first."""
        async with asyncio.timeout(timeout_s):
            while not condition():
                if self.close_code is not None:
                    raise ConnectionError(f"the room closed the socket with {self.close_code}")
                self._news.clear()
                await self._news.wait()

    async def _listen(self) -> None:
        try:
            async for text in self.socket:
                self._take(msgspec.json.decode(text))
        except websockets.ConnectionClosed:
            pass
        self.close_code = self.socket.close_code or 1006
        self._news.set()
        for verdict in self._verdicts.values():
            if not verdict.done():
                verdict.set_exception(ConnectionError(f"closed with {self.close_code} before the verdict"))
                verdict.exception()

    def _take(self, frame: Frame) -> None:
        self.frames.append(frame)
        kind = frame["type"]
        if kind == "state":
            self.state, self.epoch, self.seq = frame, frame["epoch"], frame["seq"]
        elif kind == "welcome":
            self.welcome = frame
        elif kind == "you":
            self.you = frame
        elif kind in ("receipt", "refusal") and frame.get("bid_id") in self._verdicts:
            verdict = self._verdicts.pop(frame["bid_id"])
            if not verdict.done():
                verdict.set_result(frame)
        if kind in self._answers:
            self._answers[kind].put_nowait(frame)
        self._news.set()
