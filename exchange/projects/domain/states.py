"""The lives of a project and of a lot, as tables (Foshan 2018, States).

A project goes from the seller's draft over the centre's completeness check to publication by a second person. A lot
goes from its announcement to the closing of its file; the phases of bidding belong to the room, and the steps of each
buyer's deal to `exchange.contracts`.
"""

from enum import StrEnum

from commons.domain.machines import Machine, Row


class ProjectState(StrEnum):
    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    RETURNED = "RETURNED"
    CHECKED = "CHECKED"
    PUBLISHED = "PUBLISHED"
    CLOSED = "CLOSED"
    TERMINATED = "TERMINATED"


class ProjectCommand(StrEnum):
    SUBMIT = "SUBMIT"
    RETURN = "RETURN"
    PASS_CHECK = "PASS_CHECK"  # noqa: S105  # a command, not a secret
    PUBLISH = "PUBLISH"
    CLOSE = "CLOSE"
    TERMINATE = "TERMINATE"


PROJECT = Machine(
    "Project",
    states=ProjectState,
    commands=ProjectCommand,
    initial=ProjectState.DRAFT,
    rows=[
        Row(ProjectCommand.SUBMIT, ProjectState.DRAFT, ProjectState.SUBMITTED, "ProjectSubmitted", "at least one lot"),
        Row(
            ProjectCommand.SUBMIT, ProjectState.RETURNED, ProjectState.SUBMITTED, "ProjectSubmitted", "at least one lot"
        ),
        Row(ProjectCommand.RETURN, ProjectState.SUBMITTED, ProjectState.RETURNED, "ProjectReturned", "with reasons"),
        Row(ProjectCommand.RETURN, ProjectState.CHECKED, ProjectState.RETURNED, "ProjectReturned", "with reasons"),
        Row(
            ProjectCommand.PASS_CHECK,
            ProjectState.SUBMITTED,
            ProjectState.CHECKED,
            "ProjectChecked",
            "every item found",
        ),
        Row(
            ProjectCommand.PUBLISH,
            ProjectState.CHECKED,
            ProjectState.PUBLISHED,
            "ProjectPublished",
            "by a second person",
        ),
        Row(ProjectCommand.CLOSE, ProjectState.PUBLISHED, ProjectState.CLOSED, "ProjectClosed", "every lot ended"),
        Row(
            ProjectCommand.TERMINATE,
            ProjectState.PUBLISHED,
            ProjectState.TERMINATED,
            "ProjectTerminated",
            "numbered decision",
        ),
    ],
)


class LotState(StrEnum):
    DRAFT = "DRAFT"
    ANNOUNCED = "ANNOUNCED"
    REGISTERING = "REGISTERING"
    QUALIFYING = "QUALIFYING"
    METHOD_DECIDED = "METHOD_DECIDED"
    """A room or a negotiation is under way; the room's own phases live in `exchange.rooms`."""
    HAMMERED = "HAMMERED"
    NOTICED = "NOTICED"
    CONTRACTED = "CONTRACTED"
    PAID = "PAID"
    REGISTERED = "REGISTERED"
    CLOSED = "CLOSED"
    FAILED = "FAILED"
    SUSPENDED = "SUSPENDED"
    TERMINATED = "TERMINATED"


class LotCommand(StrEnum):
    ANNOUNCE = "ANNOUNCE"
    OPEN_REGISTRATION = "OPEN_REGISTRATION"
    END_REGISTRATION = "END_REGISTRATION"
    RESTART = "RESTART"
    DECIDE_METHOD = "DECIDE_METHOD"
    DECIDE_METHOD_AGAIN = "DECIDE_METHOD_AGAIN"
    HAMMER = "HAMMER"
    FAIL = "FAIL"
    NOTIFY = "NOTIFY"
    CONTRACT = "CONTRACT"
    PAY = "PAY"
    REGISTER = "REGISTER"
    CLOSE = "CLOSE"
    OFFER_NEXT = "OFFER_NEXT"
    SUSPEND = "SUSPEND"
    RESUME_ANNOUNCED = "RESUME_ANNOUNCED"
    RESUME_REGISTERING = "RESUME_REGISTERING"
    RESUME_QUALIFYING = "RESUME_QUALIFYING"
    RESUME_METHOD_DECIDED = "RESUME_METHOD_DECIDED"
    TERMINATE = "TERMINATE"


