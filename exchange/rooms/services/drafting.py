"""The sheet on which one room is decided before its transaction: working state, chained entries, verdicts."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from commons.domain.refusals import Refusal
from commons.evidence.domain import chain
from commons.evidence.domain.receipts import Receipt as SignedReceipt
from exchange.rooms import records
from exchange.rooms.domain.events import Event
from exchange.rooms.domain.evolve import evolve
from exchange.rooms.domain.instants import to_text
from exchange.rooms.domain.model import RoomState
from exchange.rooms.domain.sealing import Seal
from exchange.rooms.protocol import Receipt, receipt_body
from exchange.rooms.queries.loading import Loaded
from exchange.rooms.queries.verdicts import Told, hidden
from exchange.rooms.services import rulebook
from exchange.rooms.services.orders import BidOrder, CommandOrder, Outcome
from exchange.rooms.services.storing import BidRow, RoomStep


@dataclass(slots=True, eq=False)
class Draft:
    """A bid that was decided and not yet stored; `batch_id` and `receipt` come with the batch's signature."""

    order: BidOrder
    verdict: rulebook.Verdict
    link: chain.Link
    body_hash: bytes
    decided_at: datetime
    body: bytes
    received_text: str
    price_text: str
    quantity_text: str
    seal: Seal | None = None
    batch_id: uuid.UUID | None = None
    receipt: SignedReceipt | None = None

    def row(self) -> BidRow:
        order, verdict, link = self.order, self.verdict, self.link
        assert self.receipt is not None, "bids are stored with their receipt"
        row = BidRow(  # by position, in the order of its columns: names would cost as much again
            order.room_id,
            order.participant_id,
            order.frame.bid_id,
            link.seq,
            verdict.word,
            verdict.code,
            msgspec.json.encode(verdict.fields).decode() if verdict.fields else "{}",
            verdict.price,
            verdict.quantity,
            self.body_hash,
            order.received_at,
            self.decided_at,
            link.hash,
            link.prev,
            self.batch_id,
            self.receipt.index,
            b"".join(self.receipt.path),
        )
        return row if self.seal is None else _hidden(row, verdict, self.seal)

    def frame(self) -> Receipt:
        """The receipt as the bidder gets it, without the text for the reader."""
        order, verdict, link = self.order, self.verdict, self.link
        assert self.receipt is not None, "receipts leave after the commit"
        return Receipt(
            bid_id=order.frame.bid_id,
            verdict=verdict.word,
            room=str(order.room_id),
            seq=link.seq if self.seal is None else 0,
            received_at=self.received_text,
            decided_at=link.ts,
            price=self.price_text,
            quantity=self.quantity_text,
            code=verdict.code,
            hash=link.hash.hex(),
            prev_hash=link.prev.hex() if self.seal is None else "",
            proof=msgspec.Raw(self.receipt.as_bytes()),
            fields=verdict.fields,
        )


@dataclass(slots=True, eq=False)
class Sheet:
    """One room in one batch."""

    loaded: Loaded
    state: RoomState
    head: chain.Head
    snapshot_seq: int
    links: list[chain.Link] = field(default_factory=list)
    tape: list[Event] = field(default_factory=list)
    _dated: datetime | None = None
    _date: str = ""
    """The text of the instant last recorded: a batch is mostly decided at one."""

    @classmethod
    def begin(cls, loaded: Loaded) -> "Sheet":
        return cls(loaded, loaded.state, chain.Head(loaded.seq, loaded.head_hash), loaded.snapshot_seq)

    def judge(self, order: BidOrder, body_hash: bytes, now: datetime) -> Draft:
        """Decide a bid; accepted or refused, it gets its place in the room."""
        verdict, events = rulebook.judge(self.state, order, now)
        seal = self.loaded.seal
        actor_ref = rulebook.actor_of(order)
        links = [self._record(event, actor_ref) for event in events]
        link = links[verdict.position]
        received, price, quantity = (
            to_text(order.received_at),
            amount_text(verdict.price),
            amount_text(verdict.quantity),
        )
        body = receipt_body(
            bid_id=order.frame.bid_id,
            code=verdict.code,
            decided_at=link.ts,
            hash=link.hash.hex(),
            prev_hash=link.prev.hex(),
            price=price,
            quantity=quantity,
            received_at=received,
            room=order.room_id,
            seq=link.seq,
            verdict=verdict.word,
            salt="" if seal is None else seal.salt(order.frame.bid_id, link.seq),
        )
        decided_at = events[verdict.position].at
        return Draft(order, verdict, link, body_hash, decided_at, body, received, price, quantity, seal)

    def obey(self, order: CommandOrder, now: datetime) -> Outcome:
        """Carry out a command; one that the rules do not allow now leaves no trace but its refusal."""
        try:
            events = rulebook.obey(self.state, order.command, now)
        except Refusal as refusal:
            return Outcome(order, refusal=refusal)
        first = len(self.tape)
        for event in events:
            self._record(event, order.actor_ref)
        return Outcome(order, events=self.tape[first:])

    def _record(self, event: Event, actor_ref: str) -> chain.Link:
        type_, payload = records.encode_event(event, self.loaded.seal)
        at = event.at
        if at != self._dated:
            self._dated, self._date = at, to_text(at)
        link = chain.link(self.loaded.stream, self.head, chain.Draft(type_, actor_ref, payload, self._date))
        assert link.seq == event.seq, "the rules count as the log does"
        self.head = link.head
        self.links.append(link)
        self.tape.append(event)
        self.state = evolve(self.state, event)
        return link

    def snapshot(self) -> tuple[int, int, bytes]:
        """Room, `seq` and state, as a short cut for who loads the room later."""
        return self.loaded.room_id, self.head.seq, records.encode_state(self.state, self.loaded.seal)

    def step(self) -> RoomStep:
        """The room's row before and after."""
        row = records.row_of(self.state)
        return RoomStep(
            self.loaded.room_id,
            self.loaded.seq,
            self.head.seq,
            self.head.hash,
            row.phase,
            row.closes_at,
            row.due_at,
            row.ended_at,
        )

    def as_loaded(self) -> Loaded:
        """The room as it stands once the transaction is through."""
        return self.loaded.after(self.state, self.head.hash, self.tape, self.snapshot_seq)


def _hidden(row: BidRow, verdict: rulebook.Verdict, seal: Seal) -> BidRow:
    """The row of a bid in a sealed call: neither verdict nor amounts stand in clear."""
    told = Told(verdict.word, verdict.code, verdict.fields, verdict.price, verdict.quantity)
    return row._replace(verdict="SEALED", code="", fields=hidden(told, seal, row.seq), price=None, quantity=None)


def amount_text(amount: Any) -> str:
    return "" if amount is None else format(amount, "f")
