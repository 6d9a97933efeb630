"""Who comes first among equals: by the rules of the case in their order, the last of which is a verifiable draw."""

from collections.abc import Sequence

from marketplace.selection.domain.case import Case, Drawn, Entrant, TieRule
from marketplace.selection.domain.outcome import End, Line, Need, Outcome, Telling


def settle(case: Case, equal: Sequence[Entrant], told: Telling) -> Outcome:
    """The winner among `equal`, who are at least one; or the draw that is needed for it."""
    left = list(equal)
    if len(left) > 1:
        told.tell("TIE", [Line(one.number, one.name) for one in left], count=len(left))
    for rule in (*case.terms.ties, TieRule.DRAW):
        if len(left) == 1:
            break
        if rule is TieRule.DRAW:
            return _by_draw(case, left, told)
        left = _by_rule(rule, case, left, told)
    return told.won(left[0].number, case.amount(left[0]))


def _by_rule(rule: TieRule, case: Case, left: Sequence[Entrant], told: Telling) -> list[Entrant]:
    if rule is TieRule.CREDIT:
        most = max(one.credit for one in left)
        told.tell("TIE_CREDIT", [Line(one.number, str(one.credit)) for one in left], value=most)
        return [one for one in left if one.credit == most]
    if rule is TieRule.PRICE:
        kind = case.terms.quote_kind
        least = min(one.comparable(kind) for one in left)
        told.tell("TIE_PRICE", [Line(one.number, str(one.comparable(kind))) for one in left], value=least)
        return [one for one in left if one.comparable(kind) == least]
    first = min(one.signed_up_at for one in left)
    told.tell("TIE_EARLIER", [Line(one.number, one.signed_up_at) for one in left])
    return [one for one in left if one.signed_up_at == first]


def _by_draw(case: Case, left: Sequence[Entrant], told: Telling) -> Outcome:
    purpose = f"TIE:{len(case.dropped) + 1}"
    drawn = case.drawn(purpose)
    if drawn is None:
        return told.needs(End.NEEDS_DRAW, need=Need(purpose, tuple(one.number for one in left), (), 1))
    announce_drawn(drawn, told)
    winner = case.entrant(drawn.selected[0])
    return told.won(winner.number, case.amount(winner))


def announce_drawn(drawn: Drawn, told: Telling) -> None:
    """The step that names the draw and what came out of it."""
    told.tell("DRAWN", draw_id=drawn.draw_id, number=drawn.selected[0])
