"""Between what sockets bring and the pure rules: bids as commands, verdicts out of events."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from commons.domain.money import parse_decimal
from commons.domain.refusals import FieldValue, Refusal
from commons.domain.text import gettext_noop
from exchange.rooms.domain.commands import Command, Confirm, PlaceBid
from exchange.rooms.domain.decide import decide
from exchange.rooms.domain.events import BidAccepted, BidRefused, Event
from exchange.rooms.domain.instants import floor
from exchange.rooms.domain.model import RoomState
from exchange.rooms.services.orders import BidOrder


class SignatureWrong(Refusal):
    code = "ROOM_SIGNATURE_WRONG"
    message = gettext_noop("The signature does not match your bid. Load the page again and enter the room anew.")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a bid. `position` is the place of its own event among those it caused."""

    position: int
    code: str
    fields: dict[str, FieldValue]
    price: Decimal | None
    quantity: Decimal | None


def judge(state: RoomState, order: BidOrder, at: datetime) -> tuple[Verdict, Sequence[Event]]:
    """The verdict on a bid and everything that happened because of it."""
    bid = bid_of(order)
    if not order.signed:
        refused = BidRefused(state.seq + 1, floor(at), bid, SignatureWrong.code)
        return _verdict(0, refused), (refused,)
    events = decide(state, bid, at)
    for position, event in enumerate(events):
        if isinstance(event, BidAccepted | BidRefused):
            return _verdict(position, event), events
    raise AssertionError("the rules gave a bid no verdict")


def obey(state: RoomState, command: Command, at: datetime) -> Sequence[Event]:
    """What a command of the timekeeper or of staff leads to. Raises the refusal where the rules forbid it."""
    return decide(state, command, at)


def bid_of(order: BidOrder) -> PlaceBid:
    """The bid in the words of the rules."""
    frame = order.frame
    return PlaceBid(
        bid_id=frame.bid_id,
        alias=order.alias,
        price=frame.price,
        received_at=floor(order.received_at),
        quantity=frame.quantity,
        confirm=Confirm(frame.confirm),
        minimum=frame.minimum,
        replaces=frame.replaces or "",
        key=frame.key,
        signature=b64encode(frame.signature).decode(),
    )


def actor_of(order: BidOrder) -> str:
    """Bids stand in the log under the alias: who that is, the room's own table says."""
    return f"alias:{order.alias}" if order.alias.isascii() else f"participant:{order.participant_id}"


def _verdict(position: int, event: BidAccepted | BidRefused) -> Verdict:
    if isinstance(event, BidAccepted):
        return Verdict(position, "", {}, event.price, event.quantity)
    price = amount_or_none(event.bid.price, 2)
    quantity = amount_or_none(event.bid.quantity, 3)
    return Verdict(position, event.code, dict(event.fields), price, quantity)


def amount_or_none(text: str | None, places: int) -> Decimal | None:
    """The amount that was sent, where it is one; the log keeps the text in any case."""
    if text is None:
        return None
    try:
        return parse_decimal(text, field="amount", places=places).quantize(Decimal(1).scaleb(-places))
    except Refusal:
        return None
