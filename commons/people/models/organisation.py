"""Organisations, and who does what for them."""

from django.conf import settings
from django.db import models

from commons.domain.actor import Role
from commons.people.domain.natural import PREFIX
from commons.secrecy.fields import SealedJSONField


class OrganisationKind(models.TextChoices):
    ENTERPRISE = "ENTERPRISE"
    GOVERNMENT = "GOVERNMENT"
    INSTITUTION = "INSTITUTION"
    CENTRE = "CENTRE"
    NATURAL_PERSON = "NATURAL_PERSON"


class Organisation(models.Model):
    """A legal person or unincorporated body, known by its unified social credit code (GB 32100); or a natural person.

    A natural person has no such code: a reference stands in its place, and `name` is the masked one, so that whatever
    shows an organisation shows no more of a person. Name and identity number themselves lie sealed in `identity`.
    """

    uscc = models.CharField(max_length=18, unique=True)
    name = models.CharField(max_length=120)
    identity = SealedJSONField(label="natural person", null=True)
    """`{"name", "number"}` of a natural person; nothing of an organisation."""
    kind = models.CharField(max_length=16, choices=OrganisationKind.choices, default=OrganisationKind.ENTERPRISE)
    region = models.CharField(max_length=6)
    """Six digits (GB/T 2260)."""
    legal_representative = models.CharField(max_length=64, blank=True)
    controller_uscc = models.CharField(max_length=18, blank=True)
    """The controlling company, for the rules on related bidders (条例34)."""
    provenance = models.CharField(max_length=32, default="registered")
    registered_at = models.DateTimeField()

    class Meta:
        app_label = "commons"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    kind=OrganisationKind.NATURAL_PERSON, identity__isnull=False, uscc__startswith=PREFIX
                )
                | (~models.Q(kind=OrganisationKind.NATURAL_PERSON) & models.Q(identity__isnull=True)),
                name="natural_person_has_identity",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stands_behind(self) -> str:
        """Who acts for it by law: a natural person for themself. For the rules on related parties only."""
        return self.identity["name"] if self.identity else self.legal_representative


class Membership(models.Model):
    """A role of a person for an organisation, from grant to end; ended rows stay."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=16, choices=[(role.value, role.value) for role in Role])
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "commons"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation", "role"],
                condition=models.Q(ended_at__isnull=True),
                name="one_current_membership",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("granted_at")),
                name="membership_ends_after_grant",
            ),
        ]
