"""The frames of a room's socket, typed. What they mean stands in docs/protocol.md.

Pure: no Django, no I/O. Whatever arrives becomes one of the `…Frame` structs or a refusal before anything else sees it.
"""

import hashlib
from typing import Annotated, Any, ClassVar, Final

import msgspec
from msgspec import Meta, Struct

from commons.domain.refusals import FieldValue, Malformed, Refusal
from commons.domain.text import gettext_noop

VERSION: Final = 1
LARGEST_FRAME_BYTES: Final = 8_192
MOST_PENDING: Final = 64
MOST_EVENTS_IN_STATE: Final = 20
MOST_STANDING: Final = 20
MOST_HISTORY: Final = 200

CLOSE_ABUSE: Final = 4400
CLOSE_SIGNED_OUT: Final = 4401
CLOSE_NO_ROOM: Final = 4404
CLOSE_NOT_READING: Final = 4408
CLOSE_TOO_MANY: Final = 4429
CLOSE_RESTART: Final = 1012

BidId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._\-]{8,64}$")]
KeyId = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
Amount = Annotated[str, Meta(max_length=40)]
"""Kept as it came: what is no amount is refused by a rule, with a place in the log."""


class FrameTooLarge(Refusal):
    code = "FRAME_TOO_LARGE"
    message = gettext_noop("The message has %(size)s bytes; %(largest)s are allowed.")
    status = 413


class FrameNotText(Refusal):
    code = "FRAME_NOT_TEXT"
    message = gettext_noop("Binary messages are not understood here; send JSON text.")
    status = 400


class OutOfOrder(Refusal):
    """A frame that makes no sense at this point, such as a bid before `hello`."""

    code = "FRAME_OUT_OF_ORDER"
    message = gettext_noop("“%(type)s” is not possible here: %(reason)s.")


class RateLimited(Refusal):
    code = "RATE_LIMITED"
    message = gettext_noop("That was too fast. Try again in %(retry_after_ms)s milliseconds.")
    status = 429
    retryable: ClassVar[bool] = True


class NotAParticipant(Refusal):
    code = "ROOM_NOT_A_PARTICIPANT"
    message = gettext_noop("Only qualified bidders can bid in this room.")
    status = 403


class TicketOver(Refusal):
    code = "ROOM_TICKET_OVER"
    message = gettext_noop("Your admission to this room is over. Load the page again, and sign in if asked.")
    status = 401


class NotStored(Refusal):
    """The database did not take the batch. The client sends the same `bid_id` again and learns what happened."""

    code = "ROOM_TRY_AGAIN"
    message = gettext_noop("The platform could not store your bid just now. It is being sent again.")
    status = 503
    retryable: ClassVar[bool] = True


# What clients send


class ClientFrame(Struct, frozen=True, tag_field="type", gc=False):
    """Anything a client may send."""


class HelloFrame(ClientFrame, frozen=True, gc=False, tag="hello"):
    ticket: Annotated[str, Meta(max_length=1000)]
    epoch: Annotated[str, Meta(max_length=16)] = ""
    seq: Annotated[int, Meta(ge=0)] = 0
    pending: Annotated[list[BidId], Meta(max_length=MOST_PENDING)] = []


class BidFrame(ClientFrame, frozen=True, gc=False, tag="bid"):
    bid_id: BidId
    price: Amount
    key: KeyId
    signature: Annotated[bytes, Meta(min_length=64, max_length=64)]
    quantity: Amount | None = None
    confirm: Annotated[str, Meta(pattern="^(NONE|HELD|RETYPED)$")] = "NONE"
    minimum: Amount | None = None
    replaces: BidId | None = None


class WithdrawFrame(ClientFrame, frozen=True, gc=False, tag="withdraw"):
    """Takes the own order `order` out of a sealed call. `bid_id` is the id of this request, as a bid has one."""

    bid_id: BidId
    order: BidId
    key: KeyId
    signature: Annotated[bytes, Meta(min_length=64, max_length=64)]


class PingFrame(ClientFrame, frozen=True, gc=False, tag="ping"):
    id: Annotated[int, Meta(ge=0, le=2**53)]
    sent_ms: float = 0.0


class RenewFrame(ClientFrame, frozen=True, gc=False, tag="renew"):
    ticket: Annotated[str, Meta(max_length=1000)]


class LookupFrame(ClientFrame, frozen=True, gc=False, tag="lookup"):
    bid_ids: Annotated[list[BidId], Meta(min_length=1, max_length=MOST_PENDING)]


