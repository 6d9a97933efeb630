"""The public face of credit."""

from marketplace.credit.services.deciding import (
    decide_appeal,
    decide_listing,
    end_due_listings,
    make_statement,
    propose_listing,
    record_false_material,
    repair,
    repair_listing,
)
from marketplace.credit.services.rating import appeal, rate
from marketplace.credit.services.watching import advance_due
from marketplace.credit.services.writing import issue_letter

__all__ = [
    "advance_due",
    "appeal",
    "decide_appeal",
    "decide_listing",
    "end_due_listings",
    "issue_letter",
    "make_statement",
    "propose_listing",
    "rate",
    "record_false_material",
    "repair",
    "repair_listing",
]
