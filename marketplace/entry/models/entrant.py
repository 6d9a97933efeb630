"""Owners and agencies with what they offer and hold."""

from django.db import models
from django.db.models import Q

from commons.secrecy.fields import SealedTextField
from marketplace.entry.domain.entrants import EntrantKind, EntrantState

IN_FORCE = Q(state__in=[EntrantState.PUBLISHED.value, EntrantState.LAPSED.value, EntrantState.SUSPENDED.value])


class Entrant(models.Model):
    """An organisation's entry into the supermarket, as an owner or as an agency."""

    organisation = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    state = models.CharField(max_length=12, default=EntrantState.DRAFT.value)
    contact_name = models.CharField(max_length=64, blank=True)
    contact_phone = models.CharField(max_length=32, blank=True)
    introduction = models.TextField(blank=True)
    commitment_sha256 = models.CharField(max_length=64, blank=True)
    """Of the signed commitment letter; empty until it is signed."""
    commitment_signing = models.CharField(max_length=64, blank=True)
    """The signing session that holds the signature."""
    licence_number = models.CharField(max_length=40, blank=True)
    licence_until = models.DateField(null=True)
    credentials_pulled_at = models.DateTimeField(null=True)
    checks = models.JSONField(default=list)
    submitted_at = models.DateTimeField(null=True)
    checked_by = models.CharField(max_length=80, blank=True)
    checked_at = models.DateTimeField(null=True)
    return_reason = models.TextField(blank=True)
    published_at = models.DateTimeField(null=True)
    recheck_due_on = models.DateField(null=True)
    restricted_until = models.DateTimeField(null=True)
    suspended_until = models.DateTimeField(null=True)
    provenance = models.CharField(max_length=32, default="entered")
    created_at = models.DateTimeField()

    class Meta:
        app_label = "marketplace"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind"],
                condition=~Q(state=EntrantState.CANCELLED.value),
                name="one_entry_per_kind",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in EntrantState]), name="entrant_state_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in EntrantKind]), name="entrant_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(state=EntrantState.PUBLISHED.value)
                | Q(published_at__isnull=False, recheck_due_on__isnull=False),
                name="published_entrant_has_recheck",
            ),
        ]
        indexes = [models.Index(fields=["kind", "state"], name="entrant_by_kind_and_state")]


class AgencyItem(models.Model):
    """A service that an agency offers."""

    agency = models.ForeignKey(Entrant, on_delete=models.CASCADE, related_name="offers")
    item = models.ForeignKey("marketplace.ServiceItem", on_delete=models.PROTECT, related_name="+")

    class Meta:
        app_label = "marketplace"
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["item", "agency"], name="agency_offers_item_once")]


class AgencyQualification(models.Model):
    """A certificate of an agency, as its issuer last reported it."""

    agency = models.ForeignKey(Entrant, on_delete=models.CASCADE, related_name="qualifications")
    code = models.CharField(max_length=24)
    grade = models.PositiveSmallIntegerField(default=0)
    number = models.CharField(max_length=40)
    issuer = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    revoked = models.BooleanField(default=False)

    class Meta:
        app_label = "marketplace"
        ordering = ("code", "grade", "id")
        constraints = [models.UniqueConstraint(fields=["agency", "code", "number"], name="qualification_once")]
        indexes = [models.Index(fields=["code", "grade", "agency"], name="qualification_by_code")]


class Practitioner(models.Model):
    """A professional 执业人员 who works for the agency; the name is sealed at rest and masked in public."""

    agency = models.ForeignKey(Entrant, on_delete=models.CASCADE, related_name="practitioners")
    name = SealedTextField(label="practitioner")
    title = models.CharField(max_length=80)
    certificate = models.CharField(max_length=40)
    valid_until = models.DateField(null=True)

    class Meta:
        app_label = "marketplace"
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["agency", "certificate"], name="practitioner_once")]
