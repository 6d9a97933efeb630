"""From the committee's report to the contract."""

from bidding.awards.services.awarding import award_section, give_up, publish_candidates, reopen_review
from bidding.awards.services.contracting import call_off, close_section, draw_contract
from bidding.awards.services.papers import AWARD_LETTER, TENDER_CONTRACT
from bidding.awards.services.reporting import confirm_report, enter_report, reject_report

__all__ = [
    "AWARD_LETTER",
    "TENDER_CONTRACT",
    "award_section",
    "call_off",
    "close_section",
    "confirm_report",
    "draw_contract",
    "enter_report",
    "give_up",
    "publish_candidates",
    "reject_report",
    "reopen_review",
]
