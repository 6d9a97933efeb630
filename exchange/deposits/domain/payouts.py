"""Money that leaves: one leg per payee and reason, ordered in batches that two persons stand for."""

from enum import StrEnum

from commons.domain.machines import Machine, Row
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class PayoutKind(StrEnum):
    REFUND = "REFUND"
    """A deposit or payment back to its payer, with interest."""
    FORFEIT = "FORFEIT"
    """A forfeited deposit to the treasury."""
    RETURN = "RETURN"
    """A payment that nobody could claim, back to where it came from."""
    PROCEEDS = "PROCEEDS"
    """A purchase price on to the treasury (财税〔2015〕61号)."""


class LegState(StrEnum):
    DUE = "DUE"
    BATCHED = "BATCHED"
    ORDERED = "ORDERED"
    PAID = "PAID"
    CANCELLED = "CANCELLED"
    """The bank took back what was to be paid out."""


class LegCommand(StrEnum):
    BATCH = "BATCH"
    UNBATCH = "UNBATCH"
    ORDER = "ORDER"
    CONFIRM = "CONFIRM"
    BOUNCE = "BOUNCE"
    REFUSE = "REFUSE"
    CANCEL = "CANCEL"


_L, _C = LegState, LegCommand

LEG = Machine(
    "Payout",
    states=LegState,
    commands=LegCommand,
    initial=_L.DUE,
    rows=[
        Row(_C.BATCH, _L.DUE, _L.BATCHED, "PayoutBatched", "the payee's account is on the allow-list"),
        Row(_C.UNBATCH, _L.BATCHED, _L.DUE, "PayoutUnbatched", "the batch was rejected"),
        Row(_C.ORDER, _L.BATCHED, _L.ORDERED, "PayoutOrdered", "a second person approved the batch"),
        Row(_C.CONFIRM, _L.ORDERED, _L.PAID, "PayoutConfirmed", "the bank's debit entry"),
        Row(_C.REFUSE, _L.ORDERED, _L.DUE, "PayoutRefused", "the bank did not carry it out"),
        Row(_C.CONFIRM, _L.DUE, _L.PAID, "PayoutConfirmed", "called refused, but the bank had carried it out"),
        Row(_C.CANCEL, _L.DUE, _L.CANCELLED, "PayoutCancelled", "the bank took back what was to be paid out"),
        Row(_C.BOUNCE, _L.PAID, _L.DUE, "PayoutBounced", "the payee's bank sent it back"),
    ],
)


class BatchState(StrEnum):
    PROPOSED = "PROPOSED"
    ORDERED = "ORDERED"
    REJECTED = "REJECTED"


class BatchCommand(StrEnum):
    ORDER = "ORDER"
    REJECT = "REJECT"


BATCH = Machine(
    "Payout batch",
    states=BatchState,
    commands=BatchCommand,
    initial=BatchState.PROPOSED,
    rows=[
        Row(BatchCommand.ORDER, BatchState.PROPOSED, BatchState.ORDERED, "BatchOrdered", "a second person"),
        Row(BatchCommand.REJECT, BatchState.PROPOSED, BatchState.REJECTED, "BatchRejected"),
    ],
)


class NothingDue(Refusal):
    code = "PAYOUT_NOTHING_DUE"
    message = gettext_noop("None of the chosen payments can be ordered now. Load the page again.")


class PayeeNotListed(Refusal):
    code = "PAYEE_NOT_LISTED"
    message = gettext_noop(
        "%(payee)s has no account on the list of allowed payees. Enter one and let a second person approve it."
    )


class BatchChanged(Refusal):
    """What a second person approved is ordered, and nothing else."""

    code = "PAYOUT_BATCH_CHANGED"
    message = gettext_noop("The batch is not what was approved any more. Reject it and make a new one.")
