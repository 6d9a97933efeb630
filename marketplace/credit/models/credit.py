"""Ratings, the events that move scores, scores, red and black lists, and the letters of the authority."""

from django.db import models
from django.db.models import Q

from commons.evidence.append_only import append_only
from marketplace.credit.domain.listing import ListColour, ListingState
from marketplace.credit.domain.ratings import RatingState, Side
from marketplace.credit.domain.scoring import EventKind


class Rating(models.Model):
    """What one side gave the other for a finished service."""

    engagement = models.ForeignKey("marketplace.Engagement", on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=8)
    rated = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    rated_by = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    stars = models.JSONField()
    mean = models.DecimalField(max_digits=3, decimal_places=2)
    words = models.TextField(blank=True)
    document = models.ForeignKey("commons.Document", null=True, on_delete=models.PROTECT, related_name="+")
    by_rule = models.BooleanField(default=False)
    """Nobody rated in time: the “good” that the rules give."""
    linked = models.BooleanField(default=False)
    """Owner and agency are linked: shown, never counted."""
    state = models.CharField(max_length=8, default=RatingState.GIVEN.value)
    given_at = models.DateTimeField()
    appeal_until = models.DateField()
    appeal = models.TextField(blank=True)
    appealed_at = models.DateTimeField(null=True)
    decision_number = models.CharField(max_length=60, blank=True)
    decision = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "marketplace"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["engagement", "side"], name="one_rating_per_side"),
            models.CheckConstraint(condition=Q(side__in=[one.value for one in Side]), name="rating_side_known"),
            models.CheckConstraint(condition=Q(mean__gte=1, mean__lte=5), name="rating_between_one_and_five"),
        ]
        indexes = [models.Index(fields=["rated", "-id"], name="rating_by_rated")]


class CreditEvent(models.Model):
    """Something that moves an agency's score, with what it came from."""

    agency = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    source = models.CharField(max_length=60)
    """`rating:7`, `engagement:12`, `decision:…`: what it came from, once each."""
    on = models.DateField()
    until = models.DateField()
    points = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    stars = models.DecimalField(max_digits=3, decimal_places=2, null=True)
    owner = models.ForeignKey("commons.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    linked = models.BooleanField(default=False)
    by_rule = models.BooleanField(default=False)
    authority = models.CharField(max_length=80, blank=True)
    number = models.CharField(max_length=60, blank=True)
    repaired_by = models.CharField(max_length=60, blank=True)

    class Meta:
        app_label = "marketplace"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["source", "kind"], name="credit_event_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in EventKind]), name="credit_event_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(kind=EventKind.FALSE_MATERIAL.value) | ~Q(number=""), name="false_material_has_decision"
            ),
        ]
        indexes = [models.Index(fields=["agency", "on"], name="credit_event_by_agency")]


class CreditScore(models.Model):
    """The score of a day, computed from the events; the newest row is the score that selections use."""

    agency = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    points = models.DecimalField(max_digits=5, decimal_places=2)
    cause = models.CharField(max_length=60)

    class Meta:
        app_label = "marketplace"
        ordering = ("id",)
        indexes = [models.Index(fields=["agency", "-id"], name="credit_score_by_agency")]


class Listing(models.Model):
    """An entry of the red or the black list, from its proposal to its end."""

    agency = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    colour = models.CharField(max_length=5)
    state = models.CharField(max_length=8, default=ListingState.PROPOSED.value)
    reason = models.TextField()
    proposed_by = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    hearing_until = models.DateField(null=True)
    statement = models.TextField(blank=True)
    authority = models.CharField(max_length=80, blank=True)
    number = models.CharField(max_length=60, blank=True)
    listed_at = models.DateTimeField(null=True)
    until = models.DateField(null=True)
    repair_number = models.CharField(max_length=60, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "marketplace"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=Q(colour__in=[one.value for one in ListColour]), name="list_colour_known"),
            models.CheckConstraint(
                condition=Q(state__in=["PROPOSED", "HEARD", "DROPPED"]) | ~Q(number=""), name="listing_has_decision"
            ),
        ]


@append_only
class SupervisionLetter(models.Model):
    """A letter 监管函 of the authority to an agency: it warns or asks, is read by everybody, and moves no score."""

    agency = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    authority = models.CharField(max_length=80)
    number = models.CharField(max_length=60)
    words = models.TextField()
    document = models.ForeignKey("commons.Document", null=True, on_delete=models.PROTECT, related_name="+")
    issued_by = models.CharField(max_length=80)
    issued_at = models.DateTimeField()

    class Meta:
        app_label = "marketplace"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=~Q(number=""), name="supervision_letter_has_number"),
            models.UniqueConstraint(fields=["agency", "authority", "number"], name="supervision_letter_once"),
        ]
