"""Questions about results and awards, and about the bonds behind them."""

from bidding.awards.queries.bonds import BondLine, bonds_of, security_view, standing_bond
from bidding.awards.queries.results import (
    AwardView,
    Candidate,
    Debrief,
    ResultView,
    awards_of,
    debrief,
    public_awards,
    public_result,
    reports_of,
)
from bidding.awards.queries.rounds import (
    Ranking,
    final_prices,
    has_rounds,
    offers_of,
    own_offer,
    ranked_prices,
    ranking,
    remaining,
    room_of,
    rounds_of,
    stage,
)

__all__ = [
    "AwardView",
    "BondLine",
    "Candidate",
    "Debrief",
    "Ranking",
    "ResultView",
    "awards_of",
    "bonds_of",
    "debrief",
    "final_prices",
    "has_rounds",
    "offers_of",
    "own_offer",
    "public_awards",
    "public_result",
    "ranked_prices",
    "ranking",
    "remaining",
    "reports_of",
    "room_of",
    "rounds_of",
    "security_view",
    "stage",
    "standing_bond",
]
