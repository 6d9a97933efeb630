"""Keys with which programs act for a person of an organisation."""

from django.conf import settings
from django.db import models

from commons.people.models.organisation import Organisation


class ApiKey(models.Model):
    """A key of the REST interface. Only its digest is kept; what it may do follows from the person's present roles."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the key, hex: a key has 256 random bits, so a slow hash would add nothing."""
    scopes = models.JSONField(default=list)
    """What it opens, see `commons.people.domain.scopes`."""
    created_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "commons"
        ordering = ("id",)
