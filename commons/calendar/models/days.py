"""The editable calendar: entries that are superseded, never changed."""

from django.db import models
from django.db.models import F, Q

from commons.evidence.append_only import append_only


@append_only
class CalendarDay(models.Model):
    """What one day is, for the whole country (`region` empty), a province (440000) or a city (440600)."""

    region = models.CharField(max_length=6, blank=True, default="")
    on = models.DateField()
    working = models.BooleanField()
    name = models.CharField(max_length=64, blank=True)
    source = models.CharField(max_length=200)
    """The notice or order, with its number."""
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    reason = models.CharField(max_length=200, blank=True)
    entered_by = models.CharField(max_length=80)
    """The reference of the actor."""
    entered_at = models.DateTimeField()

    class Meta:
        app_label = "commons"
        ordering = ("on", "region", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["region", "on"], condition=Q(replaces__isnull=True), name="calendar_one_first_entry"
            ),
            models.UniqueConstraint(fields=["replaces"], name="calendar_superseded_once"),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(reason=""), name="calendar_correction_has_reason"
            ),
            models.CheckConstraint(condition=~Q(replaces=F("id")), name="calendar_replaces_another"),
        ]


@append_only
class CalendarYear(models.Model):
    """A year whose arrangement is published and entered, so that its deadlines are no longer provisional."""

    year = models.PositiveSmallIntegerField(unique=True)
    source = models.CharField(max_length=200)
    entered_by = models.CharField(max_length=80)
    entered_at = models.DateTimeField()

    class Meta:
        app_label = "commons"
        ordering = ("year",)
