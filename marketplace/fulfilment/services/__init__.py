"""The public face of fulfilment."""

from marketplace.fulfilment.services.contracting import (
    MilestonePlan,
    compose_contract,
    confirm_contract,
    contract_signed,
    put_on_record,
    register_contract,
)
from marketplace.fulfilment.services.grieving import reject, settle, take_up
from marketplace.fulfilment.services.objecting import answer, complain, object_to, object_to_notice
from marketplace.fulfilment.services.papers import award_notice, public_contract, result_notice
from marketplace.fulfilment.services.proposing import answer_proposal, propose
from marketplace.fulfilment.services.resulting import advance_due, decided, declare_default, give_up, publish_result
from marketplace.fulfilment.services.serving import (
    accept_milestone,
    accept_service,
    confirm_payment,
    deliver,
    record_payment,
    return_milestone,
)

__all__ = [
    "MilestonePlan",
    "accept_milestone",
    "accept_service",
    "advance_due",
    "answer",
    "answer_proposal",
    "award_notice",
    "complain",
    "compose_contract",
    "confirm_contract",
    "confirm_payment",
    "contract_signed",
    "decided",
    "declare_default",
    "deliver",
    "give_up",
    "object_to",
    "object_to_notice",
    "propose",
    "public_contract",
    "publish_result",
    "put_on_record",
    "record_payment",
    "register_contract",
    "reject",
    "result_notice",
    "return_milestone",
    "settle",
    "take_up",
]
