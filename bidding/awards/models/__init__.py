"""Tables of results and of what follows them."""

from bidding.awards.models.call_offs import CallOff, CallOffCompetition, CallOffQuote, TurnDeclined
from bidding.awards.models.results import Award, CandidateList, EvaluationReport, ResultLine
from bidding.awards.models.rounds import OfferRound, RoundExclusion, RoundOffer, SectionRoom
from bidding.awards.models.securities import Forfeiture, PerformanceSecurity

__all__ = [
    "Award",
    "CallOff",
    "CallOffCompetition",
    "CallOffQuote",
    "CandidateList",
    "EvaluationReport",
    "Forfeiture",
    "OfferRound",
    "PerformanceSecurity",
    "ResultLine",
    "RoundExclusion",
    "RoundOffer",
    "SectionRoom",
    "TurnDeclined",
]
