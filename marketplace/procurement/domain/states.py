"""The way of a procurement 采购项目, from the draft to the rating. Pure.

Selection, service and rating move it on through the same table; their rules stand beside them.
"""

from enum import StrEnum

from commons.domain.machines import Machine, Row


class ProcurementState(StrEnum):
    DRAFT = "DRAFT"
    OWNER_REVIEW = "OWNER_REVIEW"
    AUDITING = "AUDITING"
    RETURNED = "RETURNED"
    SIGNING_UP = "SIGNING_UP"
    AWAITING_SELECTION = "AWAITING_SELECTION"
    SELECTING = "SELECTING"
    SELECTED = "SELECTED"
    CONTRACTING = "CONTRACTING"
    """The winner stands; both sign the contract."""
    IN_SERVICE = "IN_SERVICE"
    RATING = "RATING"
    """Accepted; the two sides rate each other."""
    COMPLETED = "COMPLETED"
    TERMINATED = "TERMINATED"
    FAILED = "FAILED"
    """The round failed; the owner announces it again or gives it up."""
    SUSPENDED = "SUSPENDED"
    VOID = "VOID"
    EXPIRED = "EXPIRED"


class ProcurementCommand(StrEnum):
    SUBMIT_INTERNAL = "SUBMIT_INTERNAL"
    APPROVE_INTERNAL = "APPROVE_INTERNAL"
    REJECT_INTERNAL = "REJECT_INTERNAL"
    SUBMIT = "SUBMIT"
    RETURN = "RETURN"
    PUBLISH = "PUBLISH"
    PUBLISH_DIRECT = "PUBLISH_DIRECT"
    AMEND = "AMEND"
    CLOSE = "CLOSE"
    BEGIN_SELECTION = "BEGIN_SELECTION"
    SELECT = "SELECT"
    NEXT = "NEXT"
    CONFIRM = "CONFIRM"
    SIGN = "SIGN"
    ACCEPT = "ACCEPT"
    RATE = "RATE"
    TERMINATE = "TERMINATE"
    FAIL = "FAIL"
    REANNOUNCE_INTERNAL = "REANNOUNCE_INTERNAL"
    REANNOUNCE = "REANNOUNCE"
    EXPIRE = "EXPIRE"
    VOID = "VOID"
    SUSPEND = "SUSPEND"
    RESUME_SIGNING_UP = "RESUME_SIGNING_UP"
    RESUME_AWAITING_SELECTION = "RESUME_AWAITING_SELECTION"
    RESUME_SELECTING = "RESUME_SELECTING"
    RESUME_SELECTED = "RESUME_SELECTED"
    RESUME_CONTRACTING = "RESUME_CONTRACTING"


_S, _C = ProcurementState, ProcurementCommand

RESUME = {
    _S.SIGNING_UP: _C.RESUME_SIGNING_UP,
    _S.AWAITING_SELECTION: _C.RESUME_AWAITING_SELECTION,
    _S.SELECTING: _C.RESUME_SELECTING,
    _S.SELECTED: _C.RESUME_SELECTED,
    _S.CONTRACTING: _C.RESUME_CONTRACTING,
}
"""The command that leads back to the state in which a procurement was suspended."""

EDITABLE = frozenset({_S.DRAFT, _S.RETURNED})
UNPUBLISHED = frozenset({_S.DRAFT, _S.OWNER_REVIEW, _S.AUDITING, _S.RETURNED})
BEFORE_SELECTION = frozenset({_S.SIGNING_UP, _S.AWAITING_SELECTION})
ENDED = frozenset({_S.COMPLETED, _S.TERMINATED, _S.VOID, _S.EXPIRED})

