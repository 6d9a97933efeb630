"""Objections to results and to notices, and the complaints that follow them."""

from django.db import models
from django.db.models import Q

from marketplace.fulfilment.domain.states import GrievanceState


class Grievance(models.Model):
    """An objection 异议 of an agency, to a result or, before the selection, to a notice; from it, a complaint 投诉."""

    procurement = models.ForeignKey("marketplace.Procurement", on_delete=models.PROTECT, related_name="+")
    engagement = models.ForeignKey(
        "marketplace.Engagement", null=True, on_delete=models.PROTECT, related_name="grievances"
    )
    """Whose result it is about; empty: it is about the notice."""
    round = models.PositiveSmallIntegerField(default=1)
    organisation = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default=GrievanceState.RAISED.value)
    words = models.TextField()
    raised_at = models.DateTimeField()
    answer_due_on = models.DateField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    complaint = models.TextField(blank=True)
    complained_at = models.DateTimeField(null=True)
    complaint_until = models.DateField()
    suspends = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "marketplace"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["engagement", "organisation"], name="one_objection_per_agency"),
            models.UniqueConstraint(
                fields=["procurement", "round", "organisation"],
                condition=Q(engagement__isnull=True),
                name="one_objection_to_a_notice",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in GrievanceState]), name="grievance_state_known"
            ),
        ]

    @property
    def about_notice(self) -> bool:
        return self.engagement_id is None

    @property
    def stream(self) -> str:
        """The stream of the log in which its steps stand."""
        return f"procurement:{self.procurement_id}" if self.about_notice else f"engagement:{self.engagement_id}"

    @property
    def suspended(self) -> bool:
        """Whether everything stands still because of it."""
        return self.suspends and self.state == GrievanceState.ACCEPTED.value


class GrievanceDocument(models.Model):
    """A numbered paper of the regulator about a complaint."""

    grievance = models.ForeignKey(Grievance, on_delete=models.PROTECT, related_name="documents")
    event = models.CharField(max_length=40)
    number = models.CharField(max_length=60)
    words = models.TextField()
    document = models.ForeignKey("commons.Document", null=True, on_delete=models.PROTECT, related_name="+")
    issued_by = models.CharField(max_length=80)
    issued_at = models.DateTimeField()

    class Meta:
        app_label = "marketplace"
        ordering = ("id",)
        constraints = [models.CheckConstraint(condition=~Q(number=""), name="grievance_document_has_number")]
