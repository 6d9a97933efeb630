"""Bonds and performance securities after the result: when they go back, on which grounds they are kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from commons.domain.machines import Machine, Row
from commons.domain.money import normal_text
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from signatures.guarantees.domain.terms import ClaimGround


class Ground(StrEnum):
    """Why a bond or security is kept (实施条例 第35条, 第74条, 第77条; 招标投标法 第60条)."""

    WITHDRAWN_AFTER_DEADLINE = "WITHDRAWN_AFTER_DEADLINE"
    REFUSED_TO_SIGN = "REFUSED_TO_SIGN"
    NO_PERFORMANCE_BOND = "NO_PERFORMANCE_BOND"
    COLLUSION = "COLLUSION"
    BREACH = "BREACH"
    """The contract was not performed: a performance security alone is kept for it."""


GROUND_TEXTS: Mapping[Ground, str] = MappingProxyType(
    {
        Ground.WITHDRAWN_AFTER_DEADLINE: gettext_noop("Bid withdrawn after the deadline"),
        Ground.REFUSED_TO_SIGN: gettext_noop("Winner refused to sign"),
        Ground.NO_PERFORMANCE_BOND: gettext_noop("The winner gave no performance security"),
        Ground.COLLUSION: gettext_noop("Collusion or fraud"),
        Ground.BREACH: gettext_noop("The contract was not performed"),
    }
)

ARTICLES: Mapping[Ground, str] = MappingProxyType(
    {
        Ground.WITHDRAWN_AFTER_DEADLINE: "招标投标法实施条例第三十五条",
        Ground.REFUSED_TO_SIGN: "招标投标法实施条例第七十四条",
        Ground.NO_PERFORMANCE_BOND: "招标投标法实施条例第七十四条",
        Ground.COLLUSION: "招标投标法第五十三条、第五十四条",
        Ground.BREACH: "招标投标法第六十条",
    }
)

CLAIMS: Mapping[Ground, ClaimGround] = MappingProxyType(
    {ground: ClaimGround(ground.value) for ground in Ground if ground is not Ground.BREACH}
)
"""On what a guarantee in the place of the bond is claimed."""


class ForfeitureState(StrEnum):
    PROPOSED = "PROPOSED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"


class ForfeitureCommand(StrEnum):
    APPROVE = "APPROVE"
    REJECT = "REJECT"


_FS, _FC = ForfeitureState, ForfeitureCommand

FORFEITURE = Machine(
    "Forfeiture",
    states=ForfeitureState,
    commands=ForfeitureCommand,
    initial=_FS.PROPOSED,
    rows=[
        Row(_FC.APPROVE, _FS.PROPOSED, _FS.APPROVED, "ForfeitureApproved", "a second person of the owner"),
        Row(_FC.REJECT, _FS.PROPOSED, _FS.REJECTED, "ForfeitureRejected", "either person"),
    ],
)


class SecurityForm(StrEnum):
    CASH = "CASH"
    PAPER = "PAPER"
    """A guarantee or other paper that the winner hands in."""


class SecurityState(StrEnum):
    ASKED = "ASKED"
    HANDED_IN = "HANDED_IN"
    """The winner handed a paper in; the owner looks at it."""
    GIVEN = "GIVEN"
    RETURNED = "RETURNED"
    KEPT = "KEPT"


class SecurityCommand(StrEnum):
    HAND_IN = "HAND_IN"
    ACCEPT = "ACCEPT"
    TURN_DOWN = "TURN_DOWN"
    RETURN = "RETURN"
    KEEP = "KEEP"


_SS, _SC = SecurityState, SecurityCommand

SECURITY = Machine(
    "Performance security",
    states=SecurityState,
    commands=SecurityCommand,
    initial=_SS.ASKED,
    rows=[
        Row(_SC.HAND_IN, _SS.ASKED, _SS.HANDED_IN, "SecurityHandedIn", "a paper, by the winner"),
        Row(_SC.ACCEPT, _SS.HANDED_IN, _SS.GIVEN, "SecurityAccepted", "by the owner"),
        Row(_SC.ACCEPT, _SS.ASKED, _SS.GIVEN, "SecurityAccepted", "the money arrived in full"),
        Row(_SC.TURN_DOWN, _SS.HANDED_IN, _SS.ASKED, "SecurityTurnedDown", "by the owner, with reasons"),
        Row(_SC.RETURN, _SS.GIVEN, _SS.RETURNED, "SecurityReturned", "the contract was performed"),
        *(
            Row(_SC.RETURN, state, _SS.RETURNED, "SecurityReturned", "the winner gave up")
            for state in (_SS.ASKED, _SS.HANDED_IN)
        ),
        Row(_SC.KEEP, _SS.GIVEN, _SS.KEPT, "SecurityKept", "a forfeiture was approved"),
    ],
)


class SecurityTooHigh(Refusal):
    """实施条例 第58条; 政府采购法实施条例 第48条: at most a tenth of the contract."""

    code = "PERFORMANCE_TOO_HIGH"
    message = gettext_noop("A performance security of at most %(cap)s yuan may be asked here (%(source)s).")
    status = 400


class SecurityMissing(Refusal):
    """实施条例 第74条: a winner that gives no security loses the award."""

    code = "PERFORMANCE_MISSING"
    message = gettext_noop("The winner has not given its performance security of %(amount)s yuan yet.")


class GroundMissing(Refusal):
    code = "FORFEIT_GROUND_MISSING"
    message = gettext_noop("That ground does not stand here: %(reason)s.")
    status = 400


class BondsSealed(Refusal):
    """招标投标法 第22条: who bids, and so who has given a bond, is nobody's to know before the opening."""

    code = "BONDS_SEALED"
    message = gettext_noop(
        "Who has given a bond is sealed until the bids are opened, on %(opens)s at the earliest. "
        "After the opening every bond is shown here."
    )


class NothingToForfeit(Refusal):
    code = "NOTHING_TO_FORFEIT"
    message = gettext_noop("This organisation has no bond or guarantee here that still stands.")


class ForfeitureOpen(Refusal):
    code = "FORFEITURE_OPEN"
    message = gettext_noop("A forfeiture is proposed already; a second person decides it first.")


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides whether a ground stands."""

    deadline_passed: bool
    gave_up: bool
    has_contract: bool


def require_ground(ground: Ground, facts: Facts) -> None:
    """Refuses (`GroundMissing`) a ground that the record of the section does not bear."""
    if not facts.deadline_passed:
        raise GroundMissing(reason=gettext_noop("the bid deadline has not passed"))
    if ground in (Ground.REFUSED_TO_SIGN, Ground.NO_PERFORMANCE_BOND) and not facts.gave_up:
        raise GroundMissing(reason=gettext_noop("record first that the winner gave up"))
    if ground is Ground.BREACH and not facts.has_contract:
        raise GroundMissing(reason=gettext_noop("there is no contract"))


def require_security(amount: Decimal, *, contract: Decimal, share: Decimal, source: str) -> None:
    """Refuses (`SecurityTooHigh`) nothing at all and more than the share of the contract."""
    cap = (share * contract).quantize(Decimal("0.01"))
    if not 0 < amount <= cap:
        raise SecurityTooHigh(cap=normal_text(cap), source=source)
