"""Selection by merit: credit (big list, lottery, small list, the owner's pick) and proposals (a panel's scores)."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from marketplace.selection.domain.case import Case, Criterion, Entrant, Score
from marketplace.selection.domain.outcome import End, Failure, Line, Need, Outcome, Telling
from marketplace.selection.domain.prices import rounded
from marketplace.selection.domain.ties import settle

NUMBERS_PURPOSE = "NUMBERS:1"


class ScoreOutOfRange(Refusal):
    code = "SCORE_OUT_OF_RANGE"
    message = gettext_noop("“%(criterion)s” is scored from 0 to %(most)s, with at most two places.")
    status = 400


class ScoresMissing(Refusal):
    code = "SCORES_MISSING"
    message = gettext_noop("Score every proposal for every criterion: number %(number)s lacks “%(criterion)s”.")
    status = 400


class NotOnSmallList(Refusal):
    code = "NOT_ON_SMALL_LIST"
    message = gettext_noop("Pick an agency from the small list.")
    status = 400


def by_credit(case: Case, field: Sequence[Entrant], told: Telling) -> Outcome:
    """信用择优: credit gives the big list; numbers in proportion to credit and a draw give the small list."""
    big = _big_list(case, field, told)
    tickets = allotted(big, case.terms.numbers)
    lines = [Line(one.number, str(one.credit), str(len(tickets[one.number]))) for one in big]
    told.tell("NUMBERS", lines, numbers=sum(len(given) for given in tickets.values()))
    drawn = case.drawn(NUMBERS_PURPOSE)
    if drawn is None:
        roster = tuple(ticket for given in tickets.values() for ticket in given)
        return told.needs(End.NEEDS_DRAW, need=Need(NUMBERS_PURPOSE, roster, (), len(roster)))
    small = list(dict.fromkeys(ticket.partition("-")[0] for ticket in drawn.selected))[: case.terms.small_list]
    chosen = [case.entrant(number) for number in small]
    told.tell("SMALL_LIST", [Line(one.number, one.name) for one in chosen], drawn.draw_id, count=len(chosen))
    return _picked(case, [number for number in small if number not in case.out()], told)


def _picked(case: Case, left: Sequence[str], told: Telling) -> Outcome:
    if not left:
        return told.failed(Failure.NOBODY_LEFT)
    if case.pick not in left:
        return told.needs(End.NEEDS_PICK, eligible=left)
    told.tell("PICKED", [Line(case.pick, case.entrant(case.pick).name, case.pick_reason)], number=case.pick)
    return told.won(case.pick, case.amount(case.entrant(case.pick)))


def _big_list(case: Case, field: Sequence[Entrant], told: Telling) -> list[Entrant]:
    ranked = sorted(field, key=lambda one: (-one.credit, one.number))
    size = min(case.terms.big_list, len(ranked))
    cut = ranked[size - 1].credit
    big = [one for one in ranked if one.credit >= cut]
    lines = [Line(one.number, str(one.credit), one.name) for one in ranked]
    told.tell("BIG_LIST", lines, size=size, cut=cut, count=len(big))
    return big


def allotted(big: Sequence[Entrant], numbers: int) -> dict[str, list[str]]:
    """Draw numbers `NN-k` per agency: one for each, the rest in proportion to credit by the largest remainders."""
    rest = max(0, numbers - len(big))
    total = sum((Fraction(one.credit) for one in big), Fraction(0))
    ideal = {one.number: rest * Fraction(one.credit) / total if total else Fraction(0) for one in big}
    given = {number: int(share) for number, share in ideal.items()}
    short = (rest if total else 0) - sum(given.values())
    by_remainder = sorted(ideal, key=lambda number: (given[number] - ideal[number], number))
    for number in by_remainder[:short]:
        given[number] += 1
    return {one.number: [f"{one.number}-{place:03d}" for place in range(1, given[one.number] + 2)] for one in big}


def by_proposal(case: Case, field: Sequence[Entrant], told: Telling) -> Outcome:
    """方案择优: the mean of the members' points per criterion, added up; the highest total wins."""
    if not case.scores:
        return told.needs(End.NEEDS_SCORES, eligible=[one.number for one in field])
    totals = {one.number: total_of(case.scores, case.terms.criteria, one.number) for one in field}
    members = {score.member for score in case.scores}
    ranked = sorted(field, key=lambda one: (-totals[one.number], one.number))
    lines = [Line(one.number, str(totals[one.number]), one.name) for one in ranked]
    told.tell("SCORED", lines, members=len(members), count=len(field))
    left = [one for one in ranked if one.number not in case.out()]
    most = max(totals[one.number] for one in left)
    told.tell("HIGHEST", value=most)
    return settle(case, [one for one in left if totals[one.number] == most], told)


def total_of(scores: Sequence[Score], criteria: Sequence[Criterion], number: str) -> Decimal:
    """Points of one agency: per criterion the mean over members, rounded half up to two places, then added."""
    total = Decimal(0)
    for criterion in criteria:
        points = [one.points for one in scores if (one.number, one.criterion) == (number, criterion.key)]
        total += rounded(Fraction(sum(points, Decimal(0))) / len(points)) if points else Decimal(0)
    return total.quantize(Decimal("0.01"), ROUND_HALF_UP)


def check_sheet(scores: Sequence[Score], criteria: Sequence[Criterion], numbers: Sequence[str]) -> None:
    """Whether a member's sheet is complete and in range. Refuses `ScoresMissing`, `ScoreOutOfRange`."""
    given = {(one.number, one.criterion): one.points for one in scores}
    for number in numbers:
        for criterion in criteria:
            points = given.get((number, criterion.key))
            if points is None:
                raise ScoresMissing(number=number, criterion=criterion.label)
            if not 0 <= points <= criterion.points or points != points.quantize(Decimal("0.01")):
                raise ScoreOutOfRange(criterion=criterion.label, most=str(criterion.points))
