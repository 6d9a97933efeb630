"""What can be done with tenders."""

from bidding.tenders.services.opening import begin_opening, end_opening, fail_section, take_offers

__all__ = ["begin_opening", "end_opening", "fail_section", "take_offers"]
