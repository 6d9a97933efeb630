"""Rounds of negotiation 谈判 and consultation 磋商: the same chance for all who remain, the last offer counts."""

from datetime import datetime
from enum import StrEnum

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class RoundKind(StrEnum):
    TALK = "TALK"
    """Demands are talked over; an offer may answer without a price."""
    FINAL = "FINAL"
    """最后报价: the last, with a price (财政部令第74号 第33条; 财库〔2014〕214号 第21条)."""


class RoundStage(StrEnum):
    TAKES = "TAKES"
    HELD = "HELD"
    """The section is suspended: nothing is taken, and the time that was left is left again afterwards."""
    OPENS = "OPENS"
    """The time is over; bidders and officers unlock what was sealed."""
    OVER = "OVER"
    """What was offered can be read."""


def stage_of(
    *, closes_at: datetime, sealed: bool, revealed_at: datetime | None, at: datetime, held: bool = False
) -> RoundStage:
    """Where a round stands. A sealed one is over when its envelopes were opened, any other by the clock alone."""
    if held and revealed_at is None:
        return RoundStage.HELD
    if at < closes_at:
        return RoundStage.TAKES
    return RoundStage.OVER if revealed_at is not None or not sealed else RoundStage.OPENS


class RoundsOver(Refusal):
    code = "ROUNDS_OVER"
    message = gettext_noop("The final offers were asked for already; nothing is negotiated after them.")


class RoundOpen(Refusal):
    code = "ROUND_OPEN"
    message = gettext_noop("Round %(number)s takes offers until %(until)s. The next one follows after it.")


class RoundHeld(Refusal):
    """招标投标法实施条例 第54, 62条."""

    code = "ROUND_HELD"
    message = gettext_noop(
        "Round %(number)s stands still while the section is suspended; you are told when it goes on."
    )


class RoundBeingOpened(Refusal):
    code = "ROUND_BEING_OPENED"
    message = gettext_noop("The sealed offers of round %(number)s are being opened. What comes next follows after it.")


class OfferToSeal(Refusal):
    code = "OFFER_TO_SEAL"
    message = gettext_noop("An offer of this round is sealed in your browser; nothing readable is taken.")


class RoundClosed(Refusal):
    code = "ROUND_CLOSED"
    message = gettext_noop("Round %(number)s took offers until %(until)s.")


class RoundTooShort(Refusal):
    code = "ROUND_TOO_SHORT"
    message = gettext_noop("The round must end later than now, so that everybody has the same time.")
    status = 400


class NotInRound(Refusal):
    code = "NOT_IN_ROUND"
    message = gettext_noop("Only suppliers that remain in the procedure make offers in its rounds.")
    status = 403


class FinalPriceNeeded(Refusal):
    code = "FINAL_PRICE_NEEDED"
    message = gettext_noop("A final offer needs a price above zero.")
    status = 400


class AboveCeiling(Refusal):
    """政府采购法实施条例 第36条: an offer above the budget or ceiling cannot win."""

    code = "FINAL_ABOVE_CEILING"
    message = gettext_noop("The offer of %(price)s yuan is above the ceiling of %(ceiling)s yuan.")
    status = 400


class TooFewRemain(Refusal):
    code = "TOO_FEW_REMAIN"
    message = gettext_noop("Only %(remaining)s suppliers remain and %(least)s are needed (%(source)s).")
