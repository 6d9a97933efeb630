"""What a ranked result must be before it may be recorded (实施条例 第53条; 财政部令第87号 第43, 57条)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class ReportInvalid(Refusal):
    code = "REPORT_INVALID"
    message = gettext_noop("The report cannot be recorded: %(reason)s.")
    status = 400


class TooFewValid(Refusal):
    """「评审后」不足三家: the section fails, unless competition remains and the law of the procedure allows it."""

    code = "REPORT_TOO_FEW_VALID"
    message = gettext_noop(
        "Only %(valid)s valid bids remain and %(least)s are needed (%(source)s). Let the section fail, or state why "
        "competition remains where the procedure allows it."
    )


class SamePerson(Refusal):
    code = "REPORT_SAME_PERSON"
    message = gettext_noop("You entered this report, so a second person must confirm it against the signed paper.")
    status = 403


class NotTheFirst(Refusal):
    """实施条例 第55条: the first candidate wins, unless it gives up or is struck."""

    code = "AWARD_NOT_THE_FIRST"
    message = gettext_noop(
        "The award goes to the candidate ranked %(rank)s. Another needs a reform basis, entered before the notice."
    )


class StillShown(Refusal):
    code = "CANDIDATES_STILL_SHOWN"
    message = gettext_noop("The candidates are shown until %(until)s (%(source)s); the award follows after that.")


class FailureUnfounded(Refusal):
    """招标投标法 第42条: the committee rejects bids, not the owner; 实施条例 第55条: anew after a winner gave up."""

    code = "FAILURE_UNFOUNDED"
    message = gettext_noop("The section cannot be declared failed: %(reason)s.")


class VoteMissing(Refusal):
    """物业管理条例 第12条: the owners decide together."""

    code = "OWNERS_VOTE_MISSING"
    message = gettext_noop("The owners' vote decides: enter the body, number and document of its decision.")
    status = 400


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One bidder in the committee's report. `rank` is 0 for a bid that was rejected; `reason` says why so."""

    organisation_id: int
    rank: int
    price: Decimal
    score: Decimal | None
    reason: str
    found: Mapping[str, str] = field(default_factory=dict)
    """What was found beside the price, by the name of its `Fact`."""


def check_lines(
    lines: Sequence[ReportLine],
    *,
    ceiling: Decimal | None,
    as_rate: bool,
    start_price: Decimal | None = None,
    reserve: Decimal | None = None,
) -> None:
    """Refuses (`ReportInvalid`) gaps in the ranks, somebody named twice, and a ranked price that cannot count.

    `as_rate`: prices are discount rates 下浮率, fractions from 0 to 1. `start_price`, `reserve`: of a right that
    is granted; nobody is ranked below either.
    """
    if not lines:
        raise ReportInvalid(reason=gettext_noop("it names nobody"))
    if len({line.organisation_id for line in lines}) != len(lines):
        raise ReportInvalid(reason=gettext_noop("it names a bidder twice"))
    ranks = sorted(line.rank for line in lines if line.rank)
    if ranks != list(range(1, len(ranks) + 1)):
        raise ReportInvalid(reason=gettext_noop("ranks run from 1 without gap or repetition"))
    for line in lines:
        _check_line(line, ceiling=ceiling, as_rate=as_rate)
        if line.rank and start_price is not None and line.price < start_price:
            raise ReportInvalid(reason=gettext_noop("a price below the start price is ranked"))
        if line.rank and reserve is not None and line.price < reserve:
            raise ReportInvalid(reason=gettext_noop("a price below the secret reserve is ranked"))


def require_all(named: Collection[int], opened: Collection[int]) -> None:
    """Refuses (`ReportInvalid`) a report that leaves a bid out, or judges one that was not opened: each bidder is
    told its own result (财政部令第87号 第69条)."""
    if set(named) - set(opened):
        raise ReportInvalid(reason=gettext_noop("it names somebody whose bid was not opened"))
    if set(opened) - set(named):
        raise ReportInvalid(reason=gettext_noop("it leaves out a bidder whose bid was opened"))


def require_enough(
    lines: Sequence[ReportLine],
    *,
    least: int,
    fails: bool,
    competition: str,
    source: str,
    reserve: Decimal | None = None,
) -> None:
    """Refuses (`TooFewValid`) when too few valid bids remain and nothing lets the section go on.

    A bid below the secret reserve competed and is counted, though it cannot win; it is not enough by itself.
    """
    valid = sum(1 for line in lines if line.rank)
    beside = sum(1 for line in lines if reserve is not None and not line.rank and line.price < reserve)
    if (valid > 0 and valid + beside >= least) or (valid > 0 and not fails and len(competition.strip()) >= 10):
        return
    raise TooFewValid(valid=valid, least=least, source=source)


def _check_line(line: ReportLine, *, ceiling: Decimal | None, as_rate: bool) -> None:
    if len(line.reason.strip()) < 5:
        raise ReportInvalid(reason=gettext_noop("each bidder's result needs its reasons"))
    if line.price < 0 or (line.rank and not as_rate and line.price == 0):
        raise ReportInvalid(reason=gettext_noop("a price is missing"))
    if as_rate and not 0 <= line.price < 1:
        raise ReportInvalid(reason=gettext_noop("a discount rate lies between 0 and 1"))
    if line.rank and not as_rate and ceiling is not None and line.price > ceiling:
        raise ReportInvalid(reason=gettext_noop("a price above the ceiling is ranked"))
