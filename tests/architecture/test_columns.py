"""Columns hold what their own constraints name: SQLite would not mind a word that is too long, PostgreSQL does."""

from collections.abc import Iterator

from django.apps import apps
from django.db import models


def words(condition: models.Q) -> Iterator[tuple[str, str]]:
    """Each column with each word that the condition compares it with."""
    for child in condition.children:
        if isinstance(child, models.Q):
            yield from words(child)
            continue
        if not isinstance(child, tuple):
            continue
        name, _, lookup = child[0].partition("__")
        values = child[1] if lookup == "in" else [child[1]] if lookup in ("", "exact") else []
        yield from ((name, str(value)) for value in values if isinstance(value, str))


def named() -> Iterator[tuple[type[models.Model], str, str]]:
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            condition = getattr(constraint, "condition", None)
            if isinstance(condition, models.Q):
                yield from ((model, name, word) for name, word in words(condition))


def test_no_column_is_too_short_for_what_its_constraints_name() -> None:
    found = list(named())
    short = [
        f"{model._meta.label}.{name}: {word}"
        for model, name, word in found
        if (most := getattr(model._meta.get_field(name), "max_length", None)) and len(word) > most
    ]

    assert len(found) > 300
    assert short == []
