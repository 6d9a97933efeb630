"""Prices that need an explanation: 87号令 art. 60. Nobody is rejected by arithmetic."""

from fractions import Fraction

from bidding.scoring.domain.baselines import mean
from bidding.scoring.domain.model import Against, Flag, FlagCode, LowRule, Parameters, Priced, Step
from bidding.scoring.domain.rounding import exact, fen
from commons.domain.money import as_text, normal_text
from commons.domain.text import gettext_noop

_TEXTS = {
    Against.MEAN: gettext_noop("%(price)s is below %(share)s of the mean of all prices, %(yardstick)s."),
    Against.OTHERS_MEAN: gettext_noop("%(price)s is below %(share)s of the mean of the other prices, %(yardstick)s."),
    Against.NEXT: gettext_noop("%(price)s is below %(share)s of the next higher price, %(yardstick)s."),
    Against.CEILING: gettext_noop("%(price)s is below %(share)s of the ceiling price %(yardstick)s."),
}


def low_flags(bids: list[Priced], parameters: Parameters) -> list[Flag]:
    """A flag for every rule that a price falls under."""
    flags = [
        Flag(entry.bid.bidder, FlagCode.ABNORMALLY_LOW, reason)
        for entry in bids
        for rule in parameters.abnormally_low
        if (reason := _reason(entry, bids, rule, parameters)) is not None
    ]
    floor = parameters.cost_floor
    if floor is not None:
        text = gettext_noop("%(price)s is below the cost estimate %(floor)s.")
        flags += [
            Flag(
                entry.bid.bidder,
                FlagCode.BELOW_COST_FLOOR,
                Step(text, {"price": as_text(entry.price), "floor": as_text(floor)}),
            )
            for entry in bids
            if entry.price < floor
        ]
    return flags


def _reason(entry: Priced, bids: list[Priced], rule: LowRule, parameters: Parameters) -> Step | None:
    yardstick = _yardstick(entry, bids, rule.against, parameters)
    if yardstick is None:
        return None
    limit, price = yardstick * exact(rule.share), exact(entry.price)
    if price > limit or (price == limit and not rule.inclusive):
        return None
    fields = {"price": as_text(entry.price), "share": normal_text(rule.share), "yardstick": as_text(fen(yardstick))}
    return Step(_TEXTS[rule.against], fields)


def _yardstick(entry: Priced, bids: list[Priced], against: Against, parameters: Parameters) -> Fraction | None:
    if against is Against.CEILING:
        return None if parameters.ceiling is None else exact(parameters.ceiling)
    if against is Against.MEAN:
        return mean([exact(other.price) for other in bids])
    others = [exact(other.price) for other in bids if other is not entry]
    if against is Against.OTHERS_MEAN:
        return mean(others) if others else None
    higher = [price for price in others if price > exact(entry.price)]
    return min(higher) if higher else None
