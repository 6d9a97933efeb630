"""How much is offered in the end: reserves that enter above a trigger price, and one that is withheld below."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from commons.domain.text import gettext_noop
from exchange.rooms.domain.clearing.model import ZERO, Order, Rule, Valve
from exchange.rooms.domain.clearing.sentences import say


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
            say(
                gettext_noop(
                    "The price would be %(price)s, above the trigger %(trigger)s: %(added)s of the reserve of "
                    "%(reserve)s are added."
                ),
                price=price,
                trigger=tier.trigger,
                added=added,
                reserve=tier.quantity,
            )
        )
        if added < tier.quantity:
            words.append(
                say(
                    gettext_noop("All bids at the trigger or above are served: the price is held at %(trigger)s."),
                    trigger=tier.trigger,
                )
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
            say(
                gettext_noop(
                    "The price would be %(price)s, below the trigger %(trigger)s: %(taken)s are withheld from the "
                    "offer."
                ),
                price=price,
                trigger=valve.trigger,
                taken=taken,
            )
        )
        if demand == supply and demand > 0:
            words.append(
                say(
                    gettext_noop("Only bids at the trigger or above are left: the price is held at %(trigger)s."),
                    trigger=valve.trigger,
                )
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
