"""Verdicts looked up later: the receipt of a stored bid is the one that was sent."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from commons.domain.time import to_text
from commons.evidence.domain.receipts import Batch, Head
from commons.evidence.domain.receipts import Receipt as SignedReceipt
from exchange.rooms.domain.sealing import Seal
from exchange.rooms.models import Bid, Room
from exchange.rooms.protocol import Receipt, UnknownBid, receipt_body
from exchange.rooms.queries.loading import seal_of_id


class Told(NamedTuple):
    """What a bidder was told of a bid; in a sealed call it stands in the row's `fields`, sealed."""

    verdict: str
    code: str
    fields: dict[str, Any]
    price: Decimal | None
    quantity: Decimal | None


_told = msgspec.json.Decoder(Told)
_encode = msgspec.json.Encoder(decimal_format="string").encode


def hidden(told: Told, seal: Seal, seq: int) -> str:
    """The `fields` column of a bid in a sealed call: JSON."""
    return f'{{"sealed":"{b64encode(seal.hide(_encode(told), f"bid:{seq}")).decode()}"}}'


def told_of(row: Bid, seal: Seal | None) -> Told:
    """The verdict that a row holds."""
    if seal is None:
        return Told(row.verdict, row.code, row.fields, row.price, row.quantity)
    return _told.decode(seal.show(b64decode(row.fields["sealed"]), f"bid:{row.seq}"))


def receipt_of_row(row: Bid, seal: Seal | None, *, over: bool = False) -> Receipt:
    """The receipt of a stored bid, without the text for the reader. Its place is told unless a seal still hides it."""
    told = told_of(row, seal)
    price = "" if told.price is None else format(told.price, "f")
    quantity = "" if told.quantity is None else format(told.quantity, "f")
    received_at, decided_at = to_text(row.received_at), to_text(row.decided_at)
    body = receipt_body(
        bid_id=row.bid_id,
        code=told.code,
        decided_at=decided_at,
        hash=bytes(row.hash).hex(),
        prev_hash=bytes(row.prev_hash).hex(),
        price=price,
        quantity=quantity,
        received_at=received_at,
        room=row.room_id,
        seq=row.seq,
        verdict=told.verdict,
        salt="" if seal is None else seal.salt(row.bid_id, row.seq),
    )
    path = bytes(row.path)
    head = Head(row.batch.head_size, bytes(row.batch.head_root))
    batch = Batch(row.batch.size, bytes(row.batch.root), row.batch.key, bytes(row.batch.signature), head)
    steps = tuple(path[start : start + 32] for start in range(0, len(path), 32))
    return Receipt(
        bid_id=row.bid_id,
        verdict=told.verdict,
        room=str(row.room_id),
        seq=row.seq if seal is None or over else 0,
        received_at=received_at,
        decided_at=decided_at,
        price=price,
        quantity=quantity,
        code=told.code,
        hash=bytes(row.hash).hex(),
        prev_hash=bytes(row.prev_hash).hex() if seal is None else "",
        proof=msgspec.Raw(SignedReceipt(body, row.batch_index, steps, batch).as_bytes()),
        fields=told.fields,
    )


def verdicts_of(room_id: int, participant_id: int, bid_ids: Sequence[str]) -> list[Receipt | UnknownBid]:
    """What is known of a participant's bids, in the order asked."""
    rows = Bid.objects.filter(room_id=room_id, participant_id=participant_id, bid_id__in=bid_ids)
    seal = seal_of_id(room_id)
    over = seal is not None and Room.objects.filter(pk=room_id, ended_at__isnull=False).exists()
    known = {row.bid_id: receipt_of_row(row, seal, over=over) for row in rows.select_related("batch")}
    return [known.get(bid_id) or UnknownBid(bid_id) for bid_id in bid_ids]
