"""Values of rule parameters, and what is lawful where; rows that are superseded, never changed."""

from django.db import models
from django.db.models import Q

from commons.evidence.append_only import append_only
from commons.parameters.domain.legality import Verdict
from commons.parameters.domain.values import Mark


@append_only
class ParameterValue(models.Model):
    """A value of one parameter for a trade (or all), a region (or all), from a day on."""

    key = models.CharField(max_length=64)
    trade_type = models.CharField(max_length=32, blank=True, default="")
    region = models.CharField(max_length=6, blank=True, default="")
    valid_from = models.DateField()
    value = models.CharField(max_length=200)
    source = models.CharField(max_length=300)
    mark = models.CharField(max_length=2, choices=[(mark.value, mark.name) for mark in Mark])
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    """The row that held for the same trade and region when this one was entered."""
    reason = models.CharField(max_length=200, blank=True)
    entered_by = models.CharField(max_length=80)
    entered_at = models.DateTimeField()

    class Meta:
        app_label = "commons"
        ordering = ("key", "region", "trade_type", "valid_from", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["key", "trade_type", "region", "valid_from"],
                condition=Q(replaces__isnull=True),
                name="parameter_one_first_value",
            ),
            models.UniqueConstraint(fields=["replaces"], name="parameter_superseded_once"),
            models.CheckConstraint(condition=Q(mark__in=[mark.value for mark in Mark]), name="parameter_mark_known"),
            models.CheckConstraint(condition=~Q(source=""), name="parameter_has_source"),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(reason=""), name="parameter_change_has_reason"
            ),
        ]
        indexes = [models.Index(fields=["region", "trade_type", "key"], name="parameter_by_place")]


@append_only
class LegalityRule(models.Model):
    """Whether a method may be used in a sector and region, from a day on (until another), by which article."""

    method = models.CharField(max_length=40)
    sector = models.CharField(max_length=32, blank=True, default="")
    region = models.CharField(max_length=6, blank=True, default="")
    valid_from = models.DateField()
    verdict = models.CharField(max_length=16, choices=[(verdict.value, verdict.name) for verdict in Verdict])
    article = models.CharField(max_length=300)
    """The article that allows or bars it; a reform basis with its number and date."""
    mark = models.CharField(max_length=2, choices=[(mark.value, mark.name) for mark in Mark])
    reason = models.CharField(max_length=200, blank=True)
    entered_by = models.CharField(max_length=80)
    entered_at = models.DateTimeField()

    class Meta:
        app_label = "commons"
        ordering = ("method", "sector", "region", "valid_from", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict__in=[verdict.value for verdict in Verdict]), name="legality_known"
            ),
            models.CheckConstraint(condition=~Q(article=""), name="legality_has_article"),
        ]
