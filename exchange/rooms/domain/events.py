"""What happened in a room, each with its place `seq` and the instant `at` when it was decided.

`payload` is what the evidence log keeps beside its own columns (seq, ts, type): JSON without numbers. `event_of` reads
it back.
"""

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Self, TypeAlias, get_args

from commons.domain.money import as_text
from commons.domain.refusals import FieldValue
from commons.domain.time import from_text
from exchange.rooms.domain.commands import PlaceBid, WithdrawBid
from exchange.rooms.domain.instants import to_text
from exchange.rooms.domain.phases import Phase
from exchange.rooms.domain.rules import RoomRules
from exchange.rooms.domain.values import value

Payload: TypeAlias = dict[str, Any]


class FailReason(StrEnum):
    """Why a hammer fell without a deal."""

    NO_BIDS = "NO_BIDS"
    SINGLE_BIDDER = "SINGLE_BIDDER"
    """Only one bidder, and the rules ask for competition."""
    NOT_CLEARED = "NOT_CLEARED"
    """The clearing sold nothing, or was cancelled by its own rule."""


@value
class Participant:
    """A qualified bidder under its alias 竞买号. `maximum_quantity`: the qualified need, `None` if not limited."""

    alias: str
    maximum_quantity: Decimal | None = None
    group: str = ""
    """Bidders of one group count as one under caps; empty: a group of its own."""

    def payload(self) -> Payload:
        need = None if self.maximum_quantity is None else as_text(self.maximum_quantity)
        return {"alias": self.alias, "maximum_quantity": need, "group": self.group}

    @classmethod
    def from_payload(cls, data: Mapping[str, Any]) -> "Participant":
        need = data["maximum_quantity"]
        return cls(data["alias"], None if need is None else Decimal(need), data["group"])


@value
class RoomAward:
    """What a bidder won with one bid."""

    alias: str
    bid_id: str
    quantity: Decimal
    price: Decimal
    amount: Decimal

    def payload(self) -> Payload:
        return {
            "alias": self.alias,
            "bid_id": self.bid_id,
            "quantity": as_text(self.quantity),
            "price": as_text(self.price),
            "amount": as_text(self.amount),
        }

    @classmethod
    def from_payload(cls, data: Mapping[str, Any]) -> "RoomAward":
        amounts = (Decimal(data[name]) for name in ("quantity", "price", "amount"))
        return cls(data["alias"], data["bid_id"], *amounts)


@value
class RoomScheduled:
    """The first event of every room: under which rules, with whom, from when."""

    type: ClassVar[str] = "RoomScheduled"
    seq: int
    at: datetime
    opens_at: datetime
    rules: RoomRules
    participants: tuple[Participant, ...]

    def payload(self) -> Payload:
        return {
            "opens_at": to_text(self.opens_at),
            "rules": self.rules.to_json(),
            "participants": [participant.payload() for participant in self.participants],
        }

    @classmethod
    def read(cls, seq: int, at: datetime, data: Mapping[str, Any]) -> "RoomScheduled":
        participants = tuple(Participant.from_payload(entry) for entry in data["participants"])
        return cls(seq, at, from_text(data["opens_at"]), RoomRules.from_json(data["rules"]), participants)


@value
class PhaseBegan:
    """A phase runs `[begins_at, closes_at)`: by the rules, however late the event was decided."""

    type: ClassVar[str] = "PhaseBegan"
    seq: int
    at: datetime
    phase: Phase
    begins_at: datetime
    closes_at: datetime

    def payload(self) -> Payload:
        return {
            "phase": self.phase.value,
            "begins_at": to_text(self.begins_at),
            "closes_at": to_text(self.closes_at),
        }

    @classmethod
    def read(cls, seq: int, at: datetime, data: Mapping[str, Any]) -> "PhaseBegan":
        return cls(seq, at, Phase(data["phase"]), from_text(data["begins_at"]), from_text(data["closes_at"]))


@value
class BidAccepted:
    """A bid counts, at `price` for `quantity`."""

    type: ClassVar[str] = "BidAccepted"
    seq: int
    at: datetime
    bid: PlaceBid
    price: Decimal
    quantity: Decimal
    minimum: Decimal = Decimal(0)
    replaces: str = ""
    """The own order that this one takes the place of, in a sealed call."""

    @property
    def bid_id(self) -> str:
        return self.bid.bid_id

    @property
    def alias(self) -> str:
        return self.bid.alias

    def payload(self) -> Payload:
        data = self.bid.payload()
        # The bidder's spelling stays; how the room reads it is added where it differs (20000 counts as 20000.00).
        price, quantity = str(self.price), str(self.quantity)
        if price != self.bid.price:
            data["counts_at"] = price
        if quantity != self.bid.quantity:
            data["takes"] = quantity
        if self.replaces:
            data["replaces_order"] = self.replaces
        return data

    @classmethod
    def read(cls, seq: int, at: datetime, data: Mapping[str, Any]) -> "BidAccepted":
        bid = PlaceBid.from_payload(data)
        minimum = Decimal(bid.minimum or 0)
        price, quantity = Decimal(data.get("counts_at", bid.price)), Decimal(data.get("takes", bid.quantity))
        return cls(seq, at, bid, price, quantity, minimum, data.get("replaces_order", ""))


