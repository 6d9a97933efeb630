"""What owner and selected agency owe each other, step by step."""

from django.db import models
from django.db.models import Q

from marketplace.fulfilment.domain.states import EngagementState, MilestoneState, ProposalKind, ProposalState


class Engagement(models.Model):
    """The course from one result to the accepted service."""

    selection = models.ForeignKey("marketplace.Selection", on_delete=models.PROTECT, related_name="+")
    procurement = models.ForeignKey("marketplace.Procurement", on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    region = models.CharField(max_length=6)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    """Yuan; empty where rates were quoted without a ceiling."""
    state = models.CharField(max_length=12, default=EngagementState.SELECTED.value)
    suspended_by = models.CharField(max_length=60, blank=True)
    """Number of the document that suspends; empty: nothing does."""
    selected_at = models.DateTimeField()
    result_due_on = models.DateField()
    published_at = models.DateTimeField(null=True)
    refusal_until = models.DateField(null=True)
    objection_until = models.DateField(null=True)
    contract_due_on = models.DateField(null=True)
    contract_paper = models.CharField(max_length=24, blank=True)
    contract_number = models.CharField(max_length=40, blank=True)
    signed_at = models.DateTimeField(null=True)
    upload_due_on = models.DateField(null=True)
    uploaded_at = models.DateTimeField(null=True)
    disclosed = models.BooleanField(default=True)
    """Whether the contract's text is public; else only its facts are."""
    ends_on = models.DateField(null=True)
    acceptance_due_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_words = models.TextField(blank=True)
    overdue_noted_at = models.DateTimeField(null=True)
    rating_due_on = models.DateField(null=True)

    class Meta:
        app_label = "marketplace"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in EngagementState]), name="engagement_state_known"
            ),
            models.UniqueConstraint(
                fields=["procurement"],
                condition=~Q(state__in=[EngagementState.GIVEN_UP.value, EngagementState.REVOKED.value]),
                name="one_engagement_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=False) | ~Q(state__in=["SIGNED", "SERVING", "DONE"]),
                name="signed_engagement_has_day",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-id"], name="engagement_by_owner"),
            models.Index(fields=["agency", "-id"], name="engagement_by_agency"),
            models.Index(fields=["state", "id"], name="engagement_by_state"),
        ]

    @property
    def stream(self) -> str:
        """Its stream in the log."""
        return f"engagement:{self.pk}"


class Milestone(models.Model):
    """A part of the service, its share of the amount, its day and its deliverable."""

    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="milestones")
    place = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    share = models.DecimalField(max_digits=5, decimal_places=2)
    """Percent of the amount."""
    due_on = models.DateField()
    state = models.CharField(max_length=10, default=MilestoneState.PLANNED.value)
    document = models.ForeignKey("commons.Document", null=True, on_delete=models.PROTECT, related_name="+")
    delivered_at = models.DateTimeField(null=True)
    words = models.TextField(blank=True)
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "marketplace"
        ordering = ("engagement_id", "place")
        constraints = [
            models.UniqueConstraint(fields=["engagement", "place"], name="milestone_place_once"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=100), name="milestone_share_of_hundred"),
        ]


class ContractProposal(models.Model):
    """What one side proposes and the other answers: extension, change, termination."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="proposals")
    kind = models.CharField(max_length=12)
    proposed_by = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    words = models.TextField()
    ends_on = models.DateField(null=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    state = models.CharField(max_length=8, default=ProposalState.OPEN.value)
    proposed_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "marketplace"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["engagement"], condition=Q(state=ProposalState.OPEN.value), name="one_open_proposal"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in ProposalKind]), name="proposal_kind_known"
            ),
        ]


class Payment(models.Model):
    """A payment that the owner records; the agency confirms that it came."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="payments")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    paid_on = models.DateField()
    voucher = models.CharField(max_length=60)
    recorded_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "marketplace"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["engagement", "voucher"], name="payment_voucher_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_is_positive"),
        ]
