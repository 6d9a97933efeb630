"""Tables of what becomes of bonds, and of performance securities. All after the opening: names are known."""

from django.db import models

from bidding.awards.domain.securities import ForfeitureState, Ground, SecurityForm, SecurityState
from commons.domain.identifiers import random_number


class Forfeiture(models.Model):
    """That a bond or performance security is kept, by the owner's numbered decision and two of its persons."""

    section = models.ForeignKey("bidding.Section", on_delete=models.PROTECT, related_name="forfeitures")
    award = models.ForeignKey("bidding.Award", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """Of a performance security: which one; a bond has none."""
    organisation = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=32)
    decision_body = models.CharField(max_length=80)
    decision_no = models.CharField(max_length=60)
    document = models.ForeignKey("commons.Document", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    state = models.CharField(max_length=12, default=ForfeitureState.PROPOSED.value)
    approval_id = models.BigIntegerField(unique=True)
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "bidding"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in ForfeitureState]), name="forfeiture_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(ground__in=[ground.value for ground in Ground]), name="forfeiture_ground_known"
            ),
            models.UniqueConstraint(
                fields=["section", "organisation"],
                condition=models.Q(state=ForfeitureState.PROPOSED.value),
                name="one_forfeiture_proposed",
            ),
        ]


class PerformanceSecurity(models.Model):
    """A performance security 履约保证金 that the owner asks of a winner, and what became of it."""

    id = models.BigIntegerField(primary_key=True, default=random_number, editable=False)
    award = models.OneToOneField("bidding.Award", on_delete=models.PROTECT, related_name="security")
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    form = models.CharField(max_length=8, default=SecurityForm.CASH.value)
    state = models.CharField(max_length=12, default=SecurityState.ASKED.value)
    due_at = models.DateTimeField()
    document = models.ForeignKey("commons.Document", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    paper_no = models.CharField(max_length=80, blank=True)
    reason = models.TextField(blank=True)
    """Why a paper was turned down, or the security given back."""
    asked_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "bidding"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in SecurityState]), name="security_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(form__in=[form.value for form in SecurityForm]), name="security_form_known"
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="security_amount_positive"),
        ]
