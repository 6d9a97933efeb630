"""Bids with their verdicts, the signed batches they were stored in, and frames that were no bid."""

import uuid

from django.db import models

from exchange.rooms.models.room import Room, RoomParticipant


class ReceiptBatch(models.Model):
    """What one transaction of the writer stored, signed once over the Merkle root of its receipts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    root = models.BinaryField(max_length=32)
    size = models.PositiveIntegerField()
    key = models.CharField(max_length=200, default="")
    """The platform's verifier key, in its text form."""
    signature = models.BinaryField(max_length=64)
    head_size = models.BigIntegerField()
    head_root = models.BinaryField(max_length=32)
    """The checkpoint of the log last published when this was signed; size 0 before the first."""
    signed_at = models.DateTimeField()

    class Meta:
        app_label = "exchange"
        ordering = ("signed_at", "id")

    def __str__(self) -> str:
        return str(self.id)


class Verdict(models.TextChoices):
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"
    SEALED = "SEALED"
    """Of a sealed call: verdict, reason and amounts stand sealed in `fields`."""


class Bid(models.Model):
    """A bid as decided: accepted, or refused with its reason. Its place in the room is `seq`; rows never change."""

    # The statement that stores a bid moves the row of its room and inserts its batch, and participants are never
    # deleted: three keys to check, and indexes that the unique ones contain, would double the work of a hot room.
    room = models.ForeignKey(Room, models.PROTECT, related_name="bids", db_constraint=False, db_index=False)
    participant = models.ForeignKey(
        RoomParticipant, models.PROTECT, related_name="bids", db_constraint=False, db_index=False
    )
    bid_id = models.CharField(max_length=64)
    seq = models.BigIntegerField()
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    code = models.CharField(max_length=48, blank=True)
    fields = models.JSONField(default=dict)
    """Of the refusal, for its text; in a sealed call `{"sealed": …}`."""
    price = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    """Empty where what was sent is no price; the evidence entry holds the text as it came."""
    quantity = models.DecimalField(max_digits=18, decimal_places=3, null=True)
    body_hash = models.BinaryField(max_length=32)
    """SHA-256 of the canonical bid (keyed, in a sealed call): the same `bid_id` with another body is a conflict."""
    received_at = models.DateTimeField()
    decided_at = models.DateTimeField()
    hash = models.BinaryField(max_length=32)
    prev_hash = models.BinaryField(max_length=32)
    batch = models.ForeignKey(ReceiptBatch, models.PROTECT, related_name="bids", db_constraint=False, db_index=False)
    batch_index = models.PositiveIntegerField()
    path = models.BinaryField(default=b"")
    """The audit path from the receipt to the batch's root, 32 bytes a step."""

    class Meta:
        app_label = "exchange"
        ordering = ("room_id", "seq")
        constraints = [
            models.UniqueConstraint(fields=["room", "bid_id"], name="bid_id_is_unique_in_room"),
            models.UniqueConstraint(fields=["room", "seq"], name="bid_seq_is_unique_in_room"),
            models.UniqueConstraint(fields=["batch", "batch_index"], name="receipt_has_its_own_leaf"),
            models.CheckConstraint(condition=models.Q(verdict__in=Verdict.values), name="bid_verdict_known"),
            models.CheckConstraint(
                condition=~models.Q(verdict=Verdict.ACCEPTED) | models.Q(code="", price__gt=0),
                name="accepted_bid_has_a_price",
            ),
            models.CheckConstraint(
                condition=~models.Q(verdict=Verdict.REFUSED) | ~models.Q(code=""), name="refused_bid_has_a_reason"
            ),
            models.CheckConstraint(
                condition=~models.Q(verdict=Verdict.SEALED) | models.Q(code="", price=None, quantity=None),
                name="sealed_bid_tells_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}/{self.seq} {self.bid_id}"


class RefusedFrame(models.Model):
    """A frame that could not be taken up as a bid: unreadable, too large, from somebody without the right."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="refused_frames")
    alias = models.CharField(max_length=12, blank=True)
    person_id = models.BigIntegerField(null=True)
    code = models.CharField(max_length=48)
    detail = models.CharField(max_length=200, blank=True)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.BinaryField(max_length=32)
    received_at = models.DateTimeField()

    class Meta:
        app_label = "exchange"
        ordering = ("id",)
        indexes = [models.Index(fields=["room", "received_at"], name="refused_frames_of_a_room")]

    def __str__(self) -> str:
        return f"{self.code} {self.received_at:%H:%M:%S}"