_S, _C = LotState, LotCommand

RESUME = {
    _S.ANNOUNCED: _C.RESUME_ANNOUNCED,
    _S.REGISTERING: _C.RESUME_REGISTERING,
    _S.QUALIFYING: _C.RESUME_QUALIFYING,
    _S.METHOD_DECIDED: _C.RESUME_METHOD_DECIDED,
}
"""The command that leads back to the state in which a lot was suspended."""

BEFORE_HAMMER = tuple(RESUME)
ENDED = frozenset({_S.CLOSED, _S.FAILED, _S.TERMINATED})

LOT = Machine(
    "Lot",
    states=LotState,
    commands=LotCommand,
    initial=LotState.DRAFT,
    rows=[
        Row(_C.ANNOUNCE, _S.DRAFT, _S.ANNOUNCED, "LotAnnounced", "project published"),
        Row(_C.OPEN_REGISTRATION, _S.ANNOUNCED, _S.REGISTERING, "RegistrationOpened", "registration start reached"),
        Row(_C.END_REGISTRATION, _S.REGISTERING, _S.QUALIFYING, "RegistrationEnded", "registration end reached"),
        Row(_C.RESTART, _S.ANNOUNCED, _S.ANNOUNCED, "LotAmended", "before the registration end"),
        Row(_C.RESTART, _S.REGISTERING, _S.ANNOUNCED, "LotAmended", "before the registration end"),
        Row(
            _C.DECIDE_METHOD,
            _S.QUALIFYING,
            _S.METHOD_DECIDED,
            "MethodDecided",
            "every registration decided, one or more",
        ),
        Row(
            _C.DECIDE_METHOD_AGAIN,
            _S.METHOD_DECIDED,
            _S.METHOD_DECIDED,
            "MethodDecidedAgain",
            "before the room opens, a deposit was taken back and too few buyers are left for it",
        ),
        Row(_C.FAIL, _S.QUALIFYING, _S.FAILED, "LotFailed", "no qualified buyer"),
        Row(_C.FAIL, _S.METHOD_DECIDED, _S.FAILED, "LotFailed", "no bid, no agreement, or room voided"),
        Row(_C.HAMMER, _S.METHOD_DECIDED, _S.HAMMERED, "LotHammered", "result of the room or agreement"),
        Row(_C.NOTIFY, _S.HAMMERED, _S.NOTICED, "ResultNotified", "result notice published"),
        Row(_C.CONTRACT, _S.NOTICED, _S.CONTRACTED, "LotContracted", "every standing deal contracted"),
        Row(_C.PAY, _S.CONTRACTED, _S.PAID, "LotPaid", "every standing deal paid, by voucher"),
        Row(_C.REGISTER, _S.PAID, _S.REGISTERED, "LotRegistered", "every standing deal transferred and certified"),
        Row(_C.CLOSE, _S.REGISTERED, _S.CLOSED, "LotClosed", "deposits of the others given back"),
        Row(
            _C.OFFER_NEXT,
            _S.NOTICED,
            _S.HAMMERED,
            "NextBidderTakes",
            "the winner defaulted; seller's numbered decision",
        ),
        Row(
            _C.OFFER_NEXT,
            _S.CONTRACTED,
            _S.HAMMERED,
            "NextBidderTakes",
            "the winner defaulted; seller's numbered decision",
        ),
        Row(_C.FAIL, _S.NOTICED, _S.FAILED, "LotFailed", "every buyer defaulted"),
        Row(_C.FAIL, _S.CONTRACTED, _S.FAILED, "LotFailed", "every buyer defaulted"),
        Row(_C.FAIL, _S.PAID, _S.FAILED, "LotFailed", "every deal ended by decision"),
        *(Row(_C.SUSPEND, state, _S.SUSPENDED, "LotSuspended", "numbered decision") for state in RESUME),
        *(Row(command, _S.SUSPENDED, state, "LotResumed", f"was {state.value}") for state, command in RESUME.items()),
        *(Row(_C.TERMINATE, state, _S.TERMINATED, "LotTerminated", "numbered decision") for state in RESUME),
        Row(_C.TERMINATE, _S.SUSPENDED, _S.TERMINATED, "LotTerminated", "numbered decision"),
    ],
)
