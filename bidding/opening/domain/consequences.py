"""What follows from a bid that could not be opened: 电子招标投标办法 第31条.

Where the reason lies with the bidder the bid is revoked 撤销; otherwise it counts as withdrawn 撤回 and the
bidder may ask the responsible side for its damage. The others go on either way.
"""

from dataclasses import dataclass
from enum import StrEnum

from commons.domain.text import gettext_noop
from signatures.envelopes.domain.states import Cause


class Consequence(StrEnum):
    REVOKED = "REVOKED"
    """撤销: the bond may be forfeited."""
    WITHDRAWN = "WITHDRAWN"
    """撤回: the bond goes back, damages can be asked for."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Who is to blame, what follows, by which article."""

    cause: Cause
    consequence: Consequence
    text: str
    article: str = "电子招标投标办法 第31条"


_REVOKED = gettext_noop("The reason lies with the bidder: the bid is revoked, and the bond may be forfeited.")
_WITHDRAWN = gettext_noop(
    "The reason does not lie with the bidder: the bid counts as withdrawn and the bond goes back."
)
_OTHERS = frozenset({Cause.NO_QUORUM, Cause.STORED_ALTERED})


def consequence_of(cause: Cause) -> Failure:
    """What follows from a cause."""
    if cause in _OTHERS:
        return Failure(cause, Consequence.WITHDRAWN, _WITHDRAWN)
    return Failure(cause, Consequence.REVOKED, _REVOKED)
