"""How an envelope, an intake and a roster of officers move from state to state."""

from enum import StrEnum

from commons.domain.machines import Machine, Row


class EnvelopeState(StrEnum):
    SEALED = "SEALED"
    DECRYPT_WINDOW = "DECRYPT_WINDOW"
    BIDDER_UNLOCKED = "BIDDER_UNLOCKED"
    QUORUM_UNLOCKED = "QUORUM_UNLOCKED"
    OPENED = "OPENED"
    FAILED_BIDDER = "FAILED_BIDDER"
    """Not opened, for a reason of the bidder's: no key in time, a false share, a content that is not what it says."""
    FAILED_CENTRE = "FAILED_CENTRE"
    """Not opened, for a reason of the centre's: too few officers."""
    COMMIT_MISMATCH = "COMMIT_MISMATCH"
    """What the platform kept is no longer what the receipt names."""
    WITHDRAWN = "WITHDRAWN"


class EnvelopeCommand(StrEnum):
    WITHDRAW = "WITHDRAW"
    BEGIN = "BEGIN"
    UNLOCK_BIDDER = "UNLOCK_BIDDER"
    UNLOCK_QUORUM = "UNLOCK_QUORUM"
    OPEN = "OPEN"
    FAIL_BIDDER = "FAIL_BIDDER"
    FAIL_CENTRE = "FAIL_CENTRE"
    FIND_MISMATCH = "FIND_MISMATCH"


class Cause(StrEnum):
    """Why an envelope was not opened."""

    BIDDER_NO_KEY = "BIDDER_NO_KEY"
    """The window ended and the bidder had not supplied the key."""
    BIDDER_FALSE_COMMIT = "BIDDER_FALSE_COMMIT"
    """A secret came out of its slot that is not the one the bidder committed to."""
    BIDDER_FALSE_SHARES = "BIDDER_FALSE_SHARES"
    """The shares do not give the key that the envelope commits to."""
    BIDDER_FALSE_CONTENT = "BIDDER_FALSE_CONTENT"
    """The content fails its tags or is not laid out as it must be, though the stored bytes are those of the receipt."""
    BIDDER_RELABELLED = "BIDDER_RELABELLED"
    """The blinded reference in the header is another bidder's."""
    NO_QUORUM = "NO_QUORUM"
    """The window ended with fewer officers than needed."""
    STORED_ALTERED = "STORED_ALTERED"
    """The stored bytes are not those that the receipt names."""


_S, _C = EnvelopeState, EnvelopeCommand
_OPENING = (_S.DECRYPT_WINDOW, _S.BIDDER_UNLOCKED, _S.QUORUM_UNLOCKED)

ENVELOPE = Machine(
    "envelope",
    states=EnvelopeState,
    commands=EnvelopeCommand,
    initial=_S.SEALED,
    rows=[
        Row(_C.WITHDRAW, _S.SEALED, _S.WITHDRAWN, "envelope.withdrawn", "before the deadline"),
        Row(_C.BEGIN, _S.SEALED, _S.DECRYPT_WINDOW, "envelope.window-began", "after the deadline"),
        Row(_C.UNLOCK_BIDDER, _S.DECRYPT_WINDOW, _S.BIDDER_UNLOCKED, "envelope.bidder-unlocked", "mode AND"),
        Row(_C.UNLOCK_QUORUM, _S.DECRYPT_WINDOW, _S.QUORUM_UNLOCKED, "envelope.quorum-unlocked", "mode OFFICERS"),
        Row(_C.UNLOCK_QUORUM, _S.BIDDER_UNLOCKED, _S.QUORUM_UNLOCKED, "envelope.quorum-unlocked", "k officers"),
        Row(_C.OPEN, _S.QUORUM_UNLOCKED, _S.OPENED, "envelope.opened", "the last chunk passed, the commitment matches"),
        *(Row(_C.FAIL_BIDDER, state, _S.FAILED_BIDDER, "envelope.failed-bidder") for state in _OPENING),
        *(
            Row(_C.FAIL_CENTRE, state, _S.FAILED_CENTRE, "envelope.failed-centre", "the window ended")
            for state in _OPENING
        ),
        *(Row(_C.FIND_MISMATCH, state, _S.COMMIT_MISMATCH, "envelope.commit-mismatch") for state in _OPENING),
    ],
)

FAILED = frozenset({_S.FAILED_BIDDER, _S.FAILED_CENTRE, _S.COMMIT_MISMATCH})
IN_OPENING = frozenset(_OPENING)
WAITING = frozenset({_S.DECRYPT_WINDOW, _S.BIDDER_UNLOCKED})
"""In the opening, and not yet unlocked by everybody: their time for that runs."""


class IntakeState(StrEnum):
    OPEN = "OPEN"
    """Envelopes are taken in until the deadline."""
    OPENING = "OPENING"
    FINISHED = "FINISHED"
    """Every envelope is opened or has failed."""
    ABANDONED = "ABANDONED"
    """The procedure ended before the opening did; what is still sealed is never opened."""


class IntakeCommand(StrEnum):
    BEGIN_OPENING = "BEGIN_OPENING"
    FINISH = "FINISH"
    ABANDON = "ABANDON"


INTAKE = Machine(
    "sealed-intake",
    states=IntakeState,
    commands=IntakeCommand,
    initial=IntakeState.OPEN,
    rows=[
        Row(
            IntakeCommand.BEGIN_OPENING,
            IntakeState.OPEN,
            IntakeState.OPENING,
            "intake.opening-began",
            "after the deadline",
        ),
        Row(IntakeCommand.ABANDON, IntakeState.OPEN, IntakeState.ABANDONED, "intake.abandoned"),
        Row(
            IntakeCommand.ABANDON,
            IntakeState.OPENING,
            IntakeState.ABANDONED,
            "intake.abandoned",
            "its procedure was ended",
        ),
        Row(
            IntakeCommand.FINISH,
            IntakeState.OPENING,
            IntakeState.FINISHED,
            "intake.finished",
            "no envelope is still being opened",
        ),
    ],
)


class RosterState(StrEnum):
    DRAFT = "DRAFT"
    """Officers are named and make their keys."""
    ACTIVE = "ACTIVE"
    """Every key was tried, and a second person saw it: bids may be sealed to it."""
    RETIRED = "RETIRED"
    """No new intake may use it; those that do are still opened by it."""


class RosterCommand(StrEnum):
    ACTIVATE = "ACTIVATE"
    RETIRE = "RETIRE"


ROSTER = Machine(
    "officers-roster",
    states=RosterState,
    commands=RosterCommand,
    initial=RosterState.DRAFT,
    rows=[
        Row(
            RosterCommand.ACTIVATE,
            RosterState.DRAFT,
            RosterState.ACTIVE,
            "roster.activated",
            "every key rehearsed, a witness",
        ),
        Row(RosterCommand.RETIRE, RosterState.DRAFT, RosterState.RETIRED, "roster.retired"),
        Row(RosterCommand.RETIRE, RosterState.ACTIVE, RosterState.RETIRED, "roster.retired"),
    ],
)
