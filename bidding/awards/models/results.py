"""Tables of results, awards and contracts. All of it comes after the opening: names are known."""

from django.db import models

from bidding.awards.domain.states import AwardState, ReportState
from commons.domain.identifiers import random_number


class EvaluationReport(models.Model):
    """The ranked result of a section's review, recorded from the committee's signed paper by two persons."""

    section = models.ForeignKey("bidding.Section", on_delete=models.PROTECT, related_name="reports")
    document = models.ForeignKey("commons.Document", on_delete=models.PROTECT, related_name="+")
    competition = models.TextField(blank=True)
    """Why competition remains with fewer valid bids than needed."""
    state = models.CharField(max_length=12, default=ReportState.ENTERED.value)
    entered_by = models.ForeignKey("commons.Person", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        "commons.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    """Why it was rejected, or why the review was opened again."""

    class Meta:
        app_label = "bidding"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in ReportState]), name="report_state_known"
            ),
            models.UniqueConstraint(
                fields=["section"], condition=models.Q(state="CONFIRMED"), name="one_confirmed_report"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="CONFIRMED") | ~models.Q(confirmed_by=models.F("entered_by")),
                name="report_by_two_persons",
            ),
        ]


class ResultLine(models.Model):
    """One bidder in a report: its rank, price, score and reasons."""

    report = models.ForeignKey(EvaluationReport, on_delete=models.PROTECT, related_name="lines")
    organisation = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField()
    """0 when the bid was rejected."""
    price = models.DecimalField(max_digits=16, decimal_places=4)
    """Yuan, or the discount rate as a fraction."""
    score = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    reason = models.TextField()
    found = models.JSONField(default=dict, blank=True)
    """What the committee found beside the price, by the name of its `Fact`, as text."""

    class Meta:
        app_label = "bidding"
        ordering = ("report_id", "rank", "id")
        constraints = [models.UniqueConstraint(fields=["report", "organisation"], name="result_line_once")]


class CandidateList(models.Model):
    """The award candidates as they are shown 中标候选人公示, until when, and after which report."""

    report = models.OneToOneField(EvaluationReport, on_delete=models.PROTECT, related_name="shown")
    published_at = models.DateTimeField()
    shown_until = models.DateTimeField()
    late = models.BooleanField(default=False)
    """Published later after the report than the limit allows."""

    class Meta:
        app_label = "bidding"
        ordering = ("id",)


class Award(models.Model):
    """That a section goes to a bidder: letter, contract, or why it gave up."""

    id = models.BigIntegerField(primary_key=True, default=random_number, editable=False)
    section = models.ForeignKey("bidding.Section", on_delete=models.PROTECT, related_name="given")
    line = models.OneToOneField(ResultLine, on_delete=models.PROTECT, related_name="award")
    state = models.CharField(max_length=12, default=AwardState.AWARDED.value)
    reason = models.TextField(blank=True)
    decision_body = models.CharField(max_length=80, blank=True)
    decision_no = models.CharField(max_length=60, blank=True)
    awarded_at = models.DateTimeField()
    notified_at = models.DateTimeField(null=True, blank=True)
    contract_due_on = models.DateField(null=True, blank=True)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    contract_no = models.CharField(max_length=40, blank=True)
    contracted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "bidding"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in AwardState]), name="award_state_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="CONTRACTED") | models.Q(contracted_at__isnull=False),
                name="contracted_award_has_day",
            ),
        ]
