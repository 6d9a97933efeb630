"""What was published: notices, versions of the tender document, and where else they were sent."""

from django.db import models

from bidding.tenders.models.tender import Section, Tender
from commons.evidence.append_only import append_only


@append_only
class TenderNotice(models.Model):
    """A public notice, word for word, with the hash under which it stands in the evidence log."""

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="notices")
    section = models.ForeignKey(Section, null=True, blank=True, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=24)
    body = models.JSONField()
    sha256 = models.CharField(max_length=64)
    evidence_hash = models.CharField(max_length=64)
    decision_body = models.CharField(max_length=80, blank=True)
    decision_no = models.CharField(max_length=60, blank=True)
    document = models.ForeignKey("commons.Document", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        app_label = "bidding"
        ordering = ("published_at", "id")


@append_only
class PublishedDocument(models.Model):
    """A version of the tender document. The newest holds; each earlier one stays."""

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="documents")
    version = models.PositiveSmallIntegerField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    reason = models.TextField(blank=True)
    published_at = models.DateTimeField()

    class Meta:
        app_label = "bidding"
        ordering = ("tender_id", "version")
        constraints = [models.UniqueConstraint(fields=["tender", "version"], name="document_version_once")]


class MediaRelease(models.Model):
    """A notice on its way to a designated medium 指定媒介: sent, and confirmed where the medium says so."""

    notice = models.ForeignKey(TenderNotice, on_delete=models.PROTECT, related_name="releases")
    medium = models.CharField(max_length=80)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "bidding"
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["notice", "medium"], name="release_once_per_medium")]
