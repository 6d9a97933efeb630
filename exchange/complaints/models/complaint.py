"""Complaints 投诉 to the regulator, and the numbered documents that it issues on them."""

from django.db import models

from commons.evidence.append_only import append_only
from exchange.complaints.domain.complaints import ComplaintState, DocumentKind


class Complaint(models.Model):
    """That somebody was not satisfied by the answer to its objection, and what the regulator made of it."""

    objection = models.OneToOneField("exchange.Objection", on_delete=models.PROTECT, related_name="complaint")
    text = models.TextField()
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=12, default=ComplaintState.RAISED.value)
    acceptance_due_on = models.DateField()
    decision_due_on = models.DateField(null=True, blank=True)
    """From the acceptance on."""
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "exchange"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in ComplaintState]), name="complaint_state_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=ComplaintState.ACCEPTED.value) | models.Q(decision_due_on__isnull=False),
                name="accepted_complaint_has_limit",
            ),
        ]


@append_only
class ComplaintDocument(models.Model):
    """One paper of the regulator: kind, number, words and the document itself. Append-only."""

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=12)
    number = models.CharField(max_length=60)
    words = models.TextField()
    document = models.ForeignKey("commons.Document", on_delete=models.PROTECT, related_name="+")
    issued_by = models.CharField(max_length=64)
    issued_at = models.DateTimeField()

    class Meta:
        app_label = "exchange"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["number", "kind"], name="complaint_document_number_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in DocumentKind]), name="complaint_document_known"
            ),
            models.CheckConstraint(condition=~models.Q(number=""), name="complaint_document_has_number"),
        ]