@value
class BidRefused:
    """A bid does not count, and why. `platform_fault`: it came in time and the platform was too slow."""

    type: ClassVar[str] = "BidRefused"
    seq: int
    at: datetime
    bid: PlaceBid
    code: str
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    platform_fault: bool = False

    @property
    def bid_id(self) -> str:
        return self.bid.bid_id

    @property
    def alias(self) -> str:
        return self.bid.alias

    def payload(self) -> Payload:
        data = self.bid.payload()
        data["code"] = self.code
        data["fields"] = {name: _text_of(value) for name, value in self.fields.items()}
        if self.platform_fault:
            data["platform_fault"] = True
        return data

    @classmethod
    def read(cls, seq: int, at: datetime, data: Mapping[str, Any]) -> "BidRefused":
        fault = data.get("platform_fault", False)
        return cls(seq, at, PlaceBid.from_payload(data), data["code"], dict(data["fields"]), fault)


@value
class BidWithdrawn:
    """A bidder took an order out of a sealed call."""

    type: ClassVar[str] = "BidWithdrawn"
    seq: int
    at: datetime
    withdrawal: WithdrawBid

    @property
    def bid_id(self) -> str:
        """The order that stands no longer."""
        return self.withdrawal.bid_id

    @property
    def alias(self) -> str:
        return self.withdrawal.alias

    def payload(self) -> Payload:
        return self.withdrawal.payload()

    @classmethod
    def read(cls, seq: int, at: datetime, data: Mapping[str, Any]) -> "BidWithdrawn":
        return cls(seq, at, WithdrawBid.from_payload(data))


@value
class WithdrawalRefused:
    """An order stands although its bidder asked for it back, and why."""

    type: ClassVar[str] = "WithdrawalRefused"
    seq: int
    at: datetime
    withdrawal: WithdrawBid
    code: str
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    platform_fault: bool = False

    @property
    def bid_id(self) -> str:
        """The order that was asked for."""
        return self.withdrawal.bid_id

    @property
    def alias(self) -> str:
        return self.withdrawal.alias

    def payload(self) -> Payload:
        data = self.withdrawal.payload()
        data["code"] = self.code
        data["fields"] = {name: _text_of(value) for name, value in self.fields.items()}
        if self.platform_fault:
            data["platform_fault"] = True
        return data

    @classmethod
    def read(cls, seq: int, at: datetime, data: Mapping[str, Any]) -> "WithdrawalRefused":
        fault = data.get("platform_fault", False)
        return cls(seq, at, WithdrawBid.from_payload(data), data["code"], dict(data["fields"]), fault)


@value
class CloseExtended:
    """The close moved forward from `before` to `closes_at`, because of the bid `bid_id`."""

    type: ClassVar[str] = "CloseExtended"
    seq: int
    at: datetime
    bid_id: str
    before: datetime
    closes_at: datetime

    def payload(self) -> Payload:
        return {"bid_id": self.bid_id, "before": to_text(self.before), "closes_at": to_text(self.closes_at)}

    @classmethod
    def read(cls, seq: int, at: datetime, data: Mapping[str, Any]) -> "CloseExtended":
        return cls(seq, at, data["bid_id"], from_text(data["before"]), from_text(data["closes_at"]))


@value
class RoomPaused:
    """The clock stands still since `paused_at`; `remaining_ms` are given back."""

    type: ClassVar[str] = "RoomPaused"
    seq: int
    at: datetime
    paused_at: datetime
    remaining_ms: int
    reason: str
    reference: str = ""

    def payload(self) -> Payload:
        return {
            "paused_at": to_text(self.paused_at),
            "remaining_ms": str(self.remaining_ms),
            "reason": self.reason,
            "reference": self.reference,
        }

    @classmethod
    def read(cls, seq: int, at: datetime, data: Mapping[str, Any]) -> "RoomPaused":
        remaining = int(data["remaining_ms"])
        return cls(seq, at, from_text(data["paused_at"]), remaining, data["reason"], data["reference"])


