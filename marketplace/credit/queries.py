"""Scores with their explanation, ratings, lists and leaderboards; all of it public."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from commons.paging import Part, numbered
from commons.parameters import queries as parameters
from commons.people import queries as people
from marketplace.credit.domain.boards import Contract, Standing, board
from marketplace.credit.domain.listing import ListingState
from marketplace.credit.domain.ratings import RatingState
from marketplace.credit.domain.scoring import Event, EventKind, Rules, Score, score
from marketplace.credit.models import CreditEvent, CreditScore, Listing, Rating, SupervisionLetter
from marketplace.fulfilment import queries as engagements

TRADE = "SUPERMARKET"
_NUMBERS = (
    "credit.start",
    "credit.maximum",
    "credit.alert_below",
    "credit.good_rating",
    "credit.poor_rating",
    "credit.ratings_per_owner",
)


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One agency on a leaderboard."""

    place: int
    agency_id: int
    name: str
    points: Decimal
    standing: Standing


def rules(region: str, on: date) -> Rules:
    """The numbers of the score in force."""

    found = parameters.integers(_NUMBERS, trade_type=TRADE, region=region, on=on)
    numbers = {key.removeprefix("credit."): Decimal(number) for key, number in found.items()}
    return Rules(
        start=numbers["start"],
        maximum=numbers["maximum"],
        alert_below=numbers["alert_below"],
        good_rating=numbers["good_rating"],
        poor_rating=numbers["poor_rating"],
        ratings_per_owner=int(numbers["ratings_per_owner"]),
    )


def explain(agency_id: int, *, on: date) -> Score:
    """The score of a day with every line that it comes from; computed anew from the events."""
    found = people.organisation(agency_id)
    rows = CreditEvent.objects.filter(agency_id=agency_id).order_by("id")
    return score([event_of(row) for row in rows], rules(found.region if found else "", on), on=on)


def event_of(row: CreditEvent) -> Event:
    """The row as a value."""
    return Event(
        id=row.pk,
        kind=EventKind(row.kind),
        on=row.on,
        until=row.until,
        points=row.points,
        stars=row.stars,
        owner_id=row.owner_id,
        linked=row.linked,
        by_rule=row.by_rule,
        repaired_by=row.repaired_by,
    )


def history(agency_id: int) -> list[CreditScore]:
    """The scores as they were, newest first; for the pages of this package."""
    return list(CreditScore.objects.filter(agency_id=agency_id).order_by("-id")[:50])


def ratings_of(organisation_id: int) -> list[Rating]:
    """What an organisation was given, newest first; for the pages of this package."""
    rows = Rating.objects.filter(rated_id=organisation_id).select_related("engagement", "rated_by")
    return list(rows.order_by("-id")[:100])


def ratings_about(engagement_id: int) -> list[Rating]:
    """Both sides' ratings of one service."""
    rows = Rating.objects.filter(engagement_id=engagement_id).select_related("rated", "rated_by")
    return list(rows.order_by("id"))


def appealed() -> list[Rating]:
    """Appeals that wait for the authority."""
    rows = Rating.objects.filter(state=RatingState.APPEALED.value).select_related("rated", "rated_by", "engagement")
    return list(rows.order_by("id"))


def listed(page: int | str = 1) -> Part[Listing]:
    """The red and the black list: what is in force, and what ended."""
    states = [ListingState.LISTED.value, ListingState.REPAIRED.value, ListingState.ENDED.value]
    rows = Listing.objects.filter(state__in=states).select_related("agency").order_by("-id")
    return numbered(rows, iter, number=page)


def proceedings() -> list[Listing]:
    """Proposed entries that are not decided; for the authority."""
    states = [ListingState.PROPOSED.value, ListingState.HEARD.value]
    return list(Listing.objects.filter(state__in=states).select_related("agency").order_by("id"))


def proceedings_about(agency_id: int) -> list[Listing]:
    """Entries about one agency."""
    return list(Listing.objects.filter(agency_id=agency_id).order_by("-id"))


def letters_to(agency_id: int) -> list[SupervisionLetter]:
    """The letters of the authority to an agency, the newest first; public."""
    return list(SupervisionLetter.objects.filter(agency_id=agency_id).order_by("-id"))


def leaderboard(*, since: datetime, region: str, on: date, limit: int = 50) -> list[BoardLine]:
    """Agencies by different owners served, with capped amounts; linked parties count nowhere."""
    cap = Decimal(parameters.integer("credit.board_cap", trade_type=TRADE, region=region, on=on))
    standings = board(contracts(since), cap_per_owner=cap)[:limit]
    names = people.organisations([one.agency_id for one in standings])
    points = latest_points([one.agency_id for one in standings])
    start = rules(region, on).start
    return [
        BoardLine(place, one.agency_id, names[one.agency_id].name, points.get(one.agency_id, start), one)
        for place, one in enumerate(standings, start=1)
    ]


def contracts(since: datetime) -> list[Contract]:
    """Finished services since a moment, with the flag of linked parties that their rating carries."""
    flagged = set(Rating.objects.filter(linked=True).values_list("engagement_id", flat=True))
    return [
        Contract(one.agency_id, one.owner_id, one.amount or Decimal(0), one.id in flagged)
        for one in engagements.finished_since(since)
    ]


def latest_points(organisation_ids: list[int]) -> dict[int, Decimal]:
    """The newest score of each."""
    rows = CreditScore.objects.filter(agency_id__in=organisation_ids).order_by("id")
    return dict(rows.values_list("agency_id", "points"))