class SyncFrame(ClientFrame, frozen=True, gc=False, tag="sync"):
    pass


class HistoryFrame(ClientFrame, frozen=True, gc=False, tag="history"):
    after: Annotated[int, Meta(ge=0)]
    limit: Annotated[int, Meta(ge=1, le=MOST_HISTORY)] = MOST_HISTORY


AnyClientFrame = HelloFrame | BidFrame | WithdrawFrame | PingFrame | RenewFrame | LookupFrame | SyncFrame | HistoryFrame
_decoder: msgspec.json.Decoder[AnyClientFrame] = msgspec.json.Decoder(AnyClientFrame)


def decode(text: str | None, binary: bytes | None = None) -> AnyClientFrame:
    """The frame that a client sent. Refuses `FrameNotText`, `FrameTooLarge` and `Malformed`."""
    if text is None:
        raise FrameNotText()
    # Characters are never more than bytes: the cheap check first.
    if len(text) > LARGEST_FRAME_BYTES or (not text.isascii() and len(text.encode()) > LARGEST_FRAME_BYTES):
        raise FrameTooLarge(size=len(text.encode("utf-8", "replace")), largest=LARGEST_FRAME_BYTES)
    try:
        return _decoder.decode(text)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at ")
        raise Malformed(field=place.strip("`").removeprefix("$.") or "frame", reason=reason[:120]) from None
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Malformed(field="frame", reason=str(error)[:120]) from None


class _Peeked(Struct):
    bid_id: BidId


_peeker = msgspec.json.Decoder(_Peeked)


def peek_bid_id(text: str) -> str | None:
    """The `bid_id` of a frame that may be no good otherwise; None if it has none."""
    if '"bid_id"' not in text or len(text) > LARGEST_FRAME_BYTES:
        return None
    try:
        return _peeker.decode(text).bid_id
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


_quote = msgspec.json.Encoder().encode


def canonical_bid(room_id: int, frame: BidFrame) -> bytes:
    """The bytes that the room key signs: RFC 8785, every value as it stands in the frame."""
    # Ids and confirm are checked against patterns without anything to escape; amounts may hold anything.
    minimum = b"" if frame.minimum is None else b'"minimum":%b,' % _quote(frame.minimum)
    replaces = b"" if frame.replaces is None else b'"replaces":"%b",' % frame.replaces.encode()
    return (
        b'{"bid_id":"%b","confirm":"%b","ctx":"luochui/bid/v1","key":"%b",%b"price":%b,"quantity":%b,%b"room":"%d"}'
        % (
            frame.bid_id.encode(),
            frame.confirm.encode(),
            frame.key.encode(),
            minimum,
            _quote(frame.price),
            _quote(frame.quantity or ""),
            replaces,
            room_id,
        )
    )


def canonical_withdrawal(room_id: int, frame: WithdrawFrame) -> bytes:
    """The bytes that the room key signs to take an order back: RFC 8785; ids need no escaping."""
    return b'{"bid_id":"%b","ctx":"luochui/withdrawal/v1","key":"%b","order":"%b","room":"%d"}' % (
        frame.bid_id.encode(),
        frame.key.encode(),
        frame.order.encode(),
        room_id,
    )


def canonical_of(room_id: int, frame: BidFrame | WithdrawFrame) -> bytes:
    """The bytes that the room key signs for a bid or a withdrawal."""
    return canonical_bid(room_id, frame) if type(frame) is BidFrame else canonical_withdrawal(room_id, frame)  # type: ignore[arg-type]


def entry_statement(*, room_id: int, alias: str, key_id: str) -> str:
    """What a session (from part B on: a certificate) vouches for when a bidder enters with a key."""
    return _encode({"alias": alias, "ctx": "luochui/room-key/v1", "key": key_id, "room": str(room_id)}).decode()


def key_id_of(spki: bytes) -> str:
    return hashlib.sha256(spki).hexdigest()[:32]


# What the server sends


class ServerFrame(Struct, frozen=True, tag_field="type", gc=False):
    """Anything the server may send."""


class Receipt(ServerFrame, frozen=True, gc=False, tag="receipt"):
    """The verdict on a bid with its place in the log; in a sealed call 0 before its end, and no `prev_hash`.

    `message` is filled in for the reader's language.
    """

    bid_id: str
    verdict: str
    room: str
    seq: int
    received_at: str
    decided_at: str
    price: str
    quantity: str
    code: str
    hash: str
    prev_hash: str
    proof: msgspec.Raw
    """The receipt to keep: body, path and signature, as `verify_receipt` takes it."""
    message: str = ""
    fields: dict[str, FieldValue] = {}


