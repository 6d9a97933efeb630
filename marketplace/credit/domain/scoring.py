"""The credit score: published rules over published events. It ranks and warns; it bans nobody.

Points of events count while they are valid; ratings count at most so often per owner, and those of linked parties or
given by rule not at all, so that neither splitting a need nor dealing with oneself raises a score.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from commons.domain.text import gettext_noop


class EventKind(StrEnum):
    """What moves a score."""

    RATING = "RATING"
    GAVE_UP = "GAVE_UP"
    OVERDUE_CONTRACT = "OVERDUE_CONTRACT"
    FALSE_MATERIAL = "FALSE_MATERIAL"
    REPAIR = "REPAIR"
    """Credit repair 信用修复 by an authority's decision: the named event counts no longer."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The numbers, from the rule parameters."""

    start: Decimal
    maximum: Decimal
    alert_below: Decimal
    good_rating: Decimal
    """Points for a rating of four stars or more in the mean."""
    poor_rating: Decimal
    """Points lost by a rating below three stars in the mean."""
    ratings_per_owner: int
    """How many ratings of one owner count within the months of validity."""


@dataclass(frozen=True, slots=True)
class Event:
    """One published event of an agency. `points` are signed; of a rating they follow from its `stars`."""

    id: int
    kind: EventKind
    on: date
    until: date
    """The last day on which it counts."""
    points: Decimal = Decimal(0)
    stars: Decimal | None = None
    owner_id: int | None = None
    linked: bool = False
    by_rule: bool = False
    """The rating is the automatic “good”."""
    repaired_by: str = ""
    """Number of the decision by which it counts no longer."""


REASONS = {
    "COUNTS": gettext_noop("counts"),
    "EXPIRED": gettext_noop("no longer valid"),
    "REPAIRED": gettext_noop("repaired by decision"),
    "LINKED": gettext_noop("linked parties: does not count"),
    "BY_RULE": gettext_noop("given by rule: does not count"),
    "SAME_OWNER": gettext_noop("further rating of the same owner: does not count"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the explanation: what an event gave, and why."""

    event: Event
    points: Decimal
    reason: str
    """A key of `REASONS`."""


@dataclass(frozen=True, slots=True)
class Score:
    """The score with every line that it comes from."""

    points: Decimal
    items: tuple[Item, ...]
    alert: bool


def score(events: Iterable[Event], rules: Rules, *, on: date) -> Score:
    """The score on a day: start + what counts, between zero and the maximum."""
    counted: Counter[int | None] = Counter()
    items = []
    for event in sorted(events, key=lambda one: (one.on, one.id)):
        reason = _reason(event, rules, counted, on)
        if reason == "COUNTS" and event.kind is EventKind.RATING:
            counted[event.owner_id] += 1
        items.append(Item(event, _points(event, rules) if reason == "COUNTS" else Decimal(0), reason))
    total = rules.start + sum((item.points for item in items), Decimal(0))
    points = max(Decimal(0), min(rules.maximum, total))
    return Score(points, tuple(items), points < rules.alert_below)


def _reason(event: Event, rules: Rules, counted: Counter[int | None], on: date) -> str:
    if event.repaired_by:
        return "REPAIRED"
    if not event.on <= on <= event.until:
        return "EXPIRED"
    if event.kind is not EventKind.RATING:
        return "COUNTS"
    if event.linked:
        return "LINKED"
    if event.by_rule:
        return "BY_RULE"
    return "SAME_OWNER" if counted[event.owner_id] >= rules.ratings_per_owner else "COUNTS"


def _points(event: Event, rules: Rules) -> Decimal:
    if event.kind is not EventKind.RATING or event.stars is None:
        return event.points
    if event.stars >= 4:
        return rules.good_rating
    return -rules.poor_rating if event.stars < 3 else Decimal(0)
