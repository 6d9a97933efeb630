"""Complaints 投诉 to the regulator: the objection comes first, each step carries the regulator's number.

招标投标法实施条例 第60条: within 10 days of knowing, and for what an objection is possible only after it;
第61条: accepted or rejected within 3 working days, decided within 30 working days. Applied to the city's other trades
by analogy; the numbers are rule parameters.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from commons.domain.machines import Machine, Row
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class ComplaintState(StrEnum):
    RAISED = "RAISED"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    """Not taken up: out of time, not the regulator's, or without a ground."""
    UPHELD = "UPHELD"
    DISMISSED = "DISMISSED"
    WITHDRAWN = "WITHDRAWN"


class ComplaintCommand(StrEnum):
    ACCEPT = "ACCEPT"
    REJECT = "REJECT"
    UPHOLD = "UPHOLD"
    DISMISS = "DISMISS"
    WITHDRAW = "WITHDRAW"


_S, _C = ComplaintState, ComplaintCommand

COMPLAINT = Machine(
    "Complaint",
    states=ComplaintState,
    commands=ComplaintCommand,
    initial=ComplaintState.RAISED,
    rows=[
        Row(_C.ACCEPT, _S.RAISED, _S.ACCEPTED, "ComplaintAccepted", "numbered acceptance of the regulator"),
        Row(_C.REJECT, _S.RAISED, _S.REJECTED, "ComplaintRejected", "numbered rejection, with its reason"),
        Row(_C.UPHOLD, _S.ACCEPTED, _S.UPHELD, "ComplaintUpheld", "numbered decision"),
        Row(_C.DISMISS, _S.ACCEPTED, _S.DISMISSED, "ComplaintDismissed", "numbered decision"),
        Row(_C.WITHDRAW, _S.RAISED, _S.WITHDRAWN, "ComplaintWithdrawn", "by who complained"),
        Row(_C.WITHDRAW, _S.ACCEPTED, _S.WITHDRAWN, "ComplaintWithdrawn", "by who complained"),
    ],
)

OPEN = frozenset({_S.RAISED, _S.ACCEPTED})


class DocumentKind(StrEnum):
    """What the regulator issues on a complaint, each with a number of its own."""

    ACCEPTANCE = "ACCEPTANCE"
    REJECTION = "REJECTION"
    SUSPENSION = "SUSPENSION"
    RESUMPTION = "RESUMPTION"
    DECISION = "DECISION"


ISSUES = {
    _C.ACCEPT: DocumentKind.ACCEPTANCE,
    _C.REJECT: DocumentKind.REJECTION,
    _C.UPHOLD: DocumentKind.DECISION,
    _C.DISMISS: DocumentKind.DECISION,
}
"""The document with which the regulator takes a step."""


class ObjectionFirst(Refusal):
    """条例 第60条 para. 2: whoever can object complains only about the answer, or about its absence."""

    code = "COMPLAINT_OBJECTION_FIRST"
    message = gettext_noop(
        "First the seller answers your objection, by %(due_on)s. After that, or if no answer comes, you can complain."
    )


class ComplaintTooLate(Refusal):
    code = "COMPLAINT_TOO_LATE"
    message = gettext_noop("A complaint about this was possible until %(until)s.")


class NumberMissing(Refusal):
    code = "COMPLAINT_NUMBER_MISSING"
    message = gettext_noop("What the regulator issues carries a number and its document. Enter both.")
    status = 400


class NotUnderComplaint(Refusal):
    """A complaint stops the lot that it is about, and nothing else."""

    code = "COMPLAINT_SUSPENDS_NOTHING"
    message = gettext_noop("Only a complaint about one lot can stop it. This one is about the notice as a whole.")


@dataclass(frozen=True, slots=True)
class Window:
    """When a complaint is possible: from the answer, or the day after its limit, to `until` (included)."""

    opens_on: date
    until: date


def require_in_time(window: Window, *, answered: bool, answer_due_on: date, today: date) -> None:
    """Refuses `ObjectionFirst` and `ComplaintTooLate`."""
    if not answered and today <= answer_due_on:
        raise ObjectionFirst(due_on=answer_due_on.isoformat())
    if today > window.until:
        raise ComplaintTooLate(until=window.until.isoformat())
