"""Papers with their parties, the revisions of their files, and signatures that were given beside them."""

from django.conf import settings
from django.db import models

from commons.evidence.append_only import append_only
from signatures.documents.domain.papers import Act, Mode, PaperState


class Paper(models.Model):
    """One document of the platform, from the template to the archive."""

    number = models.CharField(max_length=24, unique=True)
    """Random; printed on the document, for those who check it."""
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    """What it is about, as evidence streams are named."""
    guard = models.CharField(max_length=80)
    """The subject of its files in the vault; its guard decides who may download."""
    title = models.CharField(max_length=200)
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    suite = models.CharField(max_length=16, blank=True)
    """Of the procedure, whose certificates alone can sign for a party; blank: any."""
    public = models.BooleanField(default=False)
    state = models.CharField(max_length=16, default=PaperState.DRAWN)
    revision = models.PositiveIntegerField(default=1)
    document = models.ForeignKey("commons.Document", on_delete=models.PROTECT, related_name="+")
    """The newest revision of the file."""
    lease_party = models.ForeignKey("signatures.PaperParty", null=True, on_delete=models.PROTECT, related_name="+")
    lease_until = models.DateTimeField(null=True)
    drawn_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    """When the last party signed, or the paper was withdrawn."""

    class Meta:
        app_label = "signatures"
        ordering = ("id",)
        indexes = [
            models.Index(fields=["subject", "kind"], name="paper_by_subject"),
            models.Index(fields=["state", "ended_at"], name="paper_by_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in PaperState]), name="paper_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["SIGNED", "ARCHIVED", "WITHDRAWN"]) ^ models.Q(ended_at__isnull=True),
                name="ended_paper_has_its_instant",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def stream(self) -> str:
        """The evidence stream of the paper."""
        return f"paper:{self.pk}"


class PaperParty(models.Model):
    """Who is to sign, and with which certificate it did."""

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="parties")
    place = models.PositiveSmallIntegerField()
    field = models.CharField(max_length=40)
    role = models.CharField(max_length=80)
    mode = models.CharField(max_length=16, choices=[(mode.value, mode.value) for mode in Mode])
    organisation = models.ForeignKey("commons.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True)
    signer_name = models.CharField(max_length=200, blank=True)
    certificate_sha256 = models.CharField(max_length=64, blank=True)
    serial = models.CharField(max_length=64, blank=True)
    signature = models.ForeignKey("commons.Document", null=True, on_delete=models.PROTECT, related_name="+")
    """The detached CMS of a parallel party; signatures in turn lie in the PDF."""
    statement = models.BinaryField(null=True)
    """What a parallel party signed: canonical JSON."""

    class Meta:
        app_label = "signatures"
        ordering = ("place",)
        constraints = [
            models.UniqueConstraint(fields=["paper", "field"], name="one_party_per_field"),
            models.CheckConstraint(
                condition=models.Q(signed_at__isnull=True) | ~models.Q(certificate_sha256=""),
                name="signed_party_has_certificate",
            ),
        ]


@append_only
class PaperRevision(models.Model):
    """A state of the file, registered: its SHA-256 stands in the evidence log."""

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    act = models.CharField(max_length=16, choices=[(act.value, act.value) for act in Act])
    document = models.ForeignKey("commons.Document", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, db_index=True)
    stream = models.CharField(max_length=80)
    stream_seq = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        app_label = "signatures"
        ordering = ("paper", "number")
        constraints = [models.UniqueConstraint(fields=["paper", "number"], name="one_revision_per_number")]
