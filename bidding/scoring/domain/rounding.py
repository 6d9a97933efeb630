"""The roundings of a price scoring, each in one place: half up, never on the way, always at a named result."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

FEN = Decimal("0.01")
POINT = Decimal("0.01")
RATIO = Decimal("0.0001")


def exact(value: Decimal) -> Fraction:
    return Fraction(value)


def rounded(value: Fraction, unit: Decimal) -> Decimal:
    """`value` to whole multiples of `unit` (a power of ten), half up, away from zero for negative values."""
    scaled = value / Fraction(unit)
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    whole += 2 * rest >= scaled.denominator
    return (Decimal(-whole if scaled < 0 else whole) * unit).quantize(unit, rounding=ROUND_HALF_UP)


def fen(value: Fraction) -> Decimal:
    """A price or a baseline, to the fen."""
    return rounded(value, FEN)


def ratio(value: Fraction) -> Decimal:
    """A deviation, to 4 places of the ratio: 2 places of a percent."""
    return rounded(value, RATIO)


def points(value: Fraction) -> Decimal:
    """A score, to 2 places, never below zero."""
    return rounded(max(value, Fraction(0)), POINT)


def percent(value: Decimal) -> str:
    """A ratio of 4 places as a percentage of 2."""
    return format((value * 100).quantize(Decimal("0.01")), "f")
