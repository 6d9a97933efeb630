"""Side tables of the log: the Merkle tree over all streams, its checkpoints, and the keys that sign them."""

from django.db import models

from commons.evidence.append_only import append_only, forward_only


@forward_only
class EvidenceTree(models.Model):
    """One row: the number of leaves. The sequencer that holds its lock is the only one at work."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    """Leaves in the tree."""

    class Meta:
        app_label = "commons"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="evidence_one_tree")]


@forward_only
class EvidenceGathered(models.Model):
    """How far a stream has been taken into the tree. Apart from the stream, so no writer waits for the sequencer."""

    stream = models.CharField(max_length=80, primary_key=True)
    seq = models.BigIntegerField()

    class Meta:
        app_label = "commons"
        ordering = ("stream",)


@append_only
class EvidenceLeaf(models.Model):
    """The place of an entry in the tree."""

    index = models.BigIntegerField(primary_key=True)
    stream = models.CharField(max_length=80)
    seq = models.BigIntegerField()

    class Meta:
        app_label = "commons"
        ordering = ("index",)
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="evidence_one_leaf_per_entry")]


@append_only
class EvidenceNode(models.Model):
    """A perfect subtree, leaves included: `position` is level × 2^56 + number."""

    position = models.BigIntegerField(primary_key=True)
    hash = models.BinaryField(max_length=32)

    class Meta:
        app_label = "commons"
        ordering = ("position",)


@append_only
class EvidenceCheckpoint(models.Model):
    """A signed statement of size and root, as text."""

    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    issued_at = models.DateTimeField()
    note = models.TextField()

    class Meta:
        app_label = "commons"
        ordering = ("id",)
        indexes = [models.Index(fields=["size"], name="evidence_checkpoint_by_size")]


class PlatformKey(models.Model):
    """A public key of the platform and the time in which it signs. Rotation ends one and starts the next."""

    name = models.CharField(max_length=80)
    public = models.BinaryField(max_length=32)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "commons"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["public", "name"], name="platform_key_once"),
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(valid_until__isnull=True), name="one_current_platform_key"
            ),
        ]
