"""Messages, and who has read them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from commons.people.parties import NamesParty
from commons.secrecy.fields import PartyField, SealedJSONField, SealedTextField


class InboxMessage(NamesParty, models.Model):
    """One message to a person, or to everybody who acts for an organisation. The text is made for each reader.

    What it says and to which organisation stands sealed: messages tell who takes part in what.
    """

    key = models.CharField(max_length=160, unique=True)
    """Names occasion and receiver, blinded: the same key is the same message, however often it is delivered."""
    party = PartyField(label="inbox", null=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    subject_msgid = SealedTextField(label="inbox.subject")
    fields = SealedJSONField(label="inbox.fields", default=dict)
    link = SealedTextField(label="inbox.link", blank=True)
    delivered_at = models.DateTimeField()

    class Meta:
        app_label = "commons"
        ordering = ("-delivered_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(party__isnull=False, person__isnull=True) | Q(party__isnull=True, person__isnull=False),
                name="inbox_one_receiver",
            ),
        ]
        indexes = [
            models.Index(fields=["party", "-delivered_at"], name="inbox_by_organisation"),
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
