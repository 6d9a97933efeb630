"""The lives of a recorded evaluation report and of an award."""

from enum import StrEnum

from commons.domain.machines import Machine, Row


class ReportState(StrEnum):
    ENTERED = "ENTERED"
    CONFIRMED = "CONFIRMED"
    REJECTED = "REJECTED"
    SUPERSEDED = "SUPERSEDED"
    """The review was opened again; a later report takes its place."""


class ReportCommand(StrEnum):
    CONFIRM = "CONFIRM"
    REJECT = "REJECT"
    SUPERSEDE = "SUPERSEDE"


_RS, _RC = ReportState, ReportCommand

REPORT = Machine(
    "EvaluationReport",
    states=ReportState,
    commands=ReportCommand,
    initial=ReportState.ENTERED,
    rows=[
        Row(_RC.CONFIRM, _RS.ENTERED, _RS.CONFIRMED, "ReportConfirmed", "a second person, against the signed paper"),
        Row(_RC.REJECT, _RS.ENTERED, _RS.REJECTED, "ReportRejected", "a second person, with reasons"),
        Row(_RC.SUPERSEDE, _RS.CONFIRMED, _RS.SUPERSEDED, "ReportSuperseded", "the review is opened again"),
    ],
)


class AwardState(StrEnum):
    AWARDED = "AWARDED"
    NOTIFIED = "NOTIFIED"
    """The award letter is signed: from then on both sides are bound."""
    CONTRACTED = "CONTRACTED"
    GIVEN_UP = "GIVEN_UP"


class AwardCommand(StrEnum):
    NOTIFY = "NOTIFY"
    CONTRACT = "CONTRACT"
    GIVE_UP = "GIVE_UP"


_AS, _AC = AwardState, AwardCommand

AWARD = Machine(
    "Award",
    states=AwardState,
    commands=AwardCommand,
    initial=AwardState.AWARDED,
    rows=[
        Row(_AC.NOTIFY, _AS.AWARDED, _AS.NOTIFIED, "AwardLetterSigned", "signed by the owner"),
        Row(_AC.CONTRACT, _AS.NOTIFIED, _AS.CONTRACTED, "TenderContractSigned", "signed by both sides"),
        Row(_AC.GIVE_UP, _AS.AWARDED, _AS.GIVEN_UP, "AwardGivenUp", "the winner refuses, or is struck by decision"),
        Row(_AC.GIVE_UP, _AS.NOTIFIED, _AS.GIVEN_UP, "AwardGivenUp", "the winner refuses, or is struck by decision"),
    ],
)


class CallOffState(StrEnum):
    PLACED = "PLACED"
    REFUSED = "REFUSED"
    """The supplier does not deliver; what was ordered goes back to its contract."""
    SETTLED = "SETTLED"
    """Delivered and accepted 验收, for as much as was accepted."""


class CallOffCommand(StrEnum):
    REFUSE = "REFUSE"
    SETTLE = "SETTLE"


_CS, _CC = CallOffState, CallOffCommand

CALL_OFF = Machine(
    "CallOff",
    states=CallOffState,
    commands=CallOffCommand,
    initial=CallOffState.PLACED,
    rows=[
        Row(_CC.REFUSE, _CS.PLACED, _CS.REFUSED, "CallOffRefused", "the supplier, with reasons"),
        Row(_CC.SETTLE, _CS.PLACED, _CS.SETTLED, "CallOffSettled", "the owner accepts what was delivered"),
    ],
)
