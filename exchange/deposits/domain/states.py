"""How far money that is expected has come: a cash bond 保证金 or a purchase price 成交价款."""

from enum import StrEnum

from commons.domain.machines import Machine, Row
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class Purpose(StrEnum):
    """What money is expected for."""

    DEPOSIT = "DEPOSIT"
    PRICE = "PRICE"
    BOND = "BOND"
    """A tender bond 投标保证金."""
    PERFORMANCE = "PERFORMANCE"
    """A performance security 履约保证金."""


SECURITIES = frozenset({Purpose.BOND, Purpose.PERFORMANCE})
"""What a subject above expects in a procedure of its own, without a lot; its terms stand on each."""

IN_TIME = frozenset({Purpose.DEPOSIT, Purpose.BOND})
"""What covers nothing when it comes too late."""


class MoneyState(StrEnum):
    EXPECTED = "EXPECTED"
    PART_RECEIVED = "PART_RECEIVED"
    LATE = "LATE"
    """Everything came, but not in time: it covers nothing and can only go back."""
    COVERED = "COVERED"
    RETAINED = "RETAINED"
    """Frozen: the buyer won, or a complaint is open."""
    APPLIED = "APPLIED"
    """Counted towards the purchase price."""
    RELEASED = "RELEASED"
    REFUNDED = "REFUNDED"
    FORFEITED = "FORFEITED"
    CANCELLED = "CANCELLED"
    """No longer wanted, and nothing was there."""


class MoneyCommand(StrEnum):
    RECEIVE_PART = "RECEIVE_PART"
    RECEIVE_LATE = "RECEIVE_LATE"
    COVER = "COVER"
    TAKE_BACK = "TAKE_BACK"
    ASK_MORE = "ASK_MORE"
    RETAIN = "RETAIN"
    APPLY = "APPLY"
    UNAPPLY = "UNAPPLY"
    RELEASE = "RELEASE"
    CONFIRM_REFUND = "CONFIRM_REFUND"
    BOUNCE = "BOUNCE"
    FORFEIT = "FORFEIT"
    CANCEL = "CANCEL"


_S, _C = MoneyState, MoneyCommand


def _each(
    sources: tuple[MoneyState, ...], command: MoneyCommand, target: MoneyState, event: str, guard: str
) -> list[Row[MoneyState, MoneyCommand]]:
    return [Row(command, source, target, event, guard) for source in sources]


_WAITING = (_S.EXPECTED, _S.PART_RECEIVED)
_RECEIVED = (_S.PART_RECEIVED, _S.LATE, _S.COVERED)

MACHINE = Machine(
    "Expected money",
    states=MoneyState,
    commands=MoneyCommand,
    initial=_S.EXPECTED,
    rows=[
        *_each(_WAITING, _C.RECEIVE_PART, _S.PART_RECEIVED, "MoneyPartReceived", "less than asked for"),
        *_each(
            _WAITING, _C.RECEIVE_LATE, _S.LATE, "MoneyLate", "a deposit or bond, complete only at or after the due time"
        ),
        *_each(_WAITING, _C.COVER, _S.COVERED, "MoneyCovered", "complete; a deposit or bond also in time"),
        *_each(
            (*_RECEIVED, _S.RETAINED), _C.TAKE_BACK, _S.PART_RECEIVED, "MoneyTakenBack", "the bank reversed a receipt"
        ),
        Row(_C.TAKE_BACK, _S.RELEASED, _S.CANCELLED, "MoneyTakenBack", "reversed before the refund was ordered"),
        Row(_C.ASK_MORE, _S.COVERED, _S.PART_RECEIVED, "MoreExpected", "the notice was amended: more is asked for"),
        Row(_C.RETAIN, _S.COVERED, _S.RETAINED, "DepositRetained", "with a reason"),
        Row(_C.APPLY, _S.RETAINED, _S.APPLIED, "DepositApplied", "the rules count it towards the price"),
        Row(_C.UNAPPLY, _S.APPLIED, _S.RETAINED, "DepositUnapplied", "the price did not come about"),
        *_each((*_RECEIVED, _S.RETAINED), _C.RELEASE, _S.RELEASED, "MoneyReleased", "with a reason"),
        Row(_C.CONFIRM_REFUND, _S.RELEASED, _S.REFUNDED, "MoneyRefunded", "the bank confirmed the payment"),
        Row(_C.BOUNCE, _S.REFUNDED, _S.RELEASED, "RefundBounced", "the payee's bank sent it back"),
        *_each(
            (_S.PART_RECEIVED, _S.COVERED, _S.RETAINED),
            _C.FORFEIT,
            _S.FORFEITED,
            "DepositForfeited",
            "a numbered decision; what the bank left of one that was whole",
        ),
        *_each(_WAITING, _C.CANCEL, _S.CANCELLED, "ExpectationCancelled", "nothing is there"),
    ],
)

COVERING = frozenset({_S.COVERED, _S.RETAINED, _S.APPLIED})
"""The states in which the money stands behind its lot."""

OPEN = frozenset({_S.EXPECTED, _S.PART_RECEIVED})
"""The states in which money is still waited for."""


class DepositNotCovered(Refusal):
    code = "DEPOSIT_INCOMPLETE"
    message = gettext_noop("The deposit for this lot is not covered yet: %(received)s of %(amount)s yuan have arrived.")


class ReasonNeeded(Refusal):
    code = "MONEY_REASON_NEEDED"
    message = gettext_noop("Say why the money is moved: name the event or the decision.")
    status = 400


class DecisionNeeded(Refusal):
    """A forfeit is the decision of the seller or the regulator, not of the exchange (平台办法)."""

    code = "FORFEIT_DECISION_NEEDED"
    message = gettext_noop("A deposit is forfeited only by a numbered decision. Enter its number.")
    status = 400


class TreasuryHoldsIt(Refusal):
    code = "TREASURY_HOLDS_IT"
    message = gettext_noop("The price was passed on to the treasury, which alone can give it back. Apply there.")


class AmountDiffers(Refusal):
    code = "EXPECTED_AMOUNT_DIFFERS"
    message = gettext_noop(
        "Money has already arrived for this; the expected amount of %(amount)s yuan can no longer change."
    )
