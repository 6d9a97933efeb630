"""When a lot may be offered again."""

from decimal import Decimal

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from exchange.projects.domain.states import BEFORE_HAMMER, LotState


class NothingToOfferAgain(Refusal):
    code = "NOTHING_TO_OFFER_AGAIN"
    message = gettext_noop(
        "Nothing of project %(project)s failed or was left over, so nothing of it can be offered again. Start a new "
        "project."
    )


class NotOfferedAgain(Refusal):
    code = "LOT_NOT_OFFERED_AGAIN"
    message = gettext_noop(
        "%(instrument)s did not fail in project %(project)s and nothing of it was left over. Offer it in a project of "
        "its own."
    )


def may_be_offered_again(state: LotState, *, offered: Decimal, sold: Decimal) -> bool:
    """A lot that failed or was ended, or of which less than everything was sold once its hammer fell."""
    if state in (LotState.FAILED, LotState.TERMINATED):
        return True
    running = state in (LotState.DRAFT, LotState.SUSPENDED, *BEFORE_HAMMER)
    return not running and sold < offered
