"""How much is offered in the end: reserves that enter above a trigger price, and one that is withheld below."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from commons.domain.money import normal_text
from exchange.rooms.domain.clearing.model import ZERO, Order, Rule, Valve


@dataclass(frozen=True, slots=True)
class Offer:
    """The supply after the valves. `held_at`: the trigger at which a valve holds the price, if one does."""

    supply: Decimal
    held_at: Decimal | None = None
    explanation: tuple[str, ...] = ()


PriceAt = Callable[[Decimal], Decimal | None]
"""The price that a supply would clear at."""


def after_valves(supply: Decimal, orders: Sequence[Order], rule: Rule, price_at: PriceAt) -> Offer:
    """The supply after the extra tiers, from the lowest trigger up, and after what is withheld.

    A tier is added when the price without it would exceed its trigger, and only as much as the bids at the trigger or
    above can take. If that is less than the tier, the reserve was enough: the price stands at the trigger.
    """
    words: list[str] = []
    price = price_at(supply)
    for tier in _by_trigger(rule.extra_supply):
        demand = _demand(orders, tier.trigger)
        if price is None or price <= tier.trigger or demand <= supply:
            continue
        added = min(tier.quantity, demand - supply)
        supply += added
        words.append(
            f"The price would be {normal_text(price)}, above the trigger {normal_text(tier.trigger)}: "
            f"{normal_text(added)} of the reserve of {normal_text(tier.quantity)} are added."
        )
        if added < tier.quantity:
            words.append(
                f"All bids at the trigger or above are served: the price is held at {normal_text(tier.trigger)}."
            )
            return Offer(supply, tier.trigger, tuple(words))
        price = price_at(supply)
    return _withhold(supply, orders, rule, price, words)


def _withhold(supply: Decimal, orders: Sequence[Order], rule: Rule, price: Decimal | None, words: list[str]) -> Offer:
    for valve in reversed(_by_trigger(rule.withheld)):
        if price is None or price >= valve.trigger:
            continue
        demand = _demand(orders, valve.trigger)
        taken = min(valve.quantity, supply - demand)
        if taken <= 0:
            continue
        supply -= taken
        words.append(
            f"The price would be {normal_text(price)}, below the trigger {normal_text(valve.trigger)}: "
            f"{normal_text(taken)} are withheld from the offer."
        )
        if demand == supply and demand > 0:
            words.append(
                f"Only bids at the trigger or above are left: the price is held at {normal_text(valve.trigger)}."
            )
            return Offer(supply, valve.trigger, tuple(words))
    return Offer(supply, None, tuple(words))


def _by_trigger(valves: Sequence[Valve]) -> list[Valve]:
    """From the lowest trigger up; those with the same trigger are one, in whatever order they were declared."""
    quantities: dict[Decimal, Decimal] = {}
    for valve in valves:
        quantities[valve.trigger] = quantities.get(valve.trigger, ZERO) + valve.quantity
    return [Valve(trigger, quantities[trigger]) for trigger in sorted(quantities)]


def _demand(orders: Sequence[Order], price: Decimal) -> Decimal:
    return sum((order.quantity for order in orders if order.price >= price), ZERO)
