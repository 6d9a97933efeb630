"""Documents of a project."""

from django.db import models

from exchange.projects.models.project import Project


class Attachment(models.Model):
    """A document of the vault that belongs to a project; a superseded one stays and says when."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="attachments")
    document = models.ForeignKey("commons.Document", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    attached_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "exchange"
        ordering = ("id",)
