"""The embedded identity register: a stand-in for the city's system, with tables of its own."""

from django.db import models

from commons.domain.actor import Assurance


class RegisteredIdentity(models.Model):
    """A person or organisation by a keyed digest of its number: the table alone gives no identity number away."""

    PERSON, ORGANISATION = "PERSON", "ORGANISATION"

    kind = models.CharField(max_length=16, choices=[(PERSON, PERSON), (ORGANISATION, ORGANISATION)])
    number_digest = models.CharField(max_length=64)
    name_digest = models.CharField(max_length=64)
    assurance = models.PositiveSmallIntegerField(choices=[(level.value, level.name) for level in Assurance])
    enrolled_at = models.DateTimeField()

    class Meta:
        app_label = "commons"
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["kind", "number_digest"], name="identity_once_per_number")]


class Representation(models.Model):
    """A person may act for an organisation, both by their digests."""

    person_digest = models.CharField(max_length=64)
    organisation_digest = models.CharField(max_length=64)
    enrolled_at = models.DateTimeField()

    class Meta:
        app_label = "commons"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["person_digest", "organisation_digest"], name="identity_represents_once")
        ]
