"""Messages, and who has read them."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class InboxMessage(models.Model):
    """One message to a person, or to everybody who acts for an organisation. The text is made for each reader."""

    key = models.CharField(max_length=160, unique=True)
    """Names the occasion and the receiver: the same key is the same message, however often it is delivered."""
    organisation = models.ForeignKey("commons.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    subject_msgid = models.CharField(max_length=300)
    fields = models.JSONField(default=dict)
    link = models.CharField(max_length=300, blank=True)
    delivered_at = models.DateTimeField()

    class Meta:
        app_label = "commons"
        ordering = ("-delivered_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, person__isnull=True)
                | Q(organisation__isnull=True, person__isnull=False),
                name="inbox_one_receiver",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-delivered_at"], name="inbox_by_organisation"),
            models.Index(fields=["person", "-delivered_at"], name="inbox_by_person"),
        ]


class InboxReading(models.Model):
    """A person has read a message; colleagues keep their own count."""

    message = models.ForeignKey(InboxMessage, on_delete=models.CASCADE, related_name="readings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        app_label = "commons"
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["message", "person"], name="inbox_read_once")]
