"""Who may bid for a section. Pure: the facts arrive, the reasons leave."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class Bar(StrEnum):
    """Why an organisation may not bid (now)."""

    NOT_OPEN = "NOT_OPEN"
    DEADLINE_PASSED = "DEADLINE_PASSED"
    IS_OWNER = "IS_OWNER"
    NOT_INVITED = "NOT_INVITED"
    NOT_QUALIFIED = "NOT_QUALIFIED"
    NO_PROPOSAL = "NO_PROPOSAL"
    DOCUMENTS_NOT_TAKEN = "DOCUMENTS_NOT_TAKEN"


BAR_TEXTS = {
    Bar.NOT_OPEN: gettext_noop("no bids are taken for this section now"),
    Bar.DEADLINE_PASSED: gettext_noop("the bid deadline has passed"),
    Bar.IS_OWNER: gettext_noop("the owner and its agent do not bid in their own tender"),
    Bar.NOT_INVITED: gettext_noop("only invited organisations may bid"),
    Bar.NOT_QUALIFIED: gettext_noop("only organisations that were prequalified may bid"),
    Bar.NO_PROPOSAL: gettext_noop("only those whose technical proposal was taken on bid in the second stage"),
    Bar.DOCUMENTS_NOT_TAKEN: gettext_noop("take the tender documents first"),
}


class MayNotBid(Refusal):
    code = "MAY_NOT_BID"
    message = gettext_noop("You may not bid for this section: %(reason)s.")


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides whether an organisation may bid."""

    open: bool
    deadline: datetime | None
    is_owner: bool
    needs_invitation: bool
    invited: bool
    needs_qualification: bool
    qualified: bool
    took_documents: bool
    in_stages: bool = False
    """Whether what qualifies is a technical proposal of the first stage (实施条例 第30条)."""


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether an organisation may bid, and if not, every reason."""

    bars: tuple[Bar, ...]

    @property
    def may_bid(self) -> bool:
        return not self.bars

    def require(self) -> None:
        """Refuses (`MayNotBid`) with the first reason."""
        if self.bars:
            raise MayNotBid(reason=BAR_TEXTS[self.bars[0]])


def eligibility(facts: Facts, *, at: datetime) -> Eligibility:
    """Every bar that stands; none means that the organisation may bid. The deadline itself is too late."""
    late = facts.deadline is None or at >= facts.deadline
    bars = (
        (Bar.IS_OWNER, facts.is_owner),
        (Bar.NOT_OPEN, not facts.open),
        (Bar.DEADLINE_PASSED, facts.open and late),
        (Bar.NOT_INVITED, facts.needs_invitation and not facts.invited),
        (Bar.NOT_QUALIFIED, facts.needs_qualification and not facts.qualified and not facts.in_stages),
        (Bar.NO_PROPOSAL, facts.needs_qualification and not facts.qualified and facts.in_stages),
        (Bar.DOCUMENTS_NOT_TAKEN, not facts.took_documents),
    )
    return Eligibility(tuple(bar for bar, stands in bars if stands))
