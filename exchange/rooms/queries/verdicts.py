"""Verdicts looked up later: the receipt of a stored bid is the one that was sent."""

from collections.abc import Sequence

import msgspec

from commons.domain.time import to_text
from commons.evidence.domain.receipts import Batch
from commons.evidence.domain.receipts import Receipt as SignedReceipt
from exchange.rooms.models import Bid
from exchange.rooms.protocol import Receipt, UnknownBid, receipt_body


def receipt_of_row(row: Bid) -> Receipt:
    """The receipt of a stored bid, without the text for the reader."""
    price = "" if row.price is None else format(row.price, "f")
    quantity = "" if row.quantity is None else format(row.quantity, "f")
    received_at, decided_at = to_text(row.received_at), to_text(row.decided_at)
    body = receipt_body(
        bid_id=row.bid_id,
        code=row.code,
        decided_at=decided_at,
        hash=bytes(row.hash).hex(),
        prev_hash=bytes(row.prev_hash).hex(),
        price=price,
        quantity=quantity,
        received_at=received_at,
        room=row.room_id,
        seq=row.seq,
        verdict=row.verdict,
    )
    path = bytes(row.path)
    batch = Batch(row.batch.size, bytes(row.batch.root), row.batch.key, bytes(row.batch.signature))
    steps = tuple(path[start : start + 32] for start in range(0, len(path), 32))
    return Receipt(
        bid_id=row.bid_id,
        verdict=row.verdict,
        room=str(row.room_id),
        seq=row.seq,
        received_at=received_at,
        decided_at=decided_at,
        price=price,
        quantity=quantity,
        code=row.code,
        hash=bytes(row.hash).hex(),
        prev_hash=bytes(row.prev_hash).hex(),
        proof=msgspec.Raw(SignedReceipt(body, row.batch_index, steps, batch).as_bytes()),
        fields=row.fields,
    )


def verdicts_of(room_id: int, participant_id: int, bid_ids: Sequence[str]) -> list[Receipt | UnknownBid]:
    """What is known of a participant's bids, in the order asked."""
    rows = Bid.objects.filter(room_id=room_id, participant_id=participant_id, bid_id__in=bid_ids)
    known = {row.bid_id: receipt_of_row(row) for row in rows.select_related("batch")}
    return [known.get(bid_id) or UnknownBid(bid_id) for bid_id in bid_ids]
