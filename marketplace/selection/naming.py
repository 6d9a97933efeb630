"""What the live rooms of selections are called: as the procurement that is bid for."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from exchange.rooms.subjects import Subject, register_naming
from marketplace.selection.models import Selection

PREFIX = "selection:"


def names(subjects: Sequence[str]) -> Mapping[str, Subject]:
    """Title, code and page of each selection; one query."""
    numbers = [int(one.removeprefix(PREFIX)) for one in subjects]
    rows = Selection.objects.filter(pk__in=numbers).values_list("pk", "procurement__title", "procurement__code")
    return {
        f"{PREFIX}{number}": Subject(
            title, code, price_unit=_("yuan"), url=reverse("selection:selection", args=[number])
        )
        for number, title, code in rows
    }


def register() -> None:
    """Name the rooms of selections."""
    register_naming(PREFIX, names)
