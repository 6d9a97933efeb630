"""What can be asked of a room. Instants have milliseconds; finer ones are rounded down when decided."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from commons.domain.time import from_text
from exchange.rooms.domain.instants import to_text
from exchange.rooms.domain.values import value


class Confirm(StrEnum):
    """What a bidder did to confirm an unusual price."""

    NONE = "NONE"
    HELD = "HELD"
    """Held the button for a second, or ticked a box."""
    RETYPED = "RETYPED"


@value
class PlaceBid:
    """A bid as it came: amounts are the bidder's own spelling, so that what he signed can be checked for ever."""

    bid_id: str
    alias: str
    price: str
    received_at: datetime
    quantity: str | None = None
    """`None`: the whole lot."""
    confirm: Confirm = Confirm.NONE
    minimum: str | None = None
    """The smallest quantity that the bidder takes, where the rules let him name one."""
    replaces: str = ""
    """The `bid_id` of the own order that this one replaces, in a sealed call."""
    key: str = ""
    signature: str = ""

    def payload(self) -> dict[str, Any]:
        """The bid as JSON, without what was left out."""
        data: dict[str, Any] = {
            "bid_id": self.bid_id,
            "alias": self.alias,
            "price": self.price,
            "received_at": to_text(self.received_at),
        }
        if self.quantity is not None:
            data["quantity"] = self.quantity
        if self.confirm is not Confirm.NONE:
            data["confirm"] = self.confirm.value
        if self.minimum is not None:
            data["minimum"] = self.minimum
        if self.replaces:
            data["replaces"] = self.replaces
        if self.key:
            data["key"] = self.key
            data["signature"] = self.signature
        return data

    @classmethod
    def from_payload(cls, data: Mapping[str, Any]) -> "PlaceBid":
        return cls(
            bid_id=data["bid_id"],
            alias=data["alias"],
            price=data["price"],
            received_at=from_text(data["received_at"]),
            quantity=data.get("quantity"),
            confirm=Confirm(data.get("confirm", "NONE")),
            minimum=data.get("minimum"),
            replaces=data.get("replaces", ""),
            key=data.get("key", ""),
            signature=data.get("signature", ""),
        )


@value
class WithdrawBid:
    """Takes an own order out of a sealed call, where the rules let bidders do so. `bid_id`: of the order."""

    bid_id: str
    alias: str
    received_at: datetime
    request_id: str = ""
    """Of the withdrawal itself, made by the bidder's client; it shares the name space of bids."""
    key: str = ""
    signature: str = ""

    def payload(self) -> dict[str, Any]:
        """The withdrawal as JSON, without what was left out."""
        data = {"bid_id": self.bid_id, "alias": self.alias, "received_at": to_text(self.received_at)}
        if self.request_id:
            data["request_id"] = self.request_id
        if self.key:
            data["key"] = self.key
            data["signature"] = self.signature
        return data

    @classmethod
    def from_payload(cls, data: Mapping[str, Any]) -> "WithdrawBid":
        return cls(
            bid_id=data["bid_id"],
            alias=data["alias"],
            received_at=from_text(data["received_at"]),
            request_id=data.get("request_id", ""),
            key=data.get("key", ""),
            signature=data.get("signature", ""),
        )


@value
class Tick:
    """Time has passed: whatever is due happens."""


@value
class Pause:
    """Stops the clock. `since`: when bidding in fact stopped (an outage), if earlier than now."""

    reason: str
    reference: str = ""
    """Of the approval, the decision or the outage."""
    since: datetime | None = None


@value
class Resume:
    """Lets the clock run on, at once or at an announced instant, with the remaining time given back."""

    reason: str
    reference: str = ""
    resumes_at: datetime | None = None


@value
class Void:
    """Sets the room aside on a numbered decision of the seller or regulator (平台办法: the centre ends nothing)."""

    reason: str
    decided_by: str
    decision_no: str
    document: str = ""
    only_unopened: bool = False
    """Not once the first phase has begun."""


@value
class Suspend:
    """Takes the right to bid from one bidder, as long as its deposit is not whole. What it bid before binds it."""

    alias: str
    reason: str
    reference: str = ""


@value
class Readmit:
    """Gives the right to bid back."""

    alias: str
    reason: str
    reference: str = ""


Command: TypeAlias = PlaceBid | WithdrawBid | Tick | Pause | Resume | Void | Suspend | Readmit
