"""Words and tones for states of registrations and deals, for the reader."""

import json

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from commons.domain.refusals import Refusal
from commons.texts import refusal_text
from exchange.auctions.domain.registrations import RegistrationState
from exchange.contracts.domain.deals import DealState
from exchange.contracts.domain.limits import Flag

Label = str | Promise

REGISTRATION_STATES: dict[str, tuple[Label, str]] = {
    RegistrationState.STARTED: (gettext_lazy("Not submitted"), "waiting"),
    RegistrationState.SUBMITTED: (gettext_lazy("Submitted"), "info"),
    RegistrationState.WITHDRAWN: (gettext_lazy("Withdrawn"), "neutral"),
    RegistrationState.QUALIFIED: (gettext_lazy("Qualified"), "done"),
    RegistrationState.REFUSED: (gettext_lazy("Not qualified"), "stop"),
}

DEAL_STATES: dict[str, tuple[Label, str]] = {
    DealState.AWARDED: (gettext_lazy("To be confirmed"), "waiting"),
    DealState.CONFIRMED: (gettext_lazy("Contract to be agreed"), "waiting"),
    DealState.CONTRACTED: (gettext_lazy("To be paid"), "waiting"),
    DealState.PAID: (gettext_lazy("Paid, transfer to be made"), "info"),
    DealState.TRANSFERRED: (gettext_lazy("Transferred, certificate to be issued"), "info"),
    DealState.CERTIFIED: (gettext_lazy("Certified"), "done"),
    DealState.DEFAULTED: (gettext_lazy("Buyer defaulted"), "stop"),
    DealState.TERMINATED: (gettext_lazy("Ended by decision"), "stop"),
}

FLAG_TAGS: dict[Flag, tuple[Label, str]] = {
    Flag.NONE: (gettext_lazy("in time"), "neutral"),
    Flag.YELLOW: (gettext_lazy("limit near or just passed"), "waiting"),
    Flag.RED: (gettext_lazy("overdue"), "stop"),
}


def rule_broken(refusal: Refusal) -> str:
    """A refusal by rule, as it is kept: each reader gets it in the own language (`reason_text`)."""
    return json.dumps({"code": refusal.code, "fields": refusal.fields}, ensure_ascii=False)


def reason_text(reason: str, *, by_rule: bool) -> str:
    """Why a buyer was kept out: the seller's own words, or what the broken rule says to the reader."""
    if not (by_rule and reason):
        return reason
    kept = json.loads(reason)
    kind = Refusal.registry.get(kept["code"])
    return refusal_text(kind(**kept["fields"])) if kind else str(kept["code"])


def registration_state(state: str) -> tuple[Label, str]:
    """Label and tone of a registration's state."""
    return REGISTRATION_STATES[state]


def deal_state(state: str) -> tuple[Label, str]:
    """Label and tone of a deal's state."""
    return DEAL_STATES[state]
