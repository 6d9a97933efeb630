"""Questions about results and awards, and about the bonds behind them."""

from bidding.awards.queries.bonds import BondLine, bonds_of, security_view, standing_bond
from bidding.awards.queries.results import (
    AwardView,
    Candidate,
    Debrief,
    ResultView,
    awards_of,
    debrief,
    public_result,
    reports_of,
)

__all__ = [
    "AwardView",
    "BondLine",
    "Candidate",
    "Debrief",
    "ResultView",
    "awards_of",
    "bonds_of",
    "debrief",
    "public_result",
    "reports_of",
    "security_view",
    "standing_bond",
]
