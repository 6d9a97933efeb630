"""Steps of the price: what the next bid must reach, and what it may be. Works upwards and, mirrored, downwards."""

from decimal import Decimal

from commons.domain.money import as_text
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from exchange.rooms.domain.rules import RoomRules


class BelowStep(Refusal):
    """The bid does not beat what it must beat. `least_price` is the weakest price that would be accepted."""

    code = "ROOM_BELOW_STEP"
    message = gettext_noop("Your bid does not beat the price by a step of %(step)s. Bid %(least_price)s or better.")


class BelowStart(Refusal):
    """The bid is weaker than the start price (the floor of a sale, the ceiling of a purchase)."""

    code = "ROOM_BELOW_START"
    message = gettext_noop("The bidding starts at %(least_price)s. Bid that or better.")


class OffStep(Refusal):
    code = "ROOM_STEP_MULTIPLE"
    message = gettext_noop(
        "Prices lie whole steps of %(step)s from the start price. The nearest are %(lower)s and %(upper)s."
    )


class AboveMaxStep(Refusal):
    code = "ROOM_ABOVE_MAX_STEP"
    message = gettext_noop("That is more than %(max_steps)s steps at once. Bid %(greatest_price)s at most.")


class BeyondCeiling(Refusal):
    code = "ROOM_ABOVE_CEILING"
    message = gettext_noop("The highest price allowed in this room is %(ceiling_price)s.")


def weaker(rules: RoomRules, price: Decimal, than: Decimal) -> bool:
    """Whether `price` is worse for the side that chooses than `than`."""
    return price > than if rules.descending else price < than


def beaten_by_a_step(rules: RoomRules, price: Decimal) -> Decimal:
    """The weakest price that beats `price`."""
    return price - rules.step if rules.descending else price + rules.step


def check_beats(rules: RoomRules, price: Decimal, *, least: Decimal, started: bool) -> None:
    """Refuses a price weaker than `least`: `BelowStart` before there is one to beat, else `BelowStep`."""
    if not weaker(rules, price, least):
        return
    if not started or weaker(rules, price, rules.start_price):
        raise BelowStart(least_price=as_text(least))
    raise BelowStep(step=as_text(rules.step), least_price=as_text(least))


def check_on_the_ladder(rules: RoomRules, price: Decimal, *, base: Decimal) -> None:
    """Refuses `OffStep`, `AboveMaxStep` (counted from `base`) and `BeyondCeiling`."""
    if rules.step_multiples:
        _check_multiple(rules, price)
    if rules.max_steps is not None:
        reach = rules.max_steps * rules.step
        greatest = base - reach if rules.descending else base + reach
        if weaker(rules, greatest, price):
            raise AboveMaxStep(max_steps=rules.max_steps, greatest_price=as_text(greatest))
    ceiling = rules.ceiling_price
    if ceiling is not None and weaker(rules, ceiling, price):
        raise BeyondCeiling(ceiling_price=as_text(ceiling))


def _check_multiple(rules: RoomRules, price: Decimal) -> None:
    excess = (price - rules.start_price) % rules.step
    if not excess:
        return
    # Decimal's remainder has the sign of the dividend; below the start price it counts downwards.
    lower = price - excess if excess > 0 else price - excess - rules.step
    raise OffStep(step=as_text(rules.step), lower=as_text(lower), upper=as_text(lower + rules.step))
