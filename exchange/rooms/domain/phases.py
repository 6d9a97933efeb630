"""What kinds of room there are, and through which phases a room goes."""

from enum import StrEnum

from commons.domain.machines import Machine, Row


class Format(StrEnum):
    """How bidders compete. Stored; labels are translated at the edge."""

    ENGLISH = "ENGLISH"
    """Ascending with extension (Foshan 2018, Ningxia 2025)."""
    LIMITED_QUOTES = "LIMITED_QUOTES"
    """One session, a few quotes each, the last one counts, the best share of the bidders wins (Wuyi 2021)."""
    SEALED_CALL = "SEALED_CALL"
    """One round of orders that nobody sees, cleared at one price (Guangdong 2017)."""
    DESCENDING = "DESCENDING"
    """The mirror of `ENGLISH`: the lowest price wins."""


class Phase(StrEnum):
    """Where a room stands."""

    SCHEDULED = "SCHEDULED"
    FREE = "FREE"
    """自由报价期: bidding with a fixed end."""
    WAITING = "WAITING"
    """Between free and timed bidding: nobody bids."""
    TIMED = "TIMED"
    """限时竞价: each bid moves the close forward."""
    OPEN = "OPEN"
    """The one session of a format that has no free and timed phase."""
    PAUSED = "PAUSED"
    ENDED = "ENDED"
    """The hammer fell on a deal."""
    FAILED = "FAILED"
    """The hammer fell without a deal."""
    VOIDED = "VOIDED"
    """Set aside by a numbered decision of the seller or regulator."""


class Step(StrEnum):
    """What leads a room from phase to phase."""

    BEGIN_FREE = "BEGIN_FREE"
    BEGIN_SESSION = "BEGIN_SESSION"
    WAIT = "WAIT"
    BEGIN_TIMED = "BEGIN_TIMED"
    BID = "BID"
    WITHDRAW = "WITHDRAW"
    HAMMER = "HAMMER"
    FAIL = "FAIL"
    PAUSE = "PAUSE"
    RESUME_SCHEDULED = "RESUME_SCHEDULED"
    RESUME_FREE = "RESUME_FREE"
    RESUME_WAITING = "RESUME_WAITING"
    RESUME_TIMED = "RESUME_TIMED"
    RESUME_SESSION = "RESUME_SESSION"
    VOID = "VOID"
    SUSPEND_BIDDER = "SUSPEND_BIDDER"
    READMIT_BIDDER = "READMIT_BIDDER"


BIDDABLE = frozenset({Phase.FREE, Phase.TIMED, Phase.OPEN})
OVER = frozenset({Phase.ENDED, Phase.FAILED, Phase.VOIDED})
RUNNING = tuple(phase for phase in Phase if phase not in OVER and phase is not Phase.PAUSED)

RESUMING = {
    Phase.SCHEDULED: Step.RESUME_SCHEDULED,
    Phase.FREE: Step.RESUME_FREE,
    Phase.WAITING: Step.RESUME_WAITING,
    Phase.TIMED: Step.RESUME_TIMED,
    Phase.OPEN: Step.RESUME_SESSION,
}
"""The step that leads back from a pause, by the phase that was interrupted."""

BEGINNING = {
    Phase.FREE: Step.BEGIN_FREE,
    Phase.OPEN: Step.BEGIN_SESSION,
    Phase.WAITING: Step.WAIT,
    Phase.TIMED: Step.BEGIN_TIMED,
}
"""The step with which a phase begins."""


def _rows() -> list[Row[Phase, Step]]:
    rows = [
        Row(Step.BEGIN_FREE, Phase.SCHEDULED, Phase.FREE, "PhaseBegan", "opening time, rules have a free phase"),
        Row(Step.BEGIN_SESSION, Phase.SCHEDULED, Phase.OPEN, "PhaseBegan", "opening time, rules have one session"),
        Row(Step.WAIT, Phase.FREE, Phase.WAITING, "PhaseBegan", "closed, at least two quoters"),
        Row(Step.BEGIN_TIMED, Phase.WAITING, Phase.TIMED, "PhaseBegan", "waiting time over"),
    ]
    for phase in (Phase.FREE, Phase.TIMED, Phase.OPEN):
        rows += [
            Row(Step.BID, phase, phase, "BidAccepted", "received before the close"),
            Row(Step.HAMMER, phase, Phase.ENDED, "HammerFell", "close + grace, a deal"),
            Row(Step.FAIL, phase, Phase.FAILED, "RoomFailed", "close + grace, no deal"),
        ]
    rows.append(Row(Step.WITHDRAW, Phase.OPEN, Phase.OPEN, "BidWithdrawn", "rules let orders be withdrawn"))
    rows += [Row(Step.PAUSE, phase, Phase.PAUSED, "RoomPaused", "approved by two persons") for phase in RUNNING]
    rows += [Row(step, Phase.PAUSED, phase, "RoomResumed", f"was {phase}") for phase, step in RESUMING.items()]
    rows += [
        Row(Step.VOID, phase, Phase.VOIDED, "RoomVoided", "numbered decision")
        for phase in Phase
        if phase is not Phase.VOIDED
    ]
    for phase in (*RUNNING, Phase.PAUSED):
        rows += [
            Row(Step.SUSPEND_BIDDER, phase, phase, "BidderSuspended", "its deposit is not whole any more"),
            Row(Step.READMIT_BIDDER, phase, phase, "BidderReadmitted", "its deposit is whole again"),
        ]
    return rows


ROOM = Machine("Live room", states=Phase, commands=Step, initial=Phase.SCHEDULED, rows=_rows())
