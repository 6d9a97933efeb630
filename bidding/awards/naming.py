"""What the live rooms of sections are called: as the purchase whose price is found there."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from bidding.tenders.models import Section
from exchange.rooms.subjects import Subject, register_naming

PREFIX = "section:"


def names(subjects: Sequence[str]) -> Mapping[str, Subject]:
    """Title, code and page of each section; one query."""
    rows = Section.objects.filter(pk__in=[int(one.removeprefix(PREFIX)) for one in subjects])
    found = rows.values_list("pk", "title", "code", "tender_id", "tender__title")
    return {
        f"{PREFIX}{number}": Subject(
            f"{tender} · {title}", code, price_unit=_("yuan"), url=reverse("tenders:tender", args=[tender_id])
        )
        for number, title, code, tender_id, tender in found
    }


def register() -> None:
    """Name the rooms of sections."""
    register_naming(PREFIX, names)
