"""Limits that were reckoned before the holidays of a year were published, so that they can be reckoned anew."""

from django.db import models


class ProvisionalLimit(models.Model):
    """What was reckoned, from which day and how long; once its year is published it is settled."""

    kind = models.CharField(max_length=32)
    """Whose limit it is: the name under which a package moves it (`calendar.reckoning`)."""
    ref = models.CharField(max_length=64)
    start = models.DateField()
    add = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=12)
    region = models.CharField(max_length=6, blank=True)
    on = models.DateField()
    """The day that was reckoned and told."""
    noted_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "commons"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "ref"], condition=models.Q(settled_at__isnull=True), name="one_open_limit_of_a_kind"
            )
        ]
