"""Who may issue guarantees, and the credit that each grants."""

from django.db import models

from signatures.guarantees.domain.terms import IssuerKind, IssuerStatus


class Issuer(models.Model):
    """An organisation on the list of issuers 开函机构; one entry for all projects and regions."""

    EMBEDDED, HTTP = "EMBEDDED", "HTTP"

    organisation = models.OneToOneField("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    status = models.CharField(max_length=12, default=IssuerStatus.LISTED.value)
    channel = models.CharField(max_length=10, default=EMBEDDED)
    """EMBEDDED: its people work in the back office here. HTTP: its own system speaks the documented contract."""
    endpoint = models.URLField(blank=True)
    key_name = models.CharField(max_length=40, blank=True)
    """The name of the shared secret of an HTTP issuer; the secret itself lies in a file."""
    licence_no = models.CharField(max_length=60)
    """The financial licence, the guarantee company's permit, or the insurer's permit."""
    premium_rate = models.DecimalField(max_digits=8, decimal_places=6)
    """Per year, of the amount."""
    premium_minimum = models.DecimalField(max_digits=12, decimal_places=2)
    listed_at = models.DateTimeField()
    status_reason = models.CharField(max_length=200, blank=True)
    status_changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "signatures"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=[one.value for one in IssuerKind]), name="issuer_kind"),
            models.CheckConstraint(
                condition=models.Q(status__in=[one.value for one in IssuerStatus]), name="issuer_status"
            ),
            models.CheckConstraint(
                condition=models.Q(channel="EMBEDDED") | (~models.Q(endpoint="") & ~models.Q(key_name="")),
                name="issuer_http_has_endpoint",
            ),
        ]


class CreditLine(models.Model):
    """One credit grant 授信 for one applicant, used across projects and regions; what is used is never stored."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="credit_lines")
    organisation = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    limit = models.DecimalField(max_digits=16, decimal_places=2)
    valid_until = models.DateField()
    granted_by = models.CharField(max_length=64)
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "signatures"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "organisation"],
                condition=models.Q(ended_at__isnull=True),
                name="one_credit_line_per_applicant",
            ),
            models.CheckConstraint(condition=models.Q(limit__gt=0), name="credit_limit_positive"),
        ]


class UsedNonce(models.Model):
    """The number of a signed request of an issuer, so that it counts once."""

    key_name = models.CharField(max_length=40)
    nonce = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        app_label = "signatures"
        indexes = [models.Index(fields=["at"], name="guarantee_nonce_at")]
        constraints = [models.UniqueConstraint(fields=["key_name", "nonce"], name="guarantee_nonce_once")]
