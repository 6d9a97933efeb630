"""The baseline 评标基准价 of each formula, as an exact fraction with its steps."""

from decimal import Decimal
from fractions import Fraction

from bidding.scoring.domain.model import Parameters, Priced, Step, Trim
from bidding.scoring.domain.rounding import exact, fen
from commons.domain.money import as_text, normal_text
from commons.domain.text import gettext_noop

FEW = 3
"""Up to so many bids nothing is left out of a mean."""
MANY = 7
"""From so many bids on the graded rule leaves out both ends."""

Baseline = tuple[Fraction, list[Step]]


def mean(prices: list[Fraction]) -> Fraction:
    return sum(prices, Fraction(0)) / len(prices)


def trimmed(bids: list[Priced], trim: Trim) -> Baseline:
    """The mean after leaving out what the rule leaves out; of equal prices one is left out."""
    ranked = sorted(bids, key=lambda entry: entry.price)
    low, high = _cuts(len(ranked), trim)
    kept, dropped = ranked[low : len(ranked) - high], ranked[:low] + ranked[len(ranked) - high :]
    steps = [_left_out(dropped, trim)] if dropped else []
    value = mean([exact(entry.price) for entry in kept])
    text = gettext_noop("Mean of %(count)s prices (%(prices)s): %(mean)s.")
    prices = " + ".join(as_text(entry.price) for entry in kept)
    steps.append(Step(text, {"count": str(len(kept)), "prices": prices, "mean": as_text(fen(value))}))
    return value, steps


def floating(bids: list[Priced], parameters: Parameters) -> Baseline:
    value, steps = trimmed(bids, parameters.trim or Trim.ONE_EACH)
    baseline = value * (1 - exact(parameters.delta))
    text = gettext_noop("Times (1 − δ), δ = %(delta)s: %(value)s.")
    return baseline, [*steps, Step(text, {"delta": normal_text(parameters.delta), "value": as_text(fen(baseline))})]


def weighted(bids: list[Priced], parameters: Parameters, ceiling: Decimal, weight: Decimal) -> Baseline:
    """ceiling × w × (1 − Δ) + mean × (1 − w) × K."""
    value, steps = trimmed(bids, parameters.trim or Trim.NONE)
    of_ceiling = exact(ceiling) * exact(weight) * (1 - exact(parameters.delta))
    of_mean = value * (1 - exact(weight)) * exact(parameters.factor)
    text = gettext_noop(
        "Ceiling %(ceiling)s × %(weight)s × (1 − %(delta)s) + mean × (1 − %(weight)s) × %(factor)s: "
        "%(of_ceiling)s + %(of_mean)s = %(value)s."
    )
    fields = {
        "ceiling": as_text(ceiling),
        "weight": normal_text(weight),
        "delta": normal_text(parameters.delta),
        "factor": normal_text(parameters.factor),
        "of_ceiling": as_text(fen(of_ceiling)),
        "of_mean": as_text(fen(of_mean)),
        "value": as_text(fen(of_ceiling + of_mean)),
    }
    return of_ceiling + of_mean, [*steps, Step(text, fields)]


def second_mean(bids: list[Priced], parameters: Parameters) -> Baseline:
    """The mean of the bids that are not above the first mean."""
    first, steps = trimmed(bids, parameters.trim or Trim.NONE)
    kept = [entry for entry in bids if exact(entry.price) <= first]
    second = mean([exact(entry.price) for entry in kept]) if kept else first
    text = gettext_noop("Mean of the %(count)s prices that are not above the first mean: %(value)s.")
    return second, [*steps, Step(text, {"count": str(len(kept)), "value": as_text(fen(second))})]


def _cuts(count: int, trim: Trim) -> tuple[int, int]:
    """How many of the lowest and of the highest prices are left out."""
    if trim is Trim.NONE or count <= FEW:
        return 0, 0
    if trim is Trim.GRADED and count < MANY:
        return 0, 1
    return 1, 1


def _left_out(dropped: list[Priced], trim: Trim) -> Step:
    names = ", ".join(f"{entry.bid.bidder} ({as_text(entry.price)})" for entry in dropped)
    if len(dropped) == 1:
        return Step(gettext_noop("Left out as the highest price: %(names)s."), {"names": names})
    return Step(gettext_noop("Left out as the lowest and the highest price: %(names)s."), {"names": names})
