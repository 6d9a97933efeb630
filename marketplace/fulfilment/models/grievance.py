"""Objections to results and the complaints that follow them."""

from django.db import models
from django.db.models import Q

from marketplace.fulfilment.domain.states import GrievanceState


class Grievance(models.Model):
    """An objection 异议 of an agency that signed up; from it, a complaint 投诉 to the regulator."""

    engagement = models.ForeignKey("marketplace.Engagement", on_delete=models.PROTECT, related_name="grievances")
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
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in GrievanceState]), name="grievance_state_known"
            ),
        ]


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
