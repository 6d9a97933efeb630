"""Texts that can be found."""

from django.db import models


class SearchText(models.Model):
    """The terms of one thing. The index over them is made by `commons.search.index`: GIN or FTS5."""

    kind = models.CharField(max_length=24)
    """What is found: `project`, `organisation`."""
    ref = models.BigIntegerField()
    """Its number in its own table."""
    terms = models.TextField()

    class Meta:
        app_label = "commons"
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["kind", "ref"], name="search_one_text_per_thing")]
