"""From the committee's report to the contract."""

from bidding.awards.services.awarding import award_section, give_up, publish_candidates, reopen_review
from bidding.awards.services.calling import call_off, decline_turn
from bidding.awards.services.competing import Need, close_competitions, open_competition, take_next_quote
from bidding.awards.services.contracting import close_section, draw_contract
from bidding.awards.services.debriefing import DEBRIEF, draw_debrief
from bidding.awards.services.delivering import refuse_call_off, settle_call_off
from bidding.awards.services.failing import declare_failed
from bidding.awards.services.forfeiting import approve_forfeiture, propose_forfeiture, reject_forfeiture
from bidding.awards.services.papers import AWARD_LETTER, TENDER_CONTRACT
from bidding.awards.services.performing import ask_security, hand_in_security, judge_security, return_security
from bidding.awards.services.reporting import confirm_report, enter_report, reject_report
from bidding.awards.services.rooming import RoomPlan, open_price_room, take_room_results
from bidding.awards.services.rounding import close_rounds, exclude, hand_in_offer, open_round
from bidding.awards.services.settling import let_go, settle_due

__all__ = [
    "AWARD_LETTER",
    "DEBRIEF",
    "TENDER_CONTRACT",
    "Need",
    "RoomPlan",
    "approve_forfeiture",
    "ask_security",
    "award_section",
    "call_off",
    "close_competitions",
    "close_rounds",
    "close_section",
    "confirm_report",
    "declare_failed",
    "decline_turn",
    "draw_contract",
    "draw_debrief",
    "enter_report",
    "exclude",
    "give_up",
    "hand_in_offer",
    "hand_in_security",
    "judge_security",
    "let_go",
    "open_competition",
    "open_price_room",
    "open_round",
    "propose_forfeiture",
    "publish_candidates",
    "refuse_call_off",
    "reject_forfeiture",
    "reject_report",
    "reopen_review",
    "return_security",
    "settle_call_off",
    "settle_due",
    "take_next_quote",
    "take_room_results",
]
