"""What becomes of an entry of the bank."""

from enum import StrEnum

from commons.domain.machines import Machine, Row
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class EntryState(StrEnum):
    WAITING = "WAITING"
    """In the queue: unmatched, ambiguous or flagged."""
    BOOKED = "BOOKED"
    CLAIMING = "CLAIMING"
    """A person of finance said what it is for, or what it is; a second one has to agree."""
    RETURNING = "RETURNING"
    """It goes back to its payer."""
    RETURNED = "RETURNED"
    REVERSED = "REVERSED"
    """It was booked, and the bank undid it."""
    EXPLAINED = "EXPLAINED"
    """It pays for nothing, and two persons said what it is; or the bank undid it, or told it anew."""


class EntryCommand(StrEnum):
    BOOK = "BOOK"
    CLAIM = "CLAIM"
    DROP_CLAIM = "DROP_CLAIM"
    SEND_BACK = "SEND_BACK"
    CONFIRM_RETURN = "CONFIRM_RETURN"
    EXPLAIN = "EXPLAIN"
    REVERSE = "REVERSE"


_S, _C = EntryState, EntryCommand

ENTRY = Machine(
    "Bank entry",
    states=EntryState,
    commands=EntryCommand,
    initial=_S.WAITING,
    rows=[
        Row(_C.BOOK, _S.WAITING, _S.BOOKED, "EntryBooked", "it names one expectation, payer and account fit"),
        Row(_C.CLAIM, _S.WAITING, _S.CLAIMING, "EntryClaimed", "finance, with a reason"),
        Row(_C.BOOK, _S.CLAIMING, _S.BOOKED, "EntryBooked", "a second person agreed"),
        Row(_C.DROP_CLAIM, _S.CLAIMING, _S.WAITING, "EntryClaimDropped", "rejected or expired"),
        Row(_C.SEND_BACK, _S.WAITING, _S.RETURNING, "EntrySentBack", "finance, with a reason; two persons order it"),
        Row(_C.CONFIRM_RETURN, _S.RETURNING, _S.RETURNED, "EntryReturned", "the bank's debit entry"),
        Row(_C.REVERSE, _S.BOOKED, _S.REVERSED, "EntryReversed", "the bank undid it"),
        Row(_C.EXPLAIN, _S.WAITING, _S.EXPLAINED, "EntryExplained", "undone by the bank, or told anew in its parts"),
        Row(_C.EXPLAIN, _S.CLAIMING, _S.EXPLAINED, "EntryExplained", "a second person agreed"),
    ],
)


class Explanation(StrEnum):
    """What an entry that pays for nothing is, as two persons say."""

    TOLD_TWICE = "TOLD_TWICE"
    """The bank told of the same money twice: nothing more came."""
    OWN = "OWN"
    """The bank's own: its fee, its interest, or a correction of one."""


class FileKnown(Refusal):
    code = "BANK_FILE_KNOWN"
    message = gettext_noop("This file was already taken in on %(at)s. Nothing was booked again.")


class FileOfAnotherAccount(Refusal):
    code = "BANK_FILE_OTHER_ACCOUNT"
    message = gettext_noop(
        "The file is about account %(account)s, which is not the collecting account of the exchange."
    )
    status = 400


class NotForThis(Refusal):
    code = "BANK_ENTRY_NOT_FOR_THIS"
    message = gettext_noop(
        "This entry cannot be booked there: choose money that is still expected, and an entry of money that came in."
    )
