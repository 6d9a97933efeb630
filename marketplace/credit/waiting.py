"""Ratings that are due, hearings, appeals and entries to decide, for the workspace."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from commons.domain.actor import Actor
from commons.domain.deadlines import local_day
from marketplace.credit.domain.listing import ListColour, ListingState
from marketplace.credit.domain.ratings import RatingState, Side
from marketplace.credit.models import Listing, Rating
from marketplace.duties import Duty, Rows, rows
from marketplace.fulfilment.domain.states import EngagementState
from marketplace.fulfilment.models import Engagement

DUTIES = {
    "RATE_AGENCY": Duty(_("Rate the agency"), "credit:rate"),
    "RATE_OWNER": Duty(_("Rate the owner"), "credit:rate"),
    "HEARING": Duty(_("Speak before you are put on the black list"), "credit:listing"),
    "APPEAL_DECIDE": Duty(_("Decide an appeal against a rating"), "credit:rating"),
    "LISTING_DECIDE": Duty(_("Decide a proposed entry of the red or black list"), "credit:listing"),
}


def of_owner(actor: Actor, now: datetime) -> Iterator[Rows]:
    """Agencies to rate; whoever is silent until the day gives “good” by rule."""
    yield _to_rate(Side.OWNER, "RATE_AGENCY", now, owner_id=actor.organisation_id)


def of_agency(actor: Actor, now: datetime) -> Iterator[Rows]:
    """Owners to rate, and the hearing of a black entry."""
    yield _to_rate(Side.AGENCY, "RATE_OWNER", now, agency_id=actor.organisation_id)
    hearings = Listing.objects.filter(
        agency_id=actor.organisation_id, colour=ListColour.BLACK.value, state=ListingState.PROPOSED.value,
        hearing_until__gte=local_day(now),
    )  # fmt: skip
    yield rows(hearings, "HEARING", title="reason", due_on="hearing_until")


def of_regulator(actor: Actor, now: datetime) -> Iterator[Rows]:
    """Appeals to decide, and entries whose agency was heard or had its time."""
    appealed = Rating.objects.filter(state=RatingState.APPEALED.value)
    yield rows(appealed, "APPEAL_DECIDE", title="engagement__title")
    ripe = Q(state=ListingState.HEARD.value) | Q(state=ListingState.PROPOSED.value) & (
        Q(hearing_until__isnull=True) | Q(hearing_until__lt=local_day(now))
    )
    yield rows(Listing.objects.filter(ripe), "LISTING_DECIDE", title="agency__name")


def _to_rate(side: Side, code: str, now: datetime, **asked: object) -> Rows:
    given = Rating.objects.filter(engagement=OuterRef("pk"), side=side.value)
    over = [EngagementState.DONE.value, EngagementState.TERMINATED.value]
    found = Engagement.objects.filter(state__in=over, rating_due_on__gte=local_day(now), **asked)
    return rows(found.exclude(Exists(given)), code, due_on="rating_due_on")
