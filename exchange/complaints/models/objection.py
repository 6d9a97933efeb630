"""Objections 异议 to a notice, a qualification or a result, and their answers."""

from django.db import models


class Objection(models.Model):
    """What somebody objects to, and what the seller answered."""

    project = models.ForeignKey("exchange.Project", on_delete=models.PROTECT, related_name="objections")
    lot = models.ForeignKey("exchange.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="objections")
    organisation = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    raised_at = models.DateTimeField()
    answer_due_on = models.DateField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "exchange"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True) | ~models.Q(answer=""),
                name="answered_objection_has_answer",
            ),
        ]
