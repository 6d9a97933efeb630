"""The life of a guarantee 保函, from the application to its end."""

from enum import StrEnum

from commons.domain.machines import Machine, Row


class GuaranteeState(StrEnum):
    APPLIED = "APPLIED"
    UNDERWRITING = "UNDERWRITING"
    DECLINED = "DECLINED"
    SEALED = "SEALED"
    """Issued and bound to its procedure; nobody but applicant and issuer knows of it."""
    OPENED = "OPENED"
    RELEASED = "RELEASED"
    CLAIMED = "CLAIMED"
    PAID = "PAID"
    REFUSED = "REFUSED"
    """The issuer refused a claim, with grounds. A new claim is possible while the guarantee is valid."""
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


class GuaranteeCommand(StrEnum):
    TAKE_UP = "TAKE_UP"
    DECLINE = "DECLINE"
    ISSUE = "ISSUE"
    UPLOAD = "UPLOAD"
    OPEN = "OPEN"
    CLAIM = "CLAIM"
    PAY = "PAY"
    REFUSE = "REFUSE"
    RELEASE = "RELEASE"
    CANCEL = "CANCEL"
    EXPIRE = "EXPIRE"


_S, _C = GuaranteeState, GuaranteeCommand

BEFORE_ISSUE = (_S.APPLIED, _S.UNDERWRITING)

MACHINE = Machine(
    "Guarantee",
    states=GuaranteeState,
    commands=GuaranteeCommand,
    initial=_S.APPLIED,
    rows=[
        Row(_C.TAKE_UP, _S.APPLIED, _S.UNDERWRITING, "GuaranteeTakenUp", "by an underwriter of the issuer"),
        *(Row(_C.DECLINE, source, _S.DECLINED, "GuaranteeDeclined", "with a reason") for source in BEFORE_ISSUE),
        Row(_C.ISSUE, _S.UNDERWRITING, _S.SEALED, "GuaranteeSealed", "every check passes; before the deadline"),
        Row(_C.UPLOAD, _S.APPLIED, _S.SEALED, "GuaranteeSealed", "of an issuer that is not connected; signature valid"),
        *(Row(_C.CANCEL, source, _S.CANCELLED, "GuaranteeCancelled", "before the deadline") for source in BEFORE_ISSUE),
        Row(_C.CANCEL, _S.SEALED, _S.CANCELLED, "GuaranteeCancelled", "before the deadline"),
        Row(_C.OPEN, _S.SEALED, _S.OPENED, "GuaranteeOpened", "at the opening"),
        Row(_C.RELEASE, _S.SEALED, _S.RELEASED, "GuaranteeReleased", "the procedure ended without an opening"),
        Row(_C.RELEASE, _S.OPENED, _S.RELEASED, "GuaranteeReleased", "by the beneficiary or its procedure"),
        Row(_C.RELEASE, _S.REFUSED, _S.RELEASED, "GuaranteeReleased", "by the beneficiary or its procedure"),
        Row(_C.CLAIM, _S.OPENED, _S.CLAIMED, "GuaranteeClaimed", "by the beneficiary, while valid, on a ground"),
        Row(_C.CLAIM, _S.REFUSED, _S.CLAIMED, "GuaranteeClaimed", "by the beneficiary, while valid, on a ground"),
        Row(_C.PAY, _S.CLAIMED, _S.PAID, "GuaranteePaid", "the bank's reference"),
        Row(_C.REFUSE, _S.CLAIMED, _S.REFUSED, "ClaimRefused", "with grounds"),
        *(
            Row(_C.EXPIRE, source, _S.EXPIRED, "GuaranteeExpired", "the last day is over")
            for source in (*BEFORE_ISSUE, _S.SEALED, _S.OPENED, _S.REFUSED)
        ),
    ],
)

SECRET = frozenset({_S.APPLIED, _S.UNDERWRITING, _S.SEALED})
"""While a guarantee is in one of these, only applicant and issuer may know that it exists."""

ALIVE = frozenset({_S.SEALED, _S.OPENED, _S.CLAIMED, _S.REFUSED})
"""The issuer's money stands behind it."""

WAKING = frozenset({_S.APPLIED, _S.UNDERWRITING, _S.SEALED, _S.OPENED, _S.REFUSED})
"""The states that time ends."""

EXTENDABLE = frozenset({_S.SEALED, _S.OPENED, _S.REFUSED})
"""The states in which a longer version may take the place of the one that stands."""
