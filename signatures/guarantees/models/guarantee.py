"""Guarantees. Before the opening a row names nobody and nothing: lookups are keyed tags, the content is encrypted."""

from django.db import models

from commons.evidence.append_only import append_only
from signatures.guarantees.domain.states import SECRET, GuaranteeState

_STANDING = ["APPLIED", "UNDERWRITING", "SEALED", "OPENED", "CLAIMED", "REFUSED", "PAID"]


class Guarantee(models.Model):
    """An application and what became of it."""

    ref = models.CharField(max_length=32, unique=True)
    """128 random bits: no row's number tells how many there are."""
    state = models.CharField(max_length=16, default=GuaranteeState.APPLIED.value)
    applicant_tag = models.CharField(max_length=32, db_index=True)
    issuer_tag = models.CharField(max_length=32, db_index=True)
    binding_tag = models.CharField(max_length=32, db_index=True)
    """Procedure and applicant together; the rows of one procedure cannot be told apart from any others."""
    number_tag = models.CharField(max_length=32, blank=True, db_index=True)
    """Issuer and number of the guarantee: what may exist only once."""
    file_tag = models.CharField(max_length=32, blank=True)
    """The hash of an uploaded file: under whatever number, it backs one procedure."""
    content = models.BinaryField()
    """The dossier, encrypted."""
    paper = models.BinaryField(null=True)
    """The signed PDF, encrypted."""
    wake_at = models.DateTimeField(null=True, blank=True, db_index=True)
    """When the timekeeper looks at it again."""
    subject = models.CharField(max_length=64, blank=True, db_index=True)
    applicant = models.ForeignKey(
        "commons.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    beneficiary = models.ForeignKey(
        "commons.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "signatures"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in GuaranteeState]), name="guarantee_state_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=sorted(state.value for state in SECRET))
                | models.Q(subject="", applicant__isnull=True, beneficiary__isnull=True, opened_at__isnull=True),
                name="sealed_guarantee_names_nobody",
            ),
            models.UniqueConstraint(
                fields=["binding_tag"], condition=models.Q(state__in=_STANDING), name="one_guarantee_per_procedure"
            ),
            models.UniqueConstraint(
                fields=["number_tag"],
                condition=~models.Q(number_tag="") & ~models.Q(state__in=["CANCELLED", "DECLINED"]),
                name="one_guarantee_per_number",
            ),
            models.UniqueConstraint(
                fields=["file_tag"],
                condition=~models.Q(file_tag="") & ~models.Q(state="CANCELLED"),
                name="one_guarantee_per_file",
            ),
        ]


@append_only
class StatusEntry(models.Model):
    """An entry of a guarantee's status chain, signed by the platform. Append-only."""

    guarantee = models.ForeignKey(Guarantee, on_delete=models.PROTECT, related_name="entries")
    seq = models.PositiveIntegerField()
    anchor = models.CharField(max_length=64, db_index=True)
    status = models.CharField(max_length=12)
    body = models.BinaryField()
    key = models.CharField(max_length=200)
    signature = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        app_label = "signatures"
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["guarantee", "seq"], name="one_status_per_place")]


@append_only
class StatusPublication(models.Model):
    """That an entry stands in the public feed, from the opening on: a feed that grew before would tell how many bid."""

    entry = models.OneToOneField(StatusEntry, on_delete=models.PROTECT, related_name="publication")
    published_at = models.DateTimeField()

    class Meta:
        app_label = "signatures"
        ordering = ("id",)
