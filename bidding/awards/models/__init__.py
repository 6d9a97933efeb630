"""Tables of results and of what follows them."""

from bidding.awards.models.results import Award, CallOff, CandidateList, EvaluationReport, ResultLine
from bidding.awards.models.rounds import OfferRound, RoundExclusion, RoundOffer, SectionRoom
from bidding.awards.models.securities import Forfeiture, PerformanceSecurity

__all__ = [
    "Award",
    "CallOff",
    "CandidateList",
    "EvaluationReport",
    "Forfeiture",
    "OfferRound",
    "PerformanceSecurity",
    "ResultLine",
    "RoundExclusion",
    "RoundOffer",
    "SectionRoom",
]
