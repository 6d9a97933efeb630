"""Questions about owners and agencies."""

from marketplace.entry.queries.eligible import (
    agency_facts,
    control,
    eligibility,
    eligibility_of,
    eligible_agencies,
    eligible_count,
    facts_against,
    facts_of,
)
from marketplace.entry.queries.entrants import (
    EntrantView,
    directory,
    entrant,
    entrant_of,
    entrants_waiting,
    history,
    own_entrant,
    require_entered,
    view,
    views,
)

__all__ = [
    "EntrantView",
    "agency_facts",
    "control",
    "directory",
    "eligibility",
    "eligibility_of",
    "eligible_agencies",
    "eligible_count",
    "entrant",
    "entrant_of",
    "entrants_waiting",
    "facts_against",
    "facts_of",
    "history",
    "own_entrant",
    "require_entered",
    "view",
    "views",
]
