"""The public face of the flow from a notice to a certificate."""

from exchange.auctions.services import signing
from exchange.auctions.services.advancing import advance_due
from exchange.auctions.services.certifying import issue_certificate, revoke_certificate, supersede_certificate
from exchange.auctions.services.complaining import resume_after_complaint, suspend_for_complaint
from exchange.auctions.services.confirming import request_confirmation
from exchange.auctions.services.defaulting import end_deal, record_default
from exchange.auctions.services.guaranteeing import ask_for_guarantee, hand_in_guarantee
from exchange.auctions.services.negotiating import answer_offer, make_offer
from exchange.auctions.services.powers import resume_lot, suspend_lot, terminate_lot
from exchange.auctions.services.publication import LotChange, amend_notice, publish_project
from exchange.auctions.services.qualifying import qualify_buyer, refuse_buyer
from exchange.auctions.services.registering import (
    RegistrationFacts,
    save_registration,
    start_registration,
    submit_registration,
    withdraw_registration,
)
from exchange.auctions.services.settling import (
    draw_up_contract,
    take_payment,
    transfer_rights,
)

__all__ = [
    "LotChange",
    "RegistrationFacts",
    "advance_due",
    "amend_notice",
    "answer_offer",
    "ask_for_guarantee",
    "draw_up_contract",
    "end_deal",
    "hand_in_guarantee",
    "issue_certificate",
    "make_offer",
    "publish_project",
    "qualify_buyer",
    "record_default",
    "refuse_buyer",
    "request_confirmation",
    "resume_after_complaint",
    "resume_lot",
    "revoke_certificate",
    "save_registration",
    "signing",
    "start_registration",
    "submit_registration",
    "supersede_certificate",
    "suspend_for_complaint",
    "suspend_lot",
    "take_payment",
    "terminate_lot",
    "transfer_rights",
    "withdraw_registration",
]
