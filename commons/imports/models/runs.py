"""Runs of imports, what they brought in, and what they refused."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from commons.evidence.append_only import append_only


class RunState(models.TextChoices):
    RUNNING = "RUNNING"
    FINISHED = "FINISHED"


class ImportRun(models.Model):
    """One reading of one file: a dry run, or the import itself."""

    kind = models.CharField(max_length=40)
    document = models.ForeignKey("commons.Document", on_delete=models.PROTECT, related_name="+")
    document_sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=200)
    dry_run = models.BooleanField()
    correction_reason = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=16, choices=RunState.choices, default=RunState.RUNNING)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ignored_headings = models.JSONField(default=list)
    created = models.PositiveIntegerField(default=0)
    corrected = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "commons"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="import_run_state_known"),
        ]


@append_only
class ImportedRow(models.Model):
    """A row that was brought in: provenance of what it made, and what it replaces, if it is a correction."""

    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="imported")
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    line = models.PositiveIntegerField()
    values = models.JSONField()
    reference = models.CharField(max_length=80)
    """What the row made: `organisation:12`."""
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        app_label = "commons"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"], condition=Q(replaces__isnull=True), name="imported_row_once_per_key"
            ),
            models.UniqueConstraint(fields=["replaces"], name="imported_row_superseded_once"),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(reason=""), name="imported_row_correction_has_reason"
            ),
        ]


class RefusedRow(models.Model):
    """A row that was not brought in, as it stood in the file, with everything that is wrong with it."""

    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="refused_rows")
    line = models.PositiveIntegerField()
    cells = models.JSONField()
    refusals = models.JSONField()
    """`[{"code": …, "message": …, "fields": {…}}]`, in the order of the columns."""

    class Meta:
        app_label = "commons"
        ordering = ("line", "id")
