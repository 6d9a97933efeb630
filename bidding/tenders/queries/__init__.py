"""Questions about tenders, answered with values."""

from bidding.tenders.queries.terms import (
    Alternative,
    PriceFormula,
    PublishedTender,
    SectionTerms,
    bonds_settled_at,
    bonds_to_settle,
    due_for_opening,
    eligibility_of,
    has_taken,
    in_state,
    is_invited,
    is_qualified,
    locked_terms,
    published_tender,
    published_under_older_rules,
    section_terms,
)

__all__ = [
    "Alternative",
    "PriceFormula",
    "PublishedTender",
    "SectionTerms",
    "bonds_settled_at",
    "bonds_to_settle",
    "due_for_opening",
    "eligibility_of",
    "has_taken",
    "in_state",
    "is_invited",
    "is_qualified",
    "locked_terms",
    "published_tender",
    "published_under_older_rules",
    "section_terms",
]