@value
class RoomResumed:
    """The interrupted `phase` runs on from `resumes_at` and now ends at `closes_at`."""

    type: ClassVar[str] = "RoomResumed"
    seq: int
    at: datetime
    phase: Phase
    resumes_at: datetime
    closes_at: datetime
    reason: str
    reference: str = ""

    def payload(self) -> Payload:
        return {
            "phase": self.phase.value,
            "resumes_at": to_text(self.resumes_at),
            "closes_at": to_text(self.closes_at),
            "reason": self.reason,
            "reference": self.reference,
        }

    @classmethod
    def read(cls, seq: int, at: datetime, data: Mapping[str, Any]) -> "RoomResumed":
        resumes_at, closes_at = from_text(data["resumes_at"]), from_text(data["closes_at"])
        return cls(seq, at, Phase(data["phase"]), resumes_at, closes_at, data["reason"], data["reference"])


@value
class HammerFell:
    """A deal: the room closed at `closed_at`, the hammer fell at `fell_at`. `price`: the lowest price paid."""

    type: ClassVar[str] = "HammerFell"
    seq: int
    at: datetime
    closed_at: datetime
    fell_at: datetime
    price: Decimal
    awards: tuple[RoomAward, ...]
    unsold: Decimal

    def payload(self) -> Payload:
        return {
            "closed_at": to_text(self.closed_at),
            "fell_at": to_text(self.fell_at),
            "price": as_text(self.price),
            "awards": [award.payload() for award in self.awards],
            "unsold": as_text(self.unsold),
        }

    @classmethod
    def read(cls, seq: int, at: datetime, data: Mapping[str, Any]) -> "HammerFell":
        awards = tuple(RoomAward.from_payload(entry) for entry in data["awards"])
        closed_at, fell_at = from_text(data["closed_at"]), from_text(data["fell_at"])
        return cls(seq, at, closed_at, fell_at, Decimal(data["price"]), awards, Decimal(data["unsold"]))


@value
class RoomFailed:
    """The hammer fell without a deal."""

    type: ClassVar[str] = "RoomFailed"
    seq: int
    at: datetime
    closed_at: datetime
    fell_at: datetime
    reason: FailReason

    def payload(self) -> Payload:
        return {
            "closed_at": to_text(self.closed_at),
            "fell_at": to_text(self.fell_at),
            "reason": self.reason.value,
        }

    @classmethod
    def read(cls, seq: int, at: datetime, data: Mapping[str, Any]) -> "RoomFailed":
        closed_at, fell_at = from_text(data["closed_at"]), from_text(data["fell_at"])
        return cls(seq, at, closed_at, fell_at, FailReason(data["reason"]))


@value
class RoomVoided:
    """The room and its result are set aside."""

    type: ClassVar[str] = "RoomVoided"
    seq: int
    at: datetime
    reason: str
    decided_by: str
    decision_no: str
    document: str = ""

    def payload(self) -> Payload:
        return {
            "reason": self.reason,
            "decided_by": self.decided_by,
            "decision_no": self.decision_no,
            "document": self.document,
        }

    @classmethod
    def read(cls, seq: int, at: datetime, data: Mapping[str, Any]) -> "RoomVoided":
        return cls(seq, at, data["reason"], data["decided_by"], data["decision_no"], data["document"])


@value
class _BiddersStanding:
    """Whether a bidder may bid changes during the room, for a reason that lies outside it."""

    seq: int
    at: datetime
    alias: str
    reason: str
    reference: str = ""

    def payload(self) -> Payload:
        return {"alias": self.alias, "reason": self.reason, "reference": self.reference}

    @classmethod
    def read(cls, seq: int, at: datetime, data: Mapping[str, Any]) -> Self:
        return cls(seq, at, data["alias"], data["reason"], data["reference"])


@value
class BidderSuspended(_BiddersStanding):
    """A bidder may not bid for now: what stood behind it is gone. Its offers stand."""

    type: ClassVar[str] = "BidderSuspended"


@value
class BidderReadmitted(_BiddersStanding):
    """A suspended bidder may bid again."""

    type: ClassVar[str] = "BidderReadmitted"


Event: TypeAlias = (
    RoomScheduled
    | PhaseBegan
    | BidAccepted
    | BidRefused
    | BidWithdrawn
    | WithdrawalRefused
    | CloseExtended
    | RoomPaused
    | RoomResumed
    | HammerFell
    | RoomFailed
    | RoomVoided
    | BidderSuspended
    | BidderReadmitted
)

_READERS: dict[str, Callable[[int, datetime, Mapping[str, Any]], Event]] = {
    kind.type: kind.read for kind in get_args(Event)
}


def event_of(type_: str, *, seq: int, at: datetime, payload: Mapping[str, Any]) -> Event:
    """The event that a log entry holds; `KeyError` or `ValueError` for what is none."""
    return _READERS[type_](seq, at, payload)


def _text_of(value: FieldValue) -> str | bool | None:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
