"""Why a section fails 流标, each with its law."""

from enum import StrEnum

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class FailureCause(StrEnum):
    """「开标时」 and 「评审后」 are different rules (招标投标法 第28条, 第42条; 财政部令第87号 第43条)."""

    TOO_FEW_APPLICANTS = "TOO_FEW_APPLICANTS"
    TOO_FEW_BIDS = "TOO_FEW_BIDS"
    TOO_FEW_OPENED = "TOO_FEW_OPENED"
    TOO_FEW_VALID = "TOO_FEW_VALID"
    NO_CANDIDATE = "NO_CANDIDATE"
    BELOW_RESERVE = "BELOW_RESERVE"
    """No bid reached the secret reserve of a right (国土资源部令第39号 第10条)."""


CAUSE_LABELS = {
    FailureCause.TOO_FEW_APPLICANTS: gettext_noop("fewer qualified applicants than needed"),
    FailureCause.TOO_FEW_BIDS: gettext_noop("fewer bids at the deadline than needed"),
    FailureCause.TOO_FEW_OPENED: gettext_noop("fewer bids could be opened than needed"),
    FailureCause.TOO_FEW_VALID: gettext_noop("fewer valid bids after review than needed"),
    FailureCause.NO_CANDIDATE: gettext_noop("no candidate is left"),
    FailureCause.BELOW_RESERVE: gettext_noop("no bid reached the secret reserve"),
}


class OpeningTooEarly(Refusal):
    code = "OPENING_TOO_EARLY"
    message = gettext_noop("The bid deadline is %(deadline)s; nothing is opened before it.")


class ObjectionOpen(Refusal):
    """招标投标法实施条例 第22条: the procedure waits for the answer."""

    code = "TENDER_OBJECTION_OPEN"
    message = gettext_noop("An objection is not answered yet; the procedure waits for the answer, due on %(due_on)s.")
