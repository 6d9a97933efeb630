"""Every movement of rights, with its document."""

from django.db import models

from commons.evidence.append_only import append_only
from exchange.permits.domain.rights import MEDIA, MovementKind


@append_only
class HoldingMovement(models.Model):
    """What the ledger moved, told in the terms of the registry."""

    transfer = models.OneToOneField("exchange.LedgerTransfer", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)
    instrument = models.CharField(max_length=8)
    quantity = models.DecimalField(max_digits=15, decimal_places=3)
    source = models.ForeignKey(
        "commons.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    target = models.ForeignKey(
        "commons.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    lot = models.ForeignKey("exchange.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    document_ref = models.CharField(max_length=120)
    document = models.ForeignKey("commons.Document", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    provenance = models.CharField(max_length=32, default="registered")
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by"
    )
    moved_at = models.DateTimeField()

    class Meta:
        app_label = "exchange"
        ordering = ("id",)
        indexes = [
            models.Index(fields=["source", "-id"], name="movement_by_source"),
            models.Index(fields=["target", "-id"], name="movement_by_target"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in MovementKind]), name="movement_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(instrument__in=[item.value for item in MEDIA]), name="movement_instrument_known"
            ),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="movement_quantity_positive"),
            models.CheckConstraint(condition=~models.Q(document_ref=""), name="movement_has_document"),
            models.CheckConstraint(
                condition=models.Q(source__isnull=False) | models.Q(target__isnull=False),
                name="movement_concerns_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(corrects__isnull=True) | ~models.Q(reason=""), name="reversal_has_reason"
            ),
        ]
