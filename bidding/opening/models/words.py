"""Objections and questions in a hall."""

from django.db import models

from bidding.opening.domain.states import WordKind, WordState


class HallWord(models.Model):
    """What a bidder objects or asks, and the answer. Objections are shown at once, questions when admitted."""

    hall = models.ForeignKey("bidding.Hall", on_delete=models.PROTECT, related_name="words")
    organisation = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=10)
    text = models.TextField()
    said_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "bidding"
        ordering = ("said_at", "id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in WordKind]), name="hall_word_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in WordState]), name="hall_word_state_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=WordState.ANSWERED.value) | ~models.Q(answer=""),
                name="answered_hall_word_has_answer",
            ),
        ]
