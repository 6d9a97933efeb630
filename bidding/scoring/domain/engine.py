"""The price scoring: correction → price → ceiling → baseline → deviation → points → order → flags."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from bidding.scoring.domain import baselines, comparing
from bidding.scoring.domain.baselines import Baseline
from bidding.scoring.domain.corrections import correct
from bidding.scoring.domain.flags import low_flags
from bidding.scoring.domain.model import (
    Bid,
    Flag,
    FlagCode,
    Formula,
    Parameters,
    Place,
    Priced,
    Question,
    Refused,
    RefusedCode,
    Score,
    Sheet,
    Step,
    Trim,
)
from bidding.scoring.domain.rounding import exact, fen, percent, points, ratio
from commons.domain.money import as_text, normal_text
from commons.domain.refusals import Malformed
from commons.domain.text import gettext_noop

_BY_BASELINE: dict[Formula, Callable[[list[Priced], Parameters], Baseline]] = {
    Formula.TRIMMED_MEAN: lambda bids, given: baselines.trimmed(bids, given.trim or Trim.ONE_EACH),
    Formula.FLOATING: baselines.floating,
    Formula.WEIGHTED: lambda bids, given: baselines.weighted(
        bids, given, _needed(given.ceiling, "ceiling"), _needed(given.weight, "weight")
    ),
    Formula.SECOND_MEAN: baselines.second_mean,
}
_COMPARING: dict[Formula, Callable[[Priced, Parameters], comparing.Comparable]] = {
    Formula.LOW_PRICE_FIRST: comparing.deducted,
    Formula.HIGHEST_PRICE: lambda entry, given: (exact(entry.price), []),
    Formula.LOWEST_EVALUATED: comparing.deducted,
    Formula.REVIEWED_LOWEST: comparing.converted,
    Formula.QUALITY_WEIGHTED: comparing.by_quality,
    Formula.LIFE_CYCLE_COST: comparing.over_life,
    Formula.ENERGY_PERFORMANCE: lambda entry, given: comparing.net_present_value(
        entry.bid, _needed(given.discount_rate, "discount_rate")
    ),
}

_HIGHEST_FIRST = frozenset({Formula.HIGHEST_PRICE, Formula.ENERGY_PERFORMANCE})


def score(question: Question) -> Sheet:
    """Points and order of the bids. Refuses (`Malformed`) a question that lacks what its formula needs.

    The same question always has the same answer; nothing is left to chance: equal bids share a rank.
    """
    steps: list[Step] = []
    flags: list[Flag] = []
    refused: list[Refused] = []
    bids = [entry for bid in question.bids if (entry := _taking_part(bid, question.parameters, refused, flags, steps))]
    flags += low_flags(bids, question.parameters)
    if not bids:
        steps.append(Step(gettext_noop("No bid takes part.")))
        return Sheet(None, (), (), tuple(refused), tuple(flags), tuple(steps))
    if question.formula in _BY_BASELINE:
        baseline, scores = _by_deviation(bids, question, steps)
    else:
        baseline, scores = _by_comparison(bids, question, steps)
    order = _order(scores, question.formula, steps)
    return Sheet(baseline, tuple(scores), order, tuple(refused), tuple(flags), tuple(steps))


def _taking_part(
    bid: Bid, parameters: Parameters, refused: list[Refused], flags: list[Flag], steps: list[Step]
) -> Priced | None:
    price = _price(bid, parameters, refused, flags, steps)
    if price is None:
        return None
    if (found := _beyond(price, parameters)) is not None:
        code, text, limit = found
        refused.append(Refused(bid.bidder, code))
        fields = {"bidder": bid.bidder, "price": as_text(price), "limit": as_text(limit)}
        steps.append(Step(text, fields))
        return None
    return Priced(bid, price)


def _beyond(price: Decimal, given: Parameters) -> tuple[RefusedCode, str, Decimal] | None:
    """Which limit of the document a price is beyond, and in which words; nothing where it counts."""
    if given.ceiling is not None and price > given.ceiling:
        text = gettext_noop("%(bidder)s takes no part: %(price)s is above the ceiling price %(limit)s.")
        return RefusedCode.ABOVE_CEILING, text, given.ceiling
    if given.start_price is not None and price < given.start_price:
        text = gettext_noop("%(bidder)s takes no part: %(price)s is below the start price %(limit)s.")
        return RefusedCode.BELOW_START, text, given.start_price
    if given.reserve is not None and price < given.reserve:
        text = gettext_noop("%(bidder)s takes no part: %(price)s is below the secret reserve %(limit)s.")
        return RefusedCode.BELOW_RESERVE, text, given.reserve
    return None


def _price(
    bid: Bid, parameters: Parameters, refused: list[Refused], flags: list[Flag], steps: list[Step]
) -> Decimal | None:
    if bid.rate is not None:
        ceiling = _needed(parameters.ceiling, "ceiling")
        price = fen(exact(ceiling) * (1 - exact(bid.rate)))
        text = gettext_noop("%(bidder)s: %(ceiling)s × (1 − %(rate)s) = %(price)s.")
        fields = {"bidder": bid.bidder, "ceiling": as_text(ceiling), "rate": normal_text(bid.rate)}
        steps.append(Step(text, fields | {"price": as_text(price)}))
        return price
    if bid.quoted is not None:
        return _corrected(bid, refused, flags, steps)
    if bid.price is None:
        raise Malformed(field=f"bids.{bid.bidder}.price", reason="missing")
    return bid.price


def _corrected(bid: Bid, refused: list[Refused], flags: list[Flag], steps: list[Step]) -> Decimal | None:
    """The corrected amount, if it needs no confirmation or has it (87号令 art. 59: otherwise the bid is invalid)."""
    assert bid.quoted is not None
    correction = correct(bid.quoted)
    if not correction.needs_confirmation:
        return correction.amount
    steps.append(Step(gettext_noop("%(bidder)s: amounts in the bid contradict each other."), {"bidder": bid.bidder}))
    steps += correction.steps
    flags += [Flag(bid.bidder, FlagCode.CORRECTED, step) for step in correction.steps]
    fields = {"bidder": bid.bidder, "price": as_text(correction.amount)}
    if bid.quoted.confirmed:
        steps.append(Step(gettext_noop("%(bidder)s confirmed the corrected price %(price)s."), fields))
        return correction.amount
    if bid.quoted.confirmed is None:
        refused.append(Refused(bid.bidder, RefusedCode.CORRECTION_UNCONFIRMED))
        text = gettext_noop("%(bidder)s takes no part before it confirms the corrected price %(price)s.")
    else:
        refused.append(Refused(bid.bidder, RefusedCode.CORRECTION_REFUSED))
        text = gettext_noop("%(bidder)s takes no part: it did not accept the corrected price %(price)s.")
    steps.append(Step(text, fields))
    return None


def _by_deviation(bids: list[Priced], question: Question, steps: list[Step]) -> tuple[Decimal, list[Score]]:
    """Points lost per percent of deviation from the baseline, upwards and downwards at their own rates."""
    value, found = _BY_BASELINE[question.formula](bids, question.parameters)
    baseline = fen(value)
    if not baseline:
        raise Malformed(field="bids", reason="the baseline is zero")
    steps += found
    steps.append(Step(gettext_noop("Baseline, to the fen, half up: %(baseline)s."), {"baseline": as_text(baseline)}))
    given = question.parameters
    scores = []
    for entry in bids:
        deviation = ratio((exact(entry.price) - exact(baseline)) / exact(baseline))
        rate = given.above if deviation > 0 else given.below
        got = points(exact(given.full) - abs(exact(deviation)) * 100 * exact(rate))
        text = gettext_noop(
            "%(bidder)s: (%(price)s − %(baseline)s) ÷ %(baseline)s = %(deviation)s %%; "
            "%(full)s − |%(deviation)s| × %(rate)s = %(points)s."
        )
        fields = {
            "bidder": entry.bid.bidder,
            "price": as_text(entry.price),
            "baseline": as_text(baseline),
            "deviation": percent(deviation),
            "full": normal_text(given.full),
            "rate": normal_text(rate),
            "points": as_text(got),
        }
        steps.append(Step(text, fields))
        got = _with_bonus(entry, got, given, steps)
        scores.append(Score(entry.bid.bidder, entry.price, exact(entry.price), deviation, got))
    return baseline, scores


def _with_bonus(entry: Priced, got: Decimal, given: Parameters, steps: list[Step]) -> Decimal:
    """Works not scored low-price-first: small firms get a share of their score on top (财库〔2020〕46号 art. 9)."""
    if not entry.bid.sme or not given.works_bonus:
        return got
    more = points(exact(got) * (1 + exact(given.works_bonus)))
    text = gettext_noop("%(bidder)s is a small firm: %(points)s × (1 + %(bonus)s) = %(more)s.")
    fields = {"bidder": entry.bid.bidder, "points": as_text(got), "bonus": normal_text(given.works_bonus)}
    steps.append(Step(text, fields | {"more": as_text(more)}))
    return more


def _by_comparison(bids: list[Priced], question: Question, steps: list[Step]) -> tuple[Decimal, list[Score]]:
    compared: list[tuple[Priced, Fraction]] = []
    for entry in bids:
        value, found = _COMPARING[question.formula](entry, question.parameters)
        compared.append((entry, value))
        steps += found
    values = [value for _, value in compared]
    best = max(values) if question.formula in _HIGHEST_FIRST else min(values)
    text = gettext_noop("Best value, to the fen, half up: %(baseline)s.")
    steps.append(Step(text, {"baseline": as_text(fen(best))}))
    scores = [
        Score(entry.bid.bidder, entry.price, value, _distance(value, best), _share(value, best, entry, question, steps))
        for entry, value in compared
    ]
    return fen(best), scores


def _distance(value: Fraction, best: Fraction) -> Decimal | None:
    return ratio((value - best) / best) if best else None


def _share(value: Fraction, best: Fraction, entry: Priced, question: Question, steps: list[Step]) -> Decimal | None:
    """Low price first: lowest ÷ price × full points; highest price: price ÷ highest; the others give an order alone."""
    if question.formula not in (Formula.LOW_PRICE_FIRST, Formula.HIGHEST_PRICE):
        return None
    if value <= 0 or best <= 0:
        raise Malformed(field=f"bids.{entry.bid.bidder}.price", reason="zero")
    upper, lower = (value, best) if question.formula is Formula.HIGHEST_PRICE else (best, value)
    got = points(upper / lower * exact(question.parameters.full))
    fields = {
        "bidder": entry.bid.bidder,
        "best": as_text(fen(upper)),
        "value": as_text(fen(lower)),
        "full": normal_text(question.parameters.full),
        "points": as_text(got),
    }
    steps.append(Step(gettext_noop("%(bidder)s: %(best)s ÷ %(value)s × %(full)s = %(points)s."), fields))
    return got


def _order(scores: list[Score], formula: Formula, steps: list[Step]) -> tuple[Place, ...]:
    """By points, then by the lower price (87号令 art. 57); without points by what is compared."""

    sign = -1 if formula in _HIGHEST_FIRST else 1

    def key(entry: Score) -> tuple[Fraction, Fraction]:
        if entry.points is not None:
            return -exact(entry.points), sign * exact(entry.price)
        return sign * entry.comparable, Fraction(0)

    places: list[Place] = []
    for _, group in groupby(sorted(scores, key=key), key=key):
        equal = list(group)
        rank = len(places) + 1
        places += [Place(rank, entry.bidder, len(equal) > 1) for entry in equal]
        if len(equal) > 1:
            text = gettext_noop("%(bidders)s are equal: the tender document's rule decides, otherwise a draw.")
            steps.append(Step(text, {"bidders": ", ".join(entry.bidder for entry in equal)}))
    return tuple(places)


def _needed(value: Decimal | None, name: str) -> Decimal:
    if value is None:
        raise Malformed(field=f"parameters.{name}", reason="missing, and the formula needs it")
    return value
