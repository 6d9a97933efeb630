"""What can be done with procurements."""

from marketplace.procurement.services.amending import propose_amendment, publish_amendment, withdraw_amendment
from marketplace.procurement.services.asking import answer_question, ask_question
from marketplace.procurement.services.auditing import publish, return_to_owner
from marketplace.procurement.services.bulk import BulkReport, bring_in_table
from marketplace.procurement.services.cases import hand_back_case
from marketplace.procurement.services.drafting import (
    draft_from_case,
    draft_from_notice,
    save_draft,
    start_draft,
    void,
)
from marketplace.procurement.services.ending import advance_due, follow_cases, resume, suspend
from marketplace.procurement.services.reviewing import decide_step, set_chain, submit
from marketplace.procurement.services.rounds import close_round, fail_round, reannounce
from marketplace.procurement.services.steps import locked_procurement, move_procurement, post_notice

__all__ = [
    "BulkReport",
    "advance_due",
    "answer_question",
    "ask_question",
    "bring_in_table",
    "close_round",
    "decide_step",
    "draft_from_case",
    "draft_from_notice",
    "fail_round",
    "follow_cases",
    "hand_back_case",
    "locked_procurement",
    "move_procurement",
    "post_notice",
    "propose_amendment",
    "publish",
    "publish_amendment",
    "reannounce",
    "resume",
    "return_to_owner",
    "save_draft",
    "set_chain",
    "start_draft",
    "submit",
    "suspend",
    "void",
    "withdraw_amendment",
]
