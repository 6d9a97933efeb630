"""A buyer's registration 意向受让登记, from the first entry to the seller's decision."""

from enum import StrEnum

from commons.domain.machines import Machine, Row
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class RegistrationState(StrEnum):
    STARTED = "STARTED"
    SUBMITTED = "SUBMITTED"
    WITHDRAWN = "WITHDRAWN"
    QUALIFIED = "QUALIFIED"
    REFUSED = "REFUSED"


class RegistrationCommand(StrEnum):
    SUBMIT = "SUBMIT"
    WITHDRAW = "WITHDRAW"
    RESTART = "RESTART"
    QUALIFY = "QUALIFY"
    REFUSE = "REFUSE"
    DISQUALIFY = "DISQUALIFY"


_S, _C = RegistrationState, RegistrationCommand

REGISTRATION = Machine(
    "Registration",
    states=RegistrationState,
    commands=RegistrationCommand,
    initial=_S.STARTED,
    rows=[
        Row(_C.SUBMIT, _S.STARTED, _S.SUBMITTED, "RegistrationSubmitted", "eligible; before the registration end"),
        Row(_C.WITHDRAW, _S.STARTED, _S.WITHDRAWN, "RegistrationWithdrawn", "before the registration end"),
        Row(_C.WITHDRAW, _S.SUBMITTED, _S.WITHDRAWN, "RegistrationWithdrawn", "before the registration end"),
        Row(_C.RESTART, _S.WITHDRAWN, _S.STARTED, "RegistrationStarted", "before the registration end"),
        Row(_C.QUALIFY, _S.SUBMITTED, _S.QUALIFIED, "BuyerQualified", "deposit covered; by the seller or by rule"),
        Row(_C.REFUSE, _S.SUBMITTED, _S.REFUSED, "BuyerRefused", "with reasons"),
        Row(_C.DISQUALIFY, _S.QUALIFIED, _S.REFUSED, "BuyerDisqualified", "no longer qualifies at the method decision"),
    ],
)

OPEN = frozenset({_S.STARTED, _S.SUBMITTED, _S.QUALIFIED})


class RegistrationClosed(Refusal):
    code = "REGISTRATION_CLOSED"
    message = gettext_noop("Registration for this lot is not open. It runs from %(start)s to %(end)s.")


class SellerCannotBuy(Refusal):
    code = "SELLER_CANNOT_BUY"
    message = gettext_noop("Your organisation sells this lot and cannot buy it.")


class CentreCannotBuy(Refusal):
    code = "CENTRE_CANNOT_BUY"
    message = gettext_noop("Staff of the exchange and of its regulator may not trade here.")
    status = 403


class RelatedToSeller(Refusal):
    code = "RELATED_TO_SELLER"
    message = gettext_noop(
        "Your organisation and the seller are related; related parties may not trade with each other here."
    )


class RelatedBuyerRegistered(Refusal):
    code = "RELATED_BUYER_REGISTERED"
    message = gettext_noop(
        "A related company has registered for the same lot before; only one of a group may take part."
    )


class NeedOutOfRange(Refusal):
    code = "NEED_OUT_OF_RANGE"
    message = gettext_noop("The quantity needed must be more than 0 and at most %(offered)s.")
    status = 400


class NeedBelowSmallestOrder(Refusal):
    code = "NEED_BELOW_SMALLEST_ORDER"
    message = gettext_noop("The smallest order in this lot is %(least)s; with a smaller need you could not bid.")
    status = 400


class StatementMissing(Refusal):
    code = "STATEMENT_MISSING"
    message = gettext_noop("Confirm the statements before you submit.")
    status = 400


class DepositNotCovered(Refusal):
    code = "DEPOSIT_NOT_COVERED"
    message = gettext_noop("The deposit of %(amount)s yuan has not arrived in full, so this buyer cannot be qualified.")


class DepositBacksAnotherLot(Refusal):
    code = "DEPOSIT_BACKS_ANOTHER_LOT"
    message = gettext_noop("This deposit backs another lot. Every lot needs a deposit of its own.")
