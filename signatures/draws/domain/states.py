"""The way of a draw. A draw that ended stays as it ended: a redraw is another draw that names it."""

from enum import StrEnum

from commons.domain.machines import Machine, Row


class DrawState(StrEnum):
    GATHERING = "GATHERING"
    ANNOUNCED = "ANNOUNCED"
    DRAWN = "DRAWN"
    VOID = "VOID"


class DrawCommand(StrEnum):
    ANNOUNCE = "ANNOUNCE"
    COMPLETE = "COMPLETE"
    INVALIDATE = "INVALIDATE"


class HolderRole(StrEnum):
    """Whose random bytes enter the seed."""

    CUSTODIAN = "CUSTODIAN"
    PARTY = "PARTY"


class Violation(StrEnum):
    """Why a draw is void."""

    NOT_COMMITTED = "NOT_COMMITTED"
    NOT_ANCHORED = "NOT_ANCHORED"
    NOT_REVEALED = "NOT_REVEALED"
    NO_BEACON = "NO_BEACON"
    ROSTER_CHANGED = "ROSTER_CHANGED"


MACHINE = Machine(
    "draw",
    states=DrawState,
    commands=DrawCommand,
    initial=DrawState.GATHERING,
    rows=[
        Row(
            DrawCommand.ANNOUNCE,
            DrawState.GATHERING,
            DrawState.ANNOUNCED,
            "draw.announced",
            "everybody has committed, before the outside value can be known",
        ),
        Row(
            DrawCommand.COMPLETE,
            DrawState.ANNOUNCED,
            DrawState.DRAWN,
            "draw.completed",
            "everything is revealed, after the announced moment",
        ),
        Row(DrawCommand.INVALIDATE, DrawState.GATHERING, DrawState.VOID, "draw.voided", "somebody did not commit"),
        Row(DrawCommand.INVALIDATE, DrawState.ANNOUNCED, DrawState.VOID, "draw.voided", "something was not revealed"),
    ],
)
