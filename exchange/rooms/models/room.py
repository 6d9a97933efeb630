"""A live room, who takes part in it, and with which keys."""

from django.db import models

from commons.domain.identifiers import random_number
from commons.people.parties import NamesParty
from commons.secrecy.fields import PartyField, SealedBytesField, SealedIntegerField, SealedTextField


class Room(models.Model):
    """The row whose `seq` owns the room: every change is an update conditional on it."""

    subject = models.CharField(max_length=64)
    """What is traded here: `lot:12`, `rehearsal:…`, `procurement:…`."""
    lot = models.ForeignKey("exchange.Lot", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    rules = models.JSONField()
    phase = models.CharField(max_length=24)
    seq = models.BigIntegerField(default=0)
    head_hash = models.BinaryField(max_length=32)
    epoch = models.CharField(max_length=8)
    """Names this history of the room to clients."""
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    """When the timekeeper must look again; empty once the room has ended."""
    ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "exchange"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=models.Q(ended_at__isnull=True), name="one_room_at_a_time_per_subject"
            ),
            models.CheckConstraint(condition=models.Q(seq__gte=0), name="room_seq_counts_up_from_zero"),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(due_at__isnull=True), name="ended_room_is_not_due"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="rooms_that_are_due"),
            models.Index(fields=["subject"], name="rooms_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.pk})"

    @property
    def stream(self) -> str:
        """The evidence stream whose sequence is this room's `seq`."""
        return f"room:{self.pk}"


class RoomParticipant(NamesParty, models.Model):
    """A qualified bidder under its alias 竞买号. Which organisation that is stands sealed."""

    id = models.BigIntegerField(primary_key=True, default=random_number, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="participants")
    party = PartyField(label="room")
    alias = models.CharField(max_length=12)
    maximum_quantity = models.DecimalField(max_digits=18, decimal_places=3, null=True, blank=True)
    """The qualified need; empty where the lot is indivisible."""
    group = models.CharField(max_length=40, blank=True)
    """Bidders of one group count as one under caps (related companies)."""

    class Meta:
        app_label = "exchange"
        ordering = ("alias",)
        constraints = [
            models.UniqueConstraint(fields=["room", "alias"], name="alias_is_unique_in_room"),
            models.UniqueConstraint(fields=["party"], name="organisation_takes_part_once"),
        ]

    def __str__(self) -> str:
        return self.alias


class Voucher(models.TextChoices):
    """What vouched for a room key."""

    SESSION = "SESSION"
    CERTIFICATE = "CERTIFICATE"


class RoomKey(models.Model):
    """A bidder's key of the room's suite, for which its certificate or its signed-in session vouched on entry."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="keys")
    participant = models.ForeignKey(RoomParticipant, on_delete=models.PROTECT, related_name="keys")
    person_id = SealedIntegerField(label="room_key.person_id", null=True)
    key_id = models.CharField(max_length=32)
    public_key = models.BinaryField()
    """SubjectPublicKeyInfo, DER."""
    statement = models.TextField()
    vouched_by = models.CharField(max_length=12, choices=Voucher.choices, default=Voucher.SESSION)
    signature = SealedBytesField(label="room_key.signature", null=True)
    """Detached CMS over the statement, by the bidder's certificate, which names the bidder; none where the session
    vouched."""
    certificate = SealedTextField(label="room_key.certificate", blank=True)
    """Fingerprint of that certificate."""
    session_ref = SealedTextField(label="room_key.session_ref", blank=True)
    entered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    """When the certificate that vouched for it was found revoked: from then on it bids no more."""

    class Meta:
        app_label = "exchange"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["room", "key_id"], name="key_enters_a_room_once"),
            models.CheckConstraint(condition=models.Q(vouched_by__in=Voucher.values), name="room_key_voucher_known"),
            models.CheckConstraint(
                condition=models.Q(vouched_by=Voucher.SESSION) ^ models.Q(signature__isnull=False),
                name="certificate_left_its_signature",
            ),
        ]

    def __str__(self) -> str:
        return self.key_id


class RoomSnapshot(models.Model):
    """The decided state of a room after `seq`: a reload replays only what came later. Never the truth itself."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="snapshots")
    seq = models.BigIntegerField()
    state = models.BinaryField()

    class Meta:
        app_label = "exchange"
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["room", "seq"], name="one_snapshot_per_seq")]

    def __str__(self) -> str:
        return f"{self.room_id}@{self.seq}"
