"""How far a selection is, as a table, and the refusals of its steps."""

from enum import StrEnum

from commons.domain.machines import Machine, Row
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class SelectionState(StrEnum):
    RUNNING = "RUNNING"
    """Begun; waits for a draw, a room, scores or the owner's pick."""
    DECIDED = "DECIDED"
    FAILED = "FAILED"
    VOIDED = "VOIDED"
    """Set aside by the regulator's numbered decision."""


class SelectionCommand(StrEnum):
    DECIDE = "DECIDE"
    FAIL = "FAIL"
    DROP = "DROP"
    VOID = "VOID"


_S, _C = SelectionState, SelectionCommand

SELECTION = Machine(
    "selection",
    states=SelectionState,
    commands=SelectionCommand,
    initial=SelectionState.RUNNING,
    rows=[
        Row(_C.DECIDE, _S.RUNNING, _S.DECIDED, "SelectionDecided", "the case has a winner, who is qualified now"),
        Row(_C.FAIL, _S.RUNNING, _S.FAILED, "SelectionFailed", "the case has no winner"),
        Row(_C.DROP, _S.DECIDED, _S.RUNNING, "WinnerDropped", "gave up or lost its qualification"),
        Row(_C.VOID, _S.RUNNING, _S.VOIDED, "SelectionVoided", "a decision with number"),
        Row(_C.VOID, _S.DECIDED, _S.VOIDED, "SelectionVoided", "a decision with number"),
    ],
)


class Wait(StrEnum):
    """What a running selection waits for."""

    NOTHING = ""
    DRAW = "DRAW"
    ROOM = "ROOM"
    SCORES = "SCORES"
    PICK = "PICK"


class NotYetDue(Refusal):
    code = "SELECTION_NOT_YET_DUE"
    message = gettext_noop("The selection begins at %(selection_at)s.")


class SelectionWaits(Refusal):
    code = "SELECTION_WAITS"
    message = gettext_noop("The selection waits for something else now; look at its page.")


class MemberConflicted(Refusal):
    code = "MEMBER_CONFLICTED"
    message = gettext_noop("A member of the panel belongs to an agency that signed up. Name somebody else.")
    status = 400


class PanelNamedAlready(Refusal):
    code = "PANEL_HAS_SCORED"
    message = gettext_noop("A member has handed in a score sheet; the panel cannot be changed any more.")
