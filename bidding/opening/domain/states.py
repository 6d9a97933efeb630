"""The life of an opening hall 不见面开标大厅 as a table (招标投标法 第34条–第36条; 电子招标投标办法 第五章)."""

from enum import StrEnum

from commons.domain.machines import Machine, Row


class HallState(StrEnum):
    WAITING = "WAITING"
    """Before the deadline: bidders sign in; nobody sees who."""
    DECRYPTING = "DECRYPTING"
    """The list is public; bidders and officers unlock within the window."""
    DRAWING = "DRAWING"
    """Every bid is opened or has failed; the floating point is drawn on air."""
    READING = "READING"
    """The bids can be read out."""
    CONFIRMING = "CONFIRMING"
    """Read out: bidders confirm their prices, object, ask."""
    RECORDING = "RECORDING"
    """The record is drafted; those present sign it."""
    CLOSED = "CLOSED"
    NOT_OPENED = "NOT_OPENED"
    """Fewer bids than the law asks: nothing was opened."""


class HallCommand(StrEnum):
    PUBLISH_LIST = "PUBLISH_LIST"
    LEAVE_SEALED = "LEAVE_SEALED"
    AWAIT_DRAW = "AWAIT_DRAW"
    AWAIT_READING = "AWAIT_READING"
    TAKE_DRAW = "TAKE_DRAW"
    READ_OUT = "READ_OUT"
    DRAFT_RECORD = "DRAFT_RECORD"
    CLOSE = "CLOSE"
    RESUME = "RESUME"


_S, _C = HallState, HallCommand

HALL = Machine(
    "opening-hall",
    states=HallState,
    commands=HallCommand,
    initial=_S.WAITING,
    rows=[
        Row(_C.PUBLISH_LIST, _S.WAITING, _S.DECRYPTING, "hall.listed", "deadline passed, enough bids"),
        Row(_C.LEAVE_SEALED, _S.WAITING, _S.NOT_OPENED, "hall.not-opened", "deadline passed, fewer than the minimum"),
        Row(_C.AWAIT_DRAW, _S.DECRYPTING, _S.DRAWING, "hall.decrypted", "every bid ended, a point is to be drawn"),
        Row(_C.AWAIT_READING, _S.DECRYPTING, _S.READING, "hall.decrypted", "every bid ended, nothing to draw"),
        Row(_C.TAKE_DRAW, _S.DRAWING, _S.READING, "hall.drawn", "the draw is computed"),
        Row(_C.READ_OUT, _S.READING, _S.CONFIRMING, "hall.read-out"),
        Row(_C.DRAFT_RECORD, _S.CONFIRMING, _S.RECORDING, "hall.record-drafted", "every price answered or timed out"),
        Row(_C.CLOSE, _S.RECORDING, _S.CLOSED, "hall.closed", "objections answered"),
        Row(_C.RESUME, _S.CLOSED, _S.CONFIRMING, "hall.resumed", "with a reason 复会"),
    ],
)

LISTED = frozenset(_S) - {_S.WAITING, _S.NOT_OPENED}
"""Who bids is public."""
VALUES_SHOWN = frozenset({_S.CONFIRMING, _S.RECORDING, _S.CLOSED})
"""What bids say is public: nobody's value is shown before everybody's bid is opened or has failed."""
SIGN_IN_OVER = frozenset({_S.CLOSED, _S.NOT_OPENED})
"""Nobody signs in any more, not even late."""
TALKING = frozenset({_S.DECRYPTING, _S.DRAWING, _S.READING, _S.CONFIRMING, _S.RECORDING})
"""Objections and questions are taken: they belong to the opening itself (招标投标法实施条例 第44条)."""


class Happening(StrEnum):
    """What stands in the log of a hall besides its changes of state."""

    SIGNED_IN = "hall.signed-in"
    KEY_SUPPLIED = "hall.key-supplied"
    BID_OPENED = "hall.bid-opened"
    BID_FAILED = "hall.bid-failed"
    DRAW_ANNOUNCED = "hall.draw-announced"
    PRICE_CONFIRMED = "hall.price-confirmed"
    PRICE_DISPUTED = "hall.price-disputed"
    OBJECTION_RAISED = "hall.objection-raised"
    OBJECTION_ANSWERED = "hall.objection-answered"
    QUESTION_ASKED = "hall.question-asked"
    QUESTION_ADMITTED = "hall.question-admitted"
    QUESTION_REFUSED = "hall.question-refused"
    RECORD_SIGNED = "hall.record-signed"


class WordKind(StrEnum):
    """What somebody says in a hall."""

    OBJECTION = "OBJECTION"
    QUESTION = "QUESTION"


class WordState(StrEnum):
    WAITING = "WAITING"
    """A question that the host has not admitted; only its asker and the hosts see it."""
    SHOWN = "SHOWN"
    ANSWERED = "ANSWERED"
    REFUSED = "REFUSED"