PROCUREMENT = Machine(
    "Procurement",
    states=ProcurementState,
    commands=ProcurementCommand,
    initial=ProcurementState.DRAFT,
    rows=[
        *(
            Row(command, state, target, event, guard)
            for state in (_S.DRAFT, _S.RETURNED)
            for command, target, event, guard in (
                (_C.SUBMIT_INTERNAL, _S.OWNER_REVIEW, "InternalReviewBegun", "complete; the owner has a chain"),
                (_C.SUBMIT, _S.AUDITING, "ProcurementSubmitted", "complete; no chain; scope allows it"),
                (_C.VOID, _S.VOID, "ProcurementVoided", "owner"),
            )
        ),
        Row(_C.APPROVE_INTERNAL, _S.OWNER_REVIEW, _S.AUDITING, "ProcurementSubmitted", "every step approved"),
        Row(_C.REJECT_INTERNAL, _S.OWNER_REVIEW, _S.DRAFT, "InternalReviewRejected", "reason"),
        Row(_C.RETURN, _S.AUDITING, _S.RETURNED, "ProcurementReturned", "reason"),
        Row(_C.PUBLISH, _S.AUDITING, _S.SIGNING_UP, "ProcurementPublished", "auditor"),
        Row(_C.PUBLISH_DIRECT, _S.AUDITING, _S.AWAITING_SELECTION, "ProcurementPublished", "direct selection"),
        Row(_C.AMEND, _S.SIGNING_UP, _S.SIGNING_UP, "ProcurementAmended", "before the deadline, which moves"),
        Row(_C.CLOSE, _S.SIGNING_UP, _S.AWAITING_SELECTION, "SignUpsClosed", "deadline reached, enough sign-ups"),
        Row(_C.FAIL, _S.SIGNING_UP, _S.FAILED, "RoundFailed", "deadline reached, too few sign-ups"),
        Row(_C.BEGIN_SELECTION, _S.AWAITING_SELECTION, _S.SELECTING, "SelectionBegun", "not by the auditor"),
        Row(_C.FAIL, _S.AWAITING_SELECTION, _S.FAILED, "RoundFailed", "too few still eligible"),
        Row(_C.SELECT, _S.SELECTING, _S.SELECTED, "AgencySelected", "by the rule of the method"),
        Row(_C.FAIL, _S.SELECTING, _S.FAILED, "RoundFailed", "the method gives nobody"),
        Row(_C.NEXT, _S.SELECTED, _S.SELECTING, "WinnerGaveUp", "next in order or another draw"),
        Row(_C.FAIL, _S.SELECTED, _S.FAILED, "RoundFailed", "the winner gave up, nobody is left"),
        Row(_C.CONFIRM, _S.SELECTED, _S.CONTRACTING, "SelectionConfirmed", "notice issued, window to refuse over"),
        Row(_C.NEXT, _S.CONTRACTING, _S.SELECTING, "WinnerGaveUp", "next in order or another draw"),
        Row(_C.FAIL, _S.CONTRACTING, _S.FAILED, "RoundFailed", "the winner gave up, nobody is left"),
        Row(_C.SIGN, _S.CONTRACTING, _S.IN_SERVICE, "ContractSigned", "both signed"),
        Row(_C.ACCEPT, _S.IN_SERVICE, _S.RATING, "ResultAccepted", "every deliverable accepted"),
        Row(_C.TERMINATE, _S.IN_SERVICE, _S.TERMINATED, "ServiceTerminated", "agreement or decision"),
        Row(_C.RATE, _S.RATING, _S.COMPLETED, "ProcurementCompleted", "rated, or the time to rate is over"),
        Row(_C.REANNOUNCE_INTERNAL, _S.FAILED, _S.OWNER_REVIEW, "InternalReviewBegun", "the owner has a chain"),
        Row(_C.REANNOUNCE, _S.FAILED, _S.AUDITING, "ProcurementReannounced", "another round; no chain"),
        Row(_C.EXPIRE, _S.FAILED, _S.EXPIRED, "ProcurementExpired", "not announced again in time"),
        Row(_C.VOID, _S.FAILED, _S.VOID, "ProcurementVoided", "owner, reason"),
        Row(_C.VOID, _S.SIGNING_UP, _S.VOID, "ProcurementVoided", "owner, reason"),
        Row(_C.VOID, _S.AWAITING_SELECTION, _S.VOID, "ProcurementVoided", "owner, reason"),
        Row(_C.VOID, _S.SUSPENDED, _S.VOID, "ProcurementVoided", "numbered decision"),
        *(Row(_C.SUSPEND, state, _S.SUSPENDED, "ProcurementSuspended", "numbered decision") for state in RESUME),
        *(
            Row(command, _S.SUSPENDED, state, "ProcurementResumed", f"was {state.value}")
            for state, command in RESUME.items()
        ),
    ],
)
