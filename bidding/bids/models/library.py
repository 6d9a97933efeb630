"""The company's own library 主体库."""

from django.db import models

from bidding.bids.domain.library import ItemKind


class LibraryItem(models.Model):
    """A licence, a person or a finished project that the company uses in its bids again and again."""

    organisation = models.ForeignKey("commons.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    title = models.CharField(max_length=120)
    number = models.CharField(max_length=80, blank=True)
    role = models.CharField(max_length=60, blank=True)
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    valid_until = models.DateField(null=True)
    """Of a project: when it was finished."""
    entered_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "bidding"
        ordering = ("kind", "title", "id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in ItemKind]), name="library_item_kind_known"
            )
        ]
        indexes = [models.Index(fields=["organisation", "kind"], name="library_by_owner")]
