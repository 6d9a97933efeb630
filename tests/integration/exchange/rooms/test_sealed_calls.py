"""A sealed call on a real database: orders come, are replaced and withdrawn, and no table tells a price too early."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from commons.domain.refusals import Malformed
from commons.domain.sealing import SealBroken
from commons.evidence import keys
from commons.evidence import queries as evidence
from commons.evidence import services as exporting
from commons.evidence.domain import chain, receipts
from exchange import verify
from exchange.rooms import queries
from exchange.rooms.broadcast.peers import Viewer
from exchange.rooms.client import KeyPair, new_bid_id, signed_bid, signed_withdrawal
from exchange.rooms.domain import log
from exchange.rooms.domain.commands import Tick, Void
from exchange.rooms.domain.phases import Format
from exchange.rooms.domain.rules import PriceRule, RoomRules
from exchange.rooms.domain.sealing import Seal, reveal_stream
from exchange.rooms.models import Bid, ReceiptBatch, RoomSnapshot
from exchange.rooms.protocol import Receipt, canonical_of, decode, receipt_body
from exchange.rooms.queries import pages
from exchange.rooms.queries.loading import load
from exchange.rooms.queries.verdicts import verdicts_of
from exchange.rooms.services import engine as engines
from exchange.rooms.services.engine import Engine
from exchange.rooms.services.orders import BidOrder, CommandOrder
from exchange.rooms.services.reading import events_after, room_key
from tests.dumps import dump
from tests.live.rooms import Cast, check_room, open_room

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
PRICES = ("4713.37", "4811.59", "4907.83")
"""Such as occur nowhere else in a database."""


def call_rules(**changes: Any) -> RoomRules:
    defaults: dict[str, Any] = {
        "format": Format.SEALED_CALL,
        "supply": Decimal("1.680"),
        "start_price": Decimal("4000"),
        "session_ms": 60_000,
        "divisible": True,
        "amendable": True,
        "orders_limit": 3,
        "price": PriceRule.UNIFORM,
        "guard_hold_steps": None,
        "guard_hold_share": None,
        "guard_retype_factor": None,
    }
    return RoomRules(**(defaults | changes))


class Call:
    """An open sealed call and the engine that decides it."""

    def __init__(self, **changes: Any) -> None:
        self.room: Cast = open_room(call_rules(**changes), opens_at=NOON)
        self.at = NOON + timedelta(seconds=1)
        self.engine = Engine(clock=lambda: self.at)

    def key(self, name: str) -> KeyPair:
        key = self.room.key(name)
        assert key is not None
        return key

    def order(self, name: str, frame: bytes) -> BidOrder:
        decoded: Any = decode(frame.decode())
        known = room_key(self.room.room_id, decoded.key)
        assert known is not None
        return BidOrder(
            room_id=self.room.room_id,
            participant_id=known.participant_id,
            alias=known.alias,
            frame=decoded,
            canonical=canonical_of(self.room.room_id, decoded),
            received_at=self.at,
            public_key=known.public_key,
            signed=True,
        )

    def hand_in(self, name: str, price: str, *, bid_id: str = "", replaces: str | None = None) -> Any:
        frame = signed_bid(
            self.room.room_id,
            self.key(name),
            price=price,
            quantity="0.500",
            bid_id=bid_id or new_bid_id(),
            replaces=replaces,
        )
        return self.told(self.order(name, frame))

    def withdraw(self, name: str, order: str, *, bid_id: str = "") -> Any:
        frame = signed_withdrawal(self.room.room_id, self.key(name), order=order, bid_id=bid_id)
        return self.told(self.order(name, frame))

    def told(self, order: BidOrder) -> Any:
        (outcome,) = self.engine.commit([order]).outcomes
        return outcome.receipt or outcome.refusal

    def end(self) -> None:
        self.at = NOON + timedelta(seconds=70)
        self.engine.commit([CommandOrder(self.room.room_id, Tick(), "system:test")])


def played() -> Call:
    """Three buyers, one order replaced, one withdrawn, one refused."""
    call = Call()
    first = call.hand_in("buyer1", PRICES[0])
    call.hand_in("buyer1", PRICES[1], replaces=first.bid_id)
    other = call.hand_in("buyer2", PRICES[2])
    assert call.withdraw("buyer2", other.bid_id).verdict == "WITHDRAWN"
    assert call.hand_in("buyer3", "3999.91").code == "ROOM_BELOW_START"
    return call


def test_order_is_withdrawn_with_a_receipt_and_stands_no_longer() -> None:
    call = Call()
    order = call.hand_in("buyer1", PRICES[0])

    receipt = call.withdraw("buyer1", order.bid_id)

    assert (receipt.verdict, receipt.code) == ("WITHDRAWN", "")
    loaded = load(call.room.room_id)
    assert loaded is not None
    assert loaded.state.book.ranking == ()
    check_room(call.room.room_id)


def test_withdrawal_sent_twice_is_told_its_first_verdict() -> None:
    call = Call()
    order = call.hand_in("buyer1", PRICES[0])
    first = call.withdraw("buyer1", order.bid_id, bid_id="w-00000001")
    call.engine.forget()

    again = call.withdraw("buyer1", order.bid_id, bid_id="w-00000001")

    assert again.hash == first.hash
    assert Bid.objects.filter(bid_id="w-00000001").count() == 1


def test_withdrawal_under_the_id_of_another_request_is_a_conflict() -> None:
    call = Call()
    one, two = call.hand_in("buyer1", PRICES[0]), call.hand_in("buyer1", PRICES[1])
    call.withdraw("buyer1", one.bid_id, bid_id="w-00000001")

    assert call.withdraw("buyer1", two.bid_id, bid_id="w-00000001").code == "IDEMPOTENCY_CONFLICT"


def test_nobody_takes_back_anothers_order_and_the_refusal_is_recorded() -> None:
    call = Call()
    order = call.hand_in("buyer1", PRICES[0])

    refused = call.withdraw("buyer2", order.bid_id)

    assert (refused.verdict, refused.code) == ("REFUSED", "ROOM_NO_SUCH_ORDER")
    place = Bid.objects.get(bid_id=refused.bid_id).seq
    assert events_after(call.room.room_id, place - 1, 1)[0].type == "WithdrawalRefused"


def test_withdrawal_with_a_wrong_signature_is_refused() -> None:
    call = Call()
    order = call.hand_in("buyer1", PRICES[0])
    forged = call.order("buyer1", signed_withdrawal(call.room.room_id, call.key("buyer1"), order=order.bid_id))
    forged.signed = False

    assert call.told(forged).code == "ROOM_SIGNATURE_WRONG"


def test_withdrawal_where_orders_bind_is_refused() -> None:
    call = Call(amendable=False)
    order = call.hand_in("buyer1", PRICES[0])

    assert call.withdraw("buyer1", order.bid_id).code == "ROOM_IRREVOCABLE"


def test_copy_of_the_database_tells_no_price_while_the_call_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "SNAPSHOT_EVERY", 2)

    played()

    found = dump()
    assert RoomSnapshot.objects.exists()
    assert Bid.objects.count() == 5
    for needle in (*PRICES, "3999.91", "ROOM_BELOW_START", "BidAccepted", "BidRefused", "BidWithdrawn"):
        assert needle not in found, f"{needle} can be read in a copy of the database"


def test_price_cannot_be_found_by_trying_all_of_them() -> None:
    call = Call()
    receipt = call.hand_in("buyer1", PRICES[0], bid_id="b-guessed-1")
    row, batch = Bid.objects.get(), ReceiptBatch.objects.get()
    frame = signed_bid(call.room.room_id, call.key("buyer1"), price=PRICES[0], quantity="0.500", bid_id="b-guessed-1")

    guess = receipt_body(
        bid_id=row.bid_id,
        code="",
        decided_at=receipt.decided_at,
        hash=bytes(row.hash).hex(),
        prev_hash=bytes(row.prev_hash).hex(),
        price=receipt.price,
        quantity=receipt.quantity,
        received_at=receipt.received_at,
        room=row.room_id,
        seq=row.seq,
        verdict="ACCEPTED",
    )

    assert bytes(batch.root) != chain.leaf_hash(guess)
    canonical = canonical_of(call.room.room_id, decode(frame.decode()))  # type: ignore[arg-type]
    assert bytes(row.body_hash) != hashlib.sha256(canonical).digest()


def test_receipt_still_proves_itself_and_is_the_same_when_looked_up() -> None:
    call = Call()
    receipt = call.hand_in("buyer1", PRICES[0])

    (looked_up,) = verdicts_of(call.room.room_id, Bid.objects.get().participant_id, [receipt.bid_id])

    assert looked_up == receipt
    proof = receipts.from_json(json.loads(bytes(receipt.proof)))
    assert json.loads(proof.body)["price"] == PRICES[0]


def test_a_receipt_tells_before_the_end_neither_its_place_nor_whether_others_ordered_in_between() -> None:
    """Alone or among others: what the platform signs for a bidder names no number and no entry but its own."""
    call = Call()
    first = call.hand_in("buyer1", PRICES[0])
    call.hand_in("buyer2", PRICES[1])
    last = call.hand_in("buyer1", PRICES[2])
    bids = [first.bid_id, last.bid_id]
    participant_id = Bid.objects.get(bid_id=first.bid_id).participant_id

    for receipt in (first, last, *verdicts_of(call.room.room_id, participant_id, bids)):
        assert isinstance(receipt, Receipt)
        assert (receipt.seq, receipt.prev_hash) == (0, "")
        body = json.loads(receipts.from_json(json.loads(bytes(receipt.proof))).body)
        assert (body["seq"], body["prev_hash"]) == ("", "")
        assert body["hash"] == receipt.hash
    keys.publish(at=call.at)
    assert evidence.check_receipts([json.loads(bytes(last.proof))]).holds
    forged = json.loads(bytes(last.proof))
    forged["body"]["hash"] = "0" * 64
    assert "no such entry" in " ".join(evidence.check_receipts([forged]).faults)

    call.end()
    places = {bid.bid_id: bid.seq for bid in Bid.objects.all()}
    told = verdicts_of(call.room.room_id, participant_id, bids)
    assert [one.seq for one in told if isinstance(one, Receipt)] == [places[bid] for bid in bids]


def test_room_is_read_back_from_sealed_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "SNAPSHOT_EVERY", 3)
    call = played()
    held = call.engine.rooms[call.room.room_id].state

    loaded = load(call.room.room_id)

    assert loaded is not None
    assert (loaded.state, loaded.snapshot_seq > 0) == (held, True)


def test_when_the_call_has_ended_everybody_can_open_what_was_committed_to() -> None:
    call = played()
    assert not evidence.entries(reveal_stream(call.room.room_id))

    call.end()

    (published,) = evidence.entries(reveal_stream(call.room.room_id))
    assert published.type == "OrdersRevealed"
    lines = exported(call.room.room_id)
    events = log.from_text("\n".join(lines))
    assert [event.type for event in events[2:7]] == [
        "BidAccepted",
        "BidAccepted",
        "BidAccepted",
        "BidWithdrawn",
        "BidRefused",
    ]
    assert verify.verify(events).holds
    result = queries.result(call.room.room_id)
    assert result is not None
    assert result.price == Decimal(PRICES[1])


def test_log_with_another_opening_does_not_open() -> None:
    call = played()
    call.end()
    lines = [json.loads(line) for line in exported(call.room.room_id)]
    for line in lines:
        if line.get("type") == "OrderSealed":
            line["payload"]["commitment"] = "0" * 64
            break

    with pytest.raises(Malformed):
        log.from_text("\n".join(json.dumps(line) for line in lines))


def test_sealed_entry_moved_to_another_place_does_not_open() -> None:
    seal = Seal(7, bytes(32))
    _, payload = seal.close("BidAccepted", b'{"price":"1.00"}', 5)

    assert seal.open(json.loads(payload), 5) == ("BidAccepted", {"price": "1.00"})
    with pytest.raises(SealBroken):
        seal.open(json.loads(payload), 6)
    with pytest.raises(SealBroken):
        Seal(8, bytes(32)).open(json.loads(payload), 5)


def test_key_is_published_once_even_if_the_room_is_voided_afterwards() -> None:
    call = played()
    call.end()

    void = Void(reason="x", decided_by="regulator", decision_no="1")
    call.engine.commit([CommandOrder(call.room.room_id, void, "system:test")])

    assert len(evidence.entries(reveal_stream(call.room.room_id))) == 1


def exported(room_id: int) -> Sequence[str]:
    lines = exporting.export([f"room:{room_id}", reveal_stream(room_id)], at=NOON)
    return [line.decode().strip() for line in lines]


def test_no_page_and_no_history_tells_how_many_orders_there_are_before_the_end() -> None:
    call = Call()
    call.hand_in("buyer1", PRICES[0])
    room_id = call.room.room_id

    def told() -> Any:
        scene = pages.scene(room_id)
        assert scene is not None
        return [(scene.frame(viewer), pages.history(room_id, viewer, after=0)) for viewer in Viewer]

    before = told()
    for price in PRICES[1:]:
        call.hand_in("buyer2", price)
    assert told() == before
    call.end()
    assert told() != before
