"""What can be done with tenders."""

from bidding.tenders.services.asking import ask, publish_addendum
from bidding.tenders.services.checking import pass_check, return_tender
from bidding.tenders.services.documents import answer_finding, fill_document, import_bill, save_document
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
    submit_tender,
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
from bidding.tenders.services.taking import take_documents

__all__ = [
    "ApplicationFacts",
    "PlanFacts",
    "ProjectFacts",
    "TenderFacts",
    "add_section",
    "answer_finding",
    "answer_objection",
    "apply",
    "ask",
    "begin_opening",
    "change_section",
    "change_tender",
    "choose_award",
    "choose_roster",
    "draft_tender",
    "end_opening",
    "enter_plan",
    "fail_section",
    "file_notice",
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
    "release_notice",
    "remove_section",
    "repeat_tender",
    "resume_by_decision",
    "return_tender",
    "save_document",
    "submit_tender",
    "suspend_by_decision",
    "take_documents",
    "take_offers",
    "terminate_by_decision",
    "withdraw_application",
    "withdraw_objection",
]
