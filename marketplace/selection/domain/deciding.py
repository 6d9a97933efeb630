"""Who is selected: a pure function of the case, so that anybody who has the published case computes it again.

`decide` may be asked at any time. Where chance, scores or the owner's choice are missing it says what is needed; the
caller adds that to the case and asks again. Earlier steps never change by it.
"""

from collections.abc import Callable, Sequence

from marketplace.selection.domain import merit, prices
from marketplace.selection.domain.case import AfterRefusal, Case, Cause, Entrant, QuoteKind, Way
from marketplace.selection.domain.outcome import End, Failure, Line, Need, Outcome, Telling
from marketplace.selection.domain.ties import announce_drawn

Method = Callable[[Case, Sequence[Entrant], Telling], Outcome]


def decide(case: Case) -> Outcome:
    """The outcome of the case as far as it is known."""
    told = Telling()
    field = _qualified(case, told)
    if len(field) < case.terms.minimum:
        return told.failed(Failure.TOO_FEW)
    for one in case.dropped:
        told.tell("DROPPED", number=one.number, cause=one.cause.value)
    gave_up = any(one.cause is Cause.REFUSED for one in case.dropped)
    if gave_up and case.terms.after_refusal is AfterRefusal.REANNOUNCE:
        return told.failed(Failure.REFUSED)
    if not any(one.number not in case.out() for one in field):
        return told.failed(Failure.NOBODY_LEFT)
    return _METHODS[case.terms.way](case, field, told)


def _qualified(case: Case, told: Telling) -> list[Entrant]:
    """Those who may take part: qualified now, with a quote inside the limits where quotes are compared."""
    told.tell("SIGNED_UP", [Line(one.number, one.name, one.code) for one in case.entrants], count=len(case.entrants))
    barred = [one for one in case.entrants if one.barred]
    if barred:
        told.tell("BARRED", [Line(one.number, one.name, one.barred) for one in barred], count=len(barred))
    field = [one for one in case.entrants if not one.barred]
    if case.live:
        field = _bidders(field, told)
    field = _inside(case, field, told)
    told.tell("QUALIFIED", count=len(field), minimum=case.terms.minimum)
    return field


def _bidders(field: Sequence[Entrant], told: Telling) -> list[Entrant]:
    bidders = [one for one in field if one.quote is not None]
    told.tell("ROOM", [Line(one.number, format(one.quote or 0, "f")) for one in bidders], count=len(bidders))
    return bidders


def _inside(case: Case, field: Sequence[Entrant], told: Telling) -> list[Entrant]:
    terms = case.terms
    if terms.quote_kind is not QuoteKind.AMOUNT or terms.way in (Way.LOTTERY, Way.DIRECT):
        return list(field)
    low, high = terms.floor, terms.ceiling
    inside = [
        one
        for one in field
        if one.quote is not None and (low is None or one.quote >= low) and (high is None or one.quote <= high)
    ]
    if len(inside) < len(field):
        numbers = {one.number for one in inside}
        outside = [Line(one.number, format(one.quote or 0, "f")) for one in field if one.number not in numbers]
        told.tell("OUTSIDE", outside, count=len(outside), floor=low or "-", ceiling=high or "-")
    return inside


def _lottery(case: Case, field: Sequence[Entrant], told: Telling) -> Outcome:
    """One of N at the fixed price; who fell out is excluded from the next draw of the same roster."""
    told.tell("LOTTERY", [Line(one.number, one.name) for one in field], count=len(field))
    purpose = f"WINNER:{len(case.dropped) + 1}"
    drawn = case.drawn(purpose)
    if drawn is None:
        need = Need(purpose, tuple(one.number for one in field), tuple(sorted(case.out())), 1)
        return told.needs(End.NEEDS_DRAW, need=need)
    announce_drawn(drawn, told)
    winner = drawn.selected[0]
    return told.won(winner, case.amount(case.entrant(winner)))


def _direct(case: Case, field: Sequence[Entrant], told: Telling) -> Outcome:
    """The owner's choice with its reason; it stands only while the named agency is qualified."""
    named = next((one for one in field if one.code == case.terms.named and one.number not in case.out()), None)
    if named is None:
        return told.failed(Failure.NAMED_BARRED)
    told.tell("NAMED", [Line(named.number, named.name, case.terms.reason)], number=named.number)
    return told.won(named.number, case.amount(named))


_METHODS: dict[Way, Method] = {
    Way.LOTTERY: _lottery,
    Way.LOWEST_PRICE: prices.lowest,
    Way.BEST_PRICE: prices.best,
    Way.AVERAGE_PRICE: prices.average,
    Way.CREDIT_MERIT: merit.by_credit,
    Way.PROPOSAL_MERIT: merit.by_proposal,
    Way.DIRECT: _direct,
}
