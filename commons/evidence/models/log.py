"""The evidence log: streams and their entries."""

from django.db import models

from commons.domain.time import to_text
from commons.evidence.append_only import append_only, forward_only
from commons.evidence.domain.chain import GENESIS, Head, Link


@forward_only
class EvidenceStream(models.Model):
    """Where a stream stands. Its row is locked, or moved conditionally, by whoever appends."""

    name = models.CharField(max_length=80, primary_key=True)
    seq = models.BigIntegerField(default=0)
    head = models.BinaryField(max_length=32, default=GENESIS)

    class Meta:
        app_label = "commons"
        ordering = ("name",)
        constraints = [models.CheckConstraint(condition=models.Q(seq__gte=0), name="evidence_stream_seq_not_negative")]


@append_only
class EvidenceEntry(models.Model):
    """One change of business state. Never changed, never deleted; what comes later stands in side tables."""

    stream = models.CharField(max_length=80)
    seq = models.BigIntegerField()
    type = models.CharField(max_length=64)
    actor = models.CharField(max_length=80)
    payload = models.BinaryField()
    decided_at = models.DateTimeField()
    """To the millisecond: the hash covers no more."""
    idempotency_key = models.CharField(max_length=100, null=True)  # noqa: DJ001  # NULL: not in the unique key
    prev = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        app_label = "commons"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["stream", "seq"], name="evidence_one_entry_per_seq"),
            models.UniqueConstraint(fields=["stream", "idempotency_key"], name="evidence_one_entry_per_key"),
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="evidence_seq_from_one"),
        ]

    @property
    def link(self) -> Link:
        """The entry as the pure chain sees it."""
        return Link(
            self.stream,
            self.seq,
            self.type,
            self.actor,
            bytes(self.payload),
            to_text(self.decided_at),
            self.idempotency_key,
            bytes(self.prev),
            bytes(self.hash),
        )

    @property
    def head(self) -> Head:
        return Head(self.seq, bytes(self.hash))
