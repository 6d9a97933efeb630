"""Contents by their hash, and the documents that refer to them."""

from django.conf import settings
from django.db import models

from commons.evidence.append_only import append_only


@append_only
class VaultContent(models.Model):
    """Bytes in the storage, named by their SHA-256."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.BigIntegerField()
    stored_at = models.DateTimeField()

    class Meta:
        app_label = "commons"
        ordering = ("sha256",)


@append_only
class Document(models.Model):
    """A file as somebody handed it in. Another version is another document."""

    content = models.ForeignKey(VaultContent, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    subject = models.CharField(max_length=80, blank=True)
    """What it belongs to, as evidence streams are named; its guard decides who may download."""
    sensitive = models.BooleanField(default=False)
    stored_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("commons.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    stored_at = models.DateTimeField()

    class Meta:
        app_label = "commons"
        ordering = ("id",)
        indexes = [models.Index(fields=["subject", "id"], name="document_by_subject")]

    def __str__(self) -> str:
        return self.name
