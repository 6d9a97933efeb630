"""Words and tones of reports and awards."""

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bidding.awards.domain.offers import FAULT_TEXTS, OfferFault
from bidding.awards.domain.rounds import RoundKind, RoundStage
from bidding.awards.domain.securities import ForfeitureState, SecurityState
from bidding.awards.domain.states import AwardState, CallOffState, ReportState
from exchange.deposits.labels import MONEY
from signatures.envelopes.labels import CAUSES
from signatures.guarantees.domain.states import GuaranteeState
from signatures.guarantees.labels import STATES as GUARANTEES

Label = str | Promise

REPORT_STATES: dict[str, tuple[Label, str]] = {
    ReportState.ENTERED: (_("To be confirmed by a second person"), "waiting"),
    ReportState.CONFIRMED: (_("Confirmed"), "done"),
    ReportState.REJECTED: (_("Rejected"), "stop"),
    ReportState.SUPERSEDED: (_("Reviewed again"), "neutral"),
}

AWARD_STATES: dict[str, tuple[Label, str]] = {
    AwardState.AWARDED: (_("Award letter to be signed"), "waiting"),
    AwardState.NOTIFIED: (_("Contract to be signed"), "waiting"),
    AwardState.CONTRACTED: (_("Contract signed"), "done"),
    AwardState.GIVEN_UP: (_("Given up"), "stop"),
}

BOND_FORMS: dict[str, Label] = {"CASH": _("In cash"), "GUARANTEE": _("Guarantee")}

FORFEITURE_STATES: dict[str, tuple[Label, str]] = {
    ForfeitureState.PROPOSED: (_("To be kept; a second person decides"), "waiting"),
    ForfeitureState.APPROVED: (_("Kept"), "stop"),
    ForfeitureState.REJECTED: (_("Not kept"), "neutral"),
}

SECURITY_STATES: dict[str, tuple[Label, str]] = {
    SecurityState.ASKED: (_("To be given"), "waiting"),
    SecurityState.HANDED_IN: (_("A paper is handed in"), "waiting"),
    SecurityState.GIVEN: (_("Given"), "done"),
    SecurityState.RETURNED: (_("Given back"), "neutral"),
    SecurityState.KEPT: (_("Kept"), "stop"),
}


def bond_state(form: str, state: str) -> tuple[Label, str]:
    """The words of money, or of a guarantee."""
    return MONEY[state] if form == "CASH" else GUARANTEES[GuaranteeState(state)]


ROUND_KINDS: dict[str, Label] = {RoundKind.TALK: _("Negotiation"), RoundKind.FINAL: _("Final offers")}

ROUND_STAGES: dict[str, tuple[Label, str]] = {
    RoundStage.TAKES: (_("takes offers"), "waiting"),
    RoundStage.HELD: (_("stands still"), "stop"),
    RoundStage.OPENS: (_("being opened"), "waiting"),
    RoundStage.OVER: (_("over"), "done"),
}
CALL_OFF_STATES: dict[str, tuple[Label, str]] = {
    CallOffState.PLACED: (_("ordered"), "waiting"),
    CallOffState.REFUSED: (_("refused by the supplier"), "stop"),
    CallOffState.SETTLED: (_("delivered and accepted"), "done"),
}
OFFER_TEXTS: dict[str, Label] = {
    "unreadable": _("The price cannot be read: write it in yuan with at most two decimals."),
    "missing": _("A final offer needs a price above zero."),
    "ceiling": _("The price is above the ceiling; such an offer does not count."),
    "empty": _("Write what you offer: a price, words, or both."),
}


def offer_texts() -> dict[str, str]:
    """What the script of the offer's page says, in the reader's language."""
    return {key: str(value) for key, value in OFFER_TEXTS.items()}


def fault_words(fault: str, cause: str) -> str:
    """Why an offer does not count; nothing where it does."""
    if not fault:
        return ""
    return " ".join(part for part in (gettext(FAULT_TEXTS[OfferFault(fault)]), str(CAUSES.get(cause, ""))) if part)
