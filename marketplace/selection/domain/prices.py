"""Selection by price: the lowest quote, the best price, the average price.

Means are exact fractions until the one named rounding: half up to two places (yuan, or percent of the ceiling).
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from marketplace.selection.domain.case import AfterRefusal, Case, Entrant
from marketplace.selection.domain.outcome import End, Failure, Line, Need, Outcome, Telling
from marketplace.selection.domain.ties import settle

PLACES = Decimal("0.01")


def lowest(case: Case, field: Sequence[Entrant], told: Telling) -> Outcome:
    """The lowest quote wins 竞价-最低价; among equals the rules of the case."""
    left = _left(case, field)
    if not left:
        return told.failed(Failure.NO_BIDS)
    least = min(_value(case, one) for one in left)
    ranked = sorted(left, key=lambda one: (_value(case, one), one.number))
    told.tell("LOWEST", [Line(one.number, str(_value(case, one)), one.name) for one in ranked], value=least)
    return settle(case, [one for one in left if _value(case, one) == least], told)


def best(case: Case, field: Sequence[Entrant], told: Telling) -> Outcome:
    """Nearest to trimmed mean × drawn factor 竞价-最优价; of many quotes one highest and one lowest are left out."""
    counted = _counted(case, field)
    if not counted:
        return told.failed(Failure.NO_BIDS)
    if len(counted) == 1:
        told.tell("ONLY_QUOTE", [Line(counted[0].number, str(_value(case, counted[0])))])
        return settle(case, counted, told)
    remaining = _trimmed(case, counted, told)
    mean = _mean(case, remaining, told)
    factor = _factor(case, told)
    if factor is None:
        need = Need(_factor_purpose(case), tuple(format(one, "f") for one in case.terms.factors), (), 1)
        return told.needs(End.NEEDS_DRAW, need=need)
    target = rounded(mean * Fraction(factor))
    told.tell("BENCHMARK", mean=_shown(mean), factor=factor, value=target)
    return _nearest(case, remaining, target, told)


def average(case: Case, field: Sequence[Entrant], told: Telling) -> Outcome:
    """Nearest to the mean of all quotes 均价."""
    counted = _counted(case, field)
    if not counted:
        return told.failed(Failure.NO_BIDS)
    return _nearest(case, counted, rounded(_mean(case, counted, told)), told)


def rounded(value: Fraction) -> Decimal:
    """Half up to two places, from the exact value."""
    hundredths, rest = divmod(value.numerator * 100, value.denominator)
    return (Decimal(hundredths + (2 * rest >= value.denominator)) / 100).quantize(PLACES)


def _trimmed(case: Case, counted: Sequence[Entrant], told: Telling) -> list[Entrant]:
    """Without one highest and one lowest; among equal extremes the later sign-up is left out."""
    if len(counted) < case.terms.trim_from:
        told.tell("NOT_TRIMMED", _lines(case, counted), count=len(counted), trim_from=case.terms.trim_from)
        return list(counted)
    high = max(counted, key=lambda one: (_value(case, one), one.signed_up_at, one.number))
    others = [one for one in counted if one is not high]
    least = min(_value(case, one) for one in others)
    low = max((one for one in others if _value(case, one) == least), key=lambda one: (one.signed_up_at, one.number))
    told.tell("TRIMMED", _lines(case, counted), count=len(counted), high=_value(case, high), low=_value(case, low))
    return [one for one in others if one is not low]


def _mean(case: Case, counted: Sequence[Entrant], told: Telling) -> Fraction:
    total = sum((_value(case, one) for one in counted), Decimal(0))
    mean = Fraction(total) / len(counted)
    told.tell("MEAN", _lines(case, counted), count=len(counted), sum=total, mean=_shown(mean))
    return mean


def _factor(case: Case, told: Telling) -> Decimal | None:
    drawn = case.drawn(_factor_purpose(case))
    if drawn is None:
        return None
    told.tell("FACTOR", draw_id=drawn.draw_id, factor=drawn.selected[0])
    return Decimal(drawn.selected[0])


def _factor_purpose(case: Case) -> str:
    """One factor per computation: a new one only where everything is computed anew."""
    again = len(case.dropped) if case.terms.after_refusal is AfterRefusal.REDRAW else 0
    return f"FACTOR:{again + 1}"


def _nearest(case: Case, counted: Sequence[Entrant], target: Decimal, told: Telling) -> Outcome:
    left = _left(case, counted)
    if not left:
        return told.failed(Failure.NOBODY_LEFT)
    distances = {one.number: abs(_value(case, one) - target) for one in left}
    least = min(distances.values())
    ranked = sorted(left, key=lambda one: (distances[one.number], one.number))
    lines = [Line(one.number, str(_value(case, one)), str(distances[one.number])) for one in ranked]
    told.tell("NEAREST", lines, target=target, value=least)
    return settle(case, [one for one in left if distances[one.number] == least], told)


def _counted(case: Case, field: Sequence[Entrant]) -> list[Entrant]:
    """Whose quotes enter the mean: after a refusal still everybody's, unless everything is computed anew."""
    return _left(case, field) if case.terms.after_refusal is AfterRefusal.REDRAW else list(field)


def _left(case: Case, field: Sequence[Entrant]) -> list[Entrant]:
    out = case.out()
    return [one for one in field if one.number not in out]


def _value(case: Case, one: Entrant) -> Decimal:
    return one.comparable(case.terms.quote_kind)


def _lines(case: Case, field: Sequence[Entrant]) -> list[Line]:
    return [Line(one.number, str(_value(case, one)), one.name) for one in field]


def _shown(mean: Fraction) -> str:
    """Four places are shown; the computation keeps the exact fraction."""
    return str((Decimal(mean.numerator) / Decimal(mean.denominator)).quantize(Decimal("0.0001"), ROUND_HALF_UP))
