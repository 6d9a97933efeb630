"""The registry of permits, and what is known of areas."""

from django.db import models

from commons.evidence.append_only import append_only
from exchange.permits.domain.permits import Industry, PermitState
from exchange.permits.domain.rights import MEDIA, POLLUTANTS


class Permit(models.Model):
    """One entry of an emission permit: a correction supersedes it, a renewal follows it; only `state` ever moves."""

    number = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField(default=1)
    organisation = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    region = models.CharField(max_length=6)
    basin = models.CharField(max_length=40, blank=True)
    industry = models.CharField(max_length=16)
    valid_from = models.DateField()
    valid_until = models.DateField()
    """The last day of the term."""
    state = models.CharField(max_length=16, default=PermitState.IN_FORCE.value)
    document_ref = models.CharField(max_length=120)
    document = models.ForeignKey("commons.Document", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    reason = models.CharField(max_length=200, blank=True)
    provenance = models.CharField(max_length=32, default="registered")
    recorded_by = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "exchange"
        ordering = ("number", "version")
        indexes = [models.Index(fields=["organisation"], name="permit_by_organisation")]
        constraints = [
            models.UniqueConstraint(fields=["number", "version"], name="permit_version_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in PermitState]), name="permit_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(industry__in=[industry.value for industry in Industry]), name="permit_industry_known"
            ),
            models.CheckConstraint(condition=models.Q(valid_until__gte=models.F("valid_from")), name="permit_has_term"),
            models.CheckConstraint(
                condition=models.Q(supersedes__isnull=True) | ~models.Q(reason=""), name="newer_permit_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.number


@append_only
class PermitLimit(models.Model):
    """What a permit allows of one pollutant, in tonnes a year."""

    permit = models.ForeignKey(Permit, on_delete=models.PROTECT, related_name="limits")
    instrument = models.CharField(max_length=8)
    quantity = models.DecimalField(max_digits=15, decimal_places=3)
    approved_need = models.DecimalField(max_digits=15, decimal_places=3, null=True, blank=True)

    class Meta:
        app_label = "exchange"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["permit", "instrument"], name="one_limit_per_pollutant"),
            models.CheckConstraint(
                condition=models.Q(instrument__in=[item.value for item in POLLUTANTS]), name="limit_pollutant_known"
            ),
            models.CheckConstraint(condition=models.Q(quantity__gte=0), name="limit_not_negative"),
        ]


@append_only
class AreaBasin(models.Model):
    """The basin of a region, from the day it was entered; the newest entry counts."""

    region = models.CharField(max_length=6)
    basin = models.CharField(max_length=40)
    document_ref = models.CharField(max_length=120)
    recorded_by = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "exchange"
        ordering = ("id",)
        indexes = [models.Index(fields=["region"], name="basin_by_region")]


class AreaTarget(models.Model):
    """That an area misses its quality target for a pollutant 未达标, from one day to another."""

    region = models.CharField(max_length=6)
    instrument = models.CharField(max_length=8)
    document_ref = models.CharField(max_length=120)
    missed_from = models.DateField()
    met_from = models.DateField(null=True, blank=True)
    met_document_ref = models.CharField(max_length=120, blank=True)
    recorded_by = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "exchange"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["region", "instrument"], condition=models.Q(met_from__isnull=True), name="one_missed_target"
            ),
            models.CheckConstraint(
                condition=models.Q(instrument__in=[item.value for item in MEDIA]), name="target_instrument_known"
            ),
            models.CheckConstraint(
                condition=models.Q(met_from__isnull=True)
                | (models.Q(met_from__gte=models.F("missed_from")) & ~models.Q(met_document_ref="")),
                name="met_target_has_document",
            ),
        ]
