"""What everybody may read of credit: the board with its rules, one agency's score with every line, ratings, lists."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from commons.domain.deadlines import local_day
from commons.domain.refusals import NotFound
from commons.pages import actor_of, csv_response
from commons.parameters import queries as parameters
from commons.parameters.definitions import definition
from commons.parameters.labels import label
from commons.people import queries as people
from marketplace.credit import policies, queries
from marketplace.credit.domain.listing import LISTING, ListColour, ListingCommand, ListingState
from marketplace.credit.domain.ratings import RATING, RatingCommand, RatingState
from marketplace.credit.domain.scoring import REASONS
from marketplace.credit.labels import ASPECTS, COLOURS, EVENTS, LISTINGS, RATINGS, SIDES
from marketplace.credit.models import Listing, Rating
from marketplace.entry import queries as entry

RULES = (
    "credit.start",
    "credit.maximum",
    "credit.alert_below",
    "credit.good_rating",
    "credit.poor_rating",
    "credit.ratings_per_owner",
    "credit.give_up",
    "credit.overdue_contract",
    "credit.false_material",
    "credit.event_months",
    "credit.board_cap",
)
A_YEAR = timedelta(days=365)


@require_safe
def board(request: HttpRequest) -> HttpResponseBase:
    """The leaderboard of the last twelve months, and the rules of the score with their sources."""
    now = timezone.now()
    lines = queries.leaderboard(since=now - A_YEAR, region="", on=local_day(now))
    if request.GET.get("format") == "csv":
        header = [_("Rank"), _("Agency"), _("Credit"), _("Different owners"), _("Contracts"), _("Amount that counts")]
        rows = (
            (one.place, one.name, one.points, one.standing.owners, one.standing.contracts, one.standing.amount)
            for one in lines
        )
        return csv_response("credit", header, rows)
    return render(request, "marketplace/credit/board.html", {"lines": lines, "rules": _rules()})


def _rules() -> list[dict[str, Any]]:
    current = parameters.current(trade_type="SUPERMARKET", region="", on=timezone.localdate())
    return [
        {"label": label(definition(key)), "value": current[key].value, "source": current[key].source}
        for key in RULES
        if key in current
    ]


@require_safe
def agency(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """The score of a member of the supermarket, line by line, its history, and what it was given; of nobody else."""
    organisation = people.organisation(organisation_id)
    if organisation is None or not entry.was_published(organisation_id):
        raise NotFound()
    found = queries.explain(organisation_id, on=timezone.localdate())
    context = {
        "organisation": organisation,
        "score": found,
        "start": queries.rules(organisation.region, timezone.localdate()).start,
        "items": [(one, EVENTS[one.event.kind.value], _(REASONS[one.reason])) for one in found.items],
        "history": queries.history(organisation_id),
        "ratings": [(row, RATINGS[row.state]) for row in queries.ratings_of(organisation_id)],
        "listings": [(row, COLOURS[row.colour], LISTINGS[row.state]) for row in _shown_listings(organisation_id)],
        "letters": queries.letters_to(organisation_id),
        "may_propose": bool(policies.can_decide(actor_of(request))),
    }
    return render(request, "marketplace/credit/agency.html", context)


def _shown_listings(organisation_id: int) -> list[Listing]:
    public = (ListingState.LISTED.value, ListingState.REPAIRED.value, ListingState.ENDED.value)
    return [row for row in queries.proceedings_about(organisation_id) if row.state in public]


@require_safe
def rating(request: HttpRequest, rating_id: int) -> HttpResponse:
    """One rating with its appeal and the decision about it."""
    row = Rating.objects.select_related("engagement", "rated", "rated_by").filter(pk=rating_id).first()
    if row is None:
        raise NotFound()
    actor, state = actor_of(request), RatingState(row.state)
    in_time = timezone.localdate() <= row.appeal_until
    context = {
        "rating": row,
        "state": RATINGS[row.state],
        "side": SIDES[row.side],
        "stars": [(ASPECTS[name], "★" * count) for name, count in row.stars.items()],
        "may_appeal": RATING.allows(state, RatingCommand.APPEAL)
        and in_time
        and bool(policies.can_appeal(actor, row.rated_id)),
        "may_decide": state is RatingState.APPEALED and bool(policies.can_decide(actor)),
    }
    return render(request, "marketplace/credit/rating.html", context)


@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """The red and the black list; to the authority also what is under way."""
    found = queries.listed(request.GET.get("page", "1"))
    rows = [(row, COLOURS[row.colour], LISTINGS[row.state]) for row in found]
    authority = bool(policies.can_decide(actor_of(request)))
    open_ones = [(row, COLOURS[row.colour], LISTINGS[row.state]) for row in queries.proceedings()] if authority else []
    context = {
        "rows": rows,
        "page": found,
        "authority": authority,
        "open": open_ones,
        "appeals": queries.appealed() if authority else [],
    }
    return render(request, "marketplace/credit/lists.html", context)


@require_safe
def listing(request: HttpRequest, listing_id: int) -> HttpResponse:
    """One entry; before the decision for the agency and the authority alone."""
    row = Listing.objects.select_related("agency").filter(pk=listing_id).first()
    actor = actor_of(request)
    if row is None:
        raise NotFound()
    state = ListingState(row.state)
    decided = state in (ListingState.LISTED, ListingState.REPAIRED, ListingState.ENDED)
    own, authority = bool(policies.can_speak(actor, row.agency_id)), bool(policies.can_decide(actor))
    if not (decided or own or authority):
        raise NotFound()
    context = {
        "listing": row,
        "colour": COLOURS[row.colour],
        "state": LISTINGS[row.state],
        "may_speak": own and LISTING.allows(state, ListingCommand.HEAR) and row.colour == ListColour.BLACK.value,
        "may_decide": authority and state in (ListingState.PROPOSED, ListingState.HEARD, ListingState.LISTED),
    }
    return render(request, "marketplace/credit/listing.html", context)