class RefusalFrame(ServerFrame, frozen=True, gc=False, tag="refusal"):
    code: str
    message: str
    fields: dict[str, FieldValue]
    retryable: bool
    bid_id: str | None = None


class UnknownBid(ServerFrame, frozen=True, gc=False, tag="unknown"):
    bid_id: str


class WelcomeFrame(ServerFrame, frozen=True, gc=False, tag="welcome"):
    protocol: int
    room: str
    role: str
    alias: str
    at: str
    renew_after_ms: int
    ping_every_ms: int
    largest_frame_bytes: int
    verdicts: list[Receipt | UnknownBid]


class PongFrame(ServerFrame, frozen=True, gc=False, tag="pong"):
    id: int
    sent_ms: float
    server_ms: float


class TicketFrame(ServerFrame, frozen=True, gc=False, tag="ticket"):
    ticket: str
    renew_after_ms: int


class VerdictsFrame(ServerFrame, frozen=True, gc=False, tag="verdicts"):
    verdicts: list[Receipt | UnknownBid]


class EventView(Struct, frozen=True, omit_defaults=True, gc=False):
    """An event as a viewer may see it."""

    seq: int
    at: str
    type: str
    alias: str | None = None
    price: str | None = None
    quantity: str | None = None
    phase: str | None = None
    closes_at: str | None = None
    code: str | None = None
    reason: str | None = None


class StandingView(Struct, frozen=True, gc=False):
    """An offer as it stands: what it would win if the room closed now."""

    alias: str
    price: str
    quantity: str | None
    seq: int
    wins: str


class RoomView(Struct, frozen=True):
    """All that a viewer may know of a room; always complete."""

    phase: str
    opens_at: str
    closes_at: str | None
    paused: bool
    extensions: int
    divisible: bool
    supply: str
    start_price: str
    step: str
    direction: str
    price: str | None
    leader: str | None
    next_price: str | None
    participants: int
    bidders: int | None
    bids: int | None
    refused: int | None
    watchers: int
    standing: list[StandingView] | None
    outcome: dict[str, Any] | None = None


class StateFrame(ServerFrame, frozen=True, gc=False, tag="state"):
    full: bool
    room: str
    epoch: str
    seq: int
    since: int
    at: str
    state: RoomView
    events: list[EventView]


class OrderView(Struct, frozen=True, gc=False):
    """An own standing order in a sealed call."""

    bid_id: str
    price: str
    quantity: str


class YouFrame(ServerFrame, frozen=True, gc=False, tag="you"):
    seq: int
    alias: str
    price: str | None
    quantity: str | None
    wins: str | None
    rank: int | None
    quotes_left: int | None
    maximum_quantity: str | None
    orders: list[OrderView] | None = None
    """In a sealed call: the own orders that stand, the first handed in first."""


class HistoryAnswer(ServerFrame, frozen=True, gc=False, tag="history"):
    events: list[EventView]
    more: bool


_encode = msgspec.json.Encoder(order="sorted").encode
encode = msgspec.json.Encoder().encode
"""A server frame as UTF-8 JSON."""


def receipt_body(
    *,
    bid_id: str,
    code: str,
    decided_at: str,
    hash: str,
    prev_hash: str,
    price: str,
    quantity: str,
    received_at: str,
    room: int,
    seq: int,
    verdict: str,
    salt: str = "",
) -> bytes:
    """What the platform signs of a bid: canonical JSON of its facts, none of which has anything to escape.

    `salt` (hex, sealed calls only) keeps the stored hash of the receipt from telling the price to who guesses. With it
    the place and what stands before it are left out, for they would tell how many others ordered: `hash` holds them.
    """
    salted, place = (f'"salt":"{salt}",', "") if salt else ("", str(seq))
    prev_hash = "" if salt else prev_hash
    return (
        f'{{"bid_id":"{bid_id}","code":"{code}","decided_at":"{decided_at}","hash":"{hash}","prev_hash":"{prev_hash}",'
        f'"price":"{price}","quantity":"{quantity}","received_at":"{received_at}","room":"{room}",{salted}"seq":"{place}",'
        f'"verdict":"{verdict}"}}'
    ).encode("ascii")
