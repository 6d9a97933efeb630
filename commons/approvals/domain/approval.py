"""Approval by two persons: who asks is never who approves, and what was approved is done once."""

from enum import StrEnum

from commons.domain.machines import Machine, Row
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class ApprovalState(StrEnum):
    REQUESTED = "REQUESTED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    CONSUMED = "CONSUMED"
    EXPIRED = "EXPIRED"


class ApprovalCommand(StrEnum):
    APPROVE = "APPROVE"
    REJECT = "REJECT"
    WITHDRAW = "WITHDRAW"
    CONSUME = "CONSUME"
    EXPIRE = "EXPIRE"


MACHINE = Machine(
    "approval",
    states=ApprovalState,
    commands=ApprovalCommand,
    initial=ApprovalState.REQUESTED,
    rows=[
        Row(
            ApprovalCommand.APPROVE,
            ApprovalState.REQUESTED,
            ApprovalState.APPROVED,
            "approval.approved",
            "another person",
        ),
        Row(ApprovalCommand.REJECT, ApprovalState.REQUESTED, ApprovalState.REJECTED, "approval.rejected"),
        Row(ApprovalCommand.WITHDRAW, ApprovalState.REQUESTED, ApprovalState.REJECTED, "approval.withdrawn"),
        Row(
            ApprovalCommand.WITHDRAW,
            ApprovalState.APPROVED,
            ApprovalState.REJECTED,
            "approval.withdrawn",
            "not yet used",
        ),
        Row(
            ApprovalCommand.EXPIRE, ApprovalState.REQUESTED, ApprovalState.EXPIRED, "approval.expired", "after its time"
        ),
        Row(
            ApprovalCommand.CONSUME,
            ApprovalState.APPROVED,
            ApprovalState.CONSUMED,
            "approval.consumed",
            "same kind and subject",
        ),
        Row(
            ApprovalCommand.EXPIRE, ApprovalState.APPROVED, ApprovalState.EXPIRED, "approval.expired", "after its time"
        ),
    ],
)


class ApprovalNeedsAnotherPerson(Refusal):
    """Four eyes: the person who asked cannot approve, for whatever organisation."""

    code = "APPROVAL_NEEDS_ANOTHER_PERSON"
    message = gettext_noop("You made this request yourself. Another person has to approve it.")
    status = 403


class ApprovalExpired(Refusal):
    code = "APPROVAL_EXPIRED"
    message = gettext_noop("This request has expired. Make a new one.")


class ApprovalNotGiven(Refusal):
    """Consumed although nobody approved, or a second time."""

    code = "APPROVAL_NOT_GIVEN"
    message = gettext_noop(
        "A second person has not approved this, or the approval was already used (state “%(state)s”)."
    )


class ApprovalForSomethingElse(Refusal):
    code = "APPROVAL_FOR_SOMETHING_ELSE"
    message = gettext_noop("The approval was given for something else.")


class ApprovalNeedsReason(Refusal):
    code = "APPROVAL_NEEDS_REASON"
    message = gettext_noop("Say why: a request for approval needs a reason.")
    status = 400
