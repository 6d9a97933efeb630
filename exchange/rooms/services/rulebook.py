"""Between what sockets bring and the pure rules: bids as commands, verdicts out of events."""

from binascii import b2a_base64
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from commons.domain.money import parse_decimal
from commons.domain.refusals import FieldValue, Refusal
from commons.domain.text import gettext_noop
from exchange.rooms.domain.commands import Command, Confirm, PlaceBid, WithdrawBid
from exchange.rooms.domain.decide import decide
from exchange.rooms.domain.events import BidAccepted, BidRefused, BidWithdrawn, Event, WithdrawalRefused
from exchange.rooms.domain.instants import floor
from exchange.rooms.domain.model import RoomState
from exchange.rooms.domain.values import value
from exchange.rooms.protocol import BidFrame, WithdrawFrame
from exchange.rooms.services.orders import BidOrder


class SignatureWrong(Refusal):
    code = "ROOM_SIGNATURE_WRONG"
    message = gettext_noop("The signature does not match your bid. Load the page again and enter the room anew.")


@value
class Verdict:
    """What became of a bid. `position` is the place of its own event among those it caused."""

    position: int
    code: str
    fields: dict[str, FieldValue]
    price: Decimal | None
    quantity: Decimal | None
    word: str = "ACCEPTED"


_VERDICTS = (BidAccepted, BidRefused)


def judge(state: RoomState, order: BidOrder, at: datetime) -> tuple[Verdict, Sequence[Event]]:
    """The verdict on a bid and everything that happened because of it."""
    if type(order.frame) is WithdrawFrame:
        return _judge_withdrawal(state, order, order.frame, at)
    bid = bid_of(order)
    if not order.signed:
        refused = BidRefused(state.seq + 1, floor(at), bid, SignatureWrong.code)
        return _verdict(0, refused), (refused,)
    events = decide(state, bid, at)
    for position, event in enumerate(events):
        if isinstance(event, _VERDICTS):
            return _verdict(position, event), events
    raise AssertionError("the rules gave a bid no verdict")


def _judge_withdrawal(
    state: RoomState, order: BidOrder, frame: WithdrawFrame, at: datetime
) -> tuple[Verdict, Sequence[Event]]:
    withdrawal = WithdrawBid(
        bid_id=frame.order,
        alias=order.alias,
        received_at=floor(order.received_at),
        request_id=frame.bid_id,
        key=frame.key,
        signature=b2a_base64(frame.signature, newline=False).decode(),
    )
    events: Sequence[Event]
    if not order.signed:
        events = (WithdrawalRefused(state.seq + 1, floor(at), withdrawal, SignatureWrong.code),)
    else:
        events = decide(state, withdrawal, at)
    position, last = len(events) - 1, events[-1]
    if isinstance(last, BidWithdrawn):
        return Verdict(position, "", {}, None, None, "WITHDRAWN"), events
    assert isinstance(last, WithdrawalRefused), "the rules gave a withdrawal no verdict"
    return Verdict(position, last.code, dict(last.fields), None, None, "REFUSED"), events


def obey(state: RoomState, command: Command, at: datetime) -> Sequence[Event]:
    """What a command of the timekeeper or of staff leads to. Raises the refusal where the rules forbid it."""
    return decide(state, command, at)


_CONFIRMS = {confirm.value: confirm for confirm in Confirm}


def bid_of(order: BidOrder) -> PlaceBid:
    """The bid in the words of the rules."""
    frame = order.frame
    assert isinstance(frame, BidFrame), "withdrawals are judged apart"
    return PlaceBid(  # by position: names would cost as much again
        frame.bid_id,
        order.alias,
        frame.price,
        floor(order.received_at),
        frame.quantity,
        _CONFIRMS[frame.confirm],
        frame.minimum,
        frame.replaces or "",
        frame.key,
        b2a_base64(frame.signature, newline=False).decode(),
    )


def actor_of(order: BidOrder) -> str:
    """Bids stand in the log under the alias: who that is, the room's own table says."""
    return f"alias:{order.alias}" if order.alias.isascii() else f"participant:{order.participant_id}"


def _verdict(position: int, event: BidAccepted | BidRefused) -> Verdict:
    if isinstance(event, BidAccepted):
        return Verdict(position, "", {}, event.price, event.quantity)
    price = amount_or_none(event.bid.price, 2)
    quantity = amount_or_none(event.bid.quantity, 3)
    return Verdict(position, event.code, dict(event.fields), price, quantity, "REFUSED")


def amount_or_none(text: str | None, places: int) -> Decimal | None:
    """The amount that was sent, where it is one; the log keeps the text in any case."""
    if text is None:
        return None
    try:
        return parse_decimal(text, field="amount", places=places).quantize(Decimal(1).scaleb(-places))
    except Refusal:
        return None
