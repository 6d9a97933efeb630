"""Red and black lists: an authority's numbered decision, for the black list after a hearing; repair ends an entry."""

from datetime import date
from enum import StrEnum

from commons.domain.machines import Machine, Row
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class ListColour(StrEnum):
    """Which list."""

    RED = "RED"
    """Honoured."""
    BLACK = "BLACK"
    """Barred from new sign-ups, in the whole province."""


class ListingState(StrEnum):
    PROPOSED = "PROPOSED"
    HEARD = "HEARD"
    """The agency was heard, or had the time to be."""
    LISTED = "LISTED"
    REPAIRED = "REPAIRED"
    ENDED = "ENDED"
    DROPPED = "DROPPED"


class ListingCommand(StrEnum):
    HEAR = "HEAR"
    DECIDE = "DECIDE"
    HONOUR = "HONOUR"
    DROP = "DROP"
    REPAIR = "REPAIR"
    END = "END"


_S, _C = ListingState, ListingCommand

LISTING = Machine(
    "listing",
    states=ListingState,
    commands=ListingCommand,
    initial=ListingState.PROPOSED,
    rows=[
        Row(_C.HEAR, _S.PROPOSED, _S.HEARD, "AgencyHeard", "its statement, or the day for it is over"),
        Row(_C.DECIDE, _S.HEARD, _S.LISTED, "AgencyListed", "the authority, with number"),
        Row(_C.HONOUR, _S.PROPOSED, _S.LISTED, "AgencyListed", "red list: the authority, with number"),
        Row(_C.DROP, _S.PROPOSED, _S.DROPPED, "ListingDropped", "the authority"),
        Row(_C.DROP, _S.HEARD, _S.DROPPED, "ListingDropped", "the authority"),
        Row(_C.REPAIR, _S.LISTED, _S.REPAIRED, "AgencyRepaired", "the authority, with number"),
        Row(_C.END, _S.LISTED, _S.ENDED, "ListingEnded", "its last day is over"),
    ],
)


class HearingFirst(Refusal):
    """No ban without a hearing (行政处罚法 arts 44, 45, 63)."""

    code = "HEARING_FIRST"
    message = gettext_noop("The agency can be heard until %(until)s; decide when it has spoken or that day is over.")


def require_heard(*, statement: str, until: date, today: date) -> None:
    """Refuses `HearingFirst` while the agency may still speak and has not."""
    if not statement.strip() and today <= until:
        raise HearingFirst(until=until.isoformat())
