"""What can be done with tenders."""

from bidding.tenders.services.adding import require_addition_price
from bidding.tenders.services.asking import ask, publish_addendum
from bidding.tenders.services.checking import pass_check, return_tender
from bidding.tenders.services.common import words_of
from bidding.tenders.services.documents import answer_finding, draft_content, fill_document, import_bill, save_document
from bidding.tenders.services.drafting import (
    TenderFacts,
    add_section,
    change_section,
    change_tender,
    choose_award,
    choose_roster,
    draft_tender,
    file_notice,
    invite,
    remove_section,
    state_single_source,
    submit_tender,
)
from bidding.tenders.services.finishing import (
    announce_call_off,
    award,
    bonds_settled,
    contracted,
    fail_by_owner,
    file_result,
    record_evaluation,
    require_no_objection,
    review_again,
    show_candidates,
    take_next,
    tell_one,
)
from bidding.tenders.services.objecting import answer_objection, raise_objection, withdraw_objection
from bidding.tenders.services.opening import begin_opening, end_opening, fail_section, take_offers
from bidding.tenders.services.pausing import resume_by_decision, suspend_by_decision, terminate_by_decision
from bidding.tenders.services.planning import PlanFacts, ProjectFacts, enter_plan, open_project
from bidding.tenders.services.prequalifying import (
    ApplicationFacts,
    apply,
    finish_prequalification,
    judge,
    withdraw_application,
)
from bidding.tenders.services.publishing import publish_tender, release_notice
from bidding.tenders.services.repeating import repeat_tender
from bidding.tenders.services.reserving import state_reserve, take_reserve_back, tell_reserve
from bidding.tenders.services.taking import take_documents

__all__ = [
    "ApplicationFacts",
    "PlanFacts",
    "ProjectFacts",
    "TenderFacts",
    "add_section",
    "announce_call_off",
    "answer_finding",
    "answer_objection",
    "apply",
    "ask",
    "award",
    "begin_opening",
    "bonds_settled",
    "change_section",
    "change_tender",
    "choose_award",
    "choose_roster",
    "contracted",
    "draft_content",
    "draft_tender",
    "end_opening",
    "enter_plan",
    "fail_by_owner",
    "fail_section",
    "file_notice",
    "file_result",
    "fill_document",
    "finish_prequalification",
    "import_bill",
    "invite",
    "judge",
    "open_project",
    "pass_check",
    "publish_addendum",
    "publish_tender",
    "raise_objection",
    "record_evaluation",
    "release_notice",
    "remove_section",
    "repeat_tender",
    "require_addition_price",
    "require_no_objection",
    "resume_by_decision",
    "return_tender",
    "review_again",
    "save_document",
    "show_candidates",
    "state_reserve",
    "state_single_source",
    "submit_tender",
    "suspend_by_decision",
    "take_documents",
    "take_next",
    "take_offers",
    "take_reserve_back",
    "tell_one",
    "tell_reserve",
    "terminate_by_decision",
    "withdraw_application",
    "withdraw_objection",
    "words_of",
]
