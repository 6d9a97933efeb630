"""Who gets how much of a given supply: by price, then by the tie rule; minimum quantities honoured."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby

from commons.domain.text import gettext_noop
from exchange.rooms.domain.clearing.chance import shuffled
from exchange.rooms.domain.clearing.model import ZERO, Order, Rule
from exchange.rooms.domain.clearing.sentences import say
from exchange.rooms.domain.rules import TieRule

TIES = "luochui/clearing/ties/v1"
REMAINDER = "luochui/clearing/remainder/v1"


@dataclass(slots=True)
class Allocation:
    """Quantities by order id, filled level by level while it is made."""

    quantities: dict[str, Decimal] = field(default_factory=dict)
    below_minimum: set[str] = field(default_factory=set)
    """Orders that something was left for, but less than they take."""
    explanation: list[str] = field(default_factory=list)

    @property
    def sold(self) -> Decimal:
        return sum(self.quantities.values(), ZERO)


def allocate(orders: Sequence[Order], supply: Decimal, lot_size: Decimal, rule: Rule) -> Allocation:
    """The supply given out level of price by level of price, until it is used up. `orders` come best first."""
    allocation = Allocation()
    left = supply // lot_size * lot_size
    draw = _drawn(orders, rule)
    for _price, level in groupby(orders, key=lambda order: order.price):
        tied = list(level)
        if left <= 0:
            break
        if sum((order.quantity for order in tied), ZERO) <= left:
            shares = {order.id: order.quantity for order in tied}
        elif rule.tie is TieRule.PRO_RATA:
            shares = _pro_rata(tied, left, lot_size, rule, allocation)
        else:
            shares = _in_turn(sorted(tied, key=lambda order: draw.get(order.id, order.arrival)), left, allocation)
            if len(tied) > 1:
                _explain_tie(tied, rule, draw, allocation)
        allocation.quantities.update(shares)
        left -= sum(shares.values(), ZERO)
    return allocation


def in_turn(orders: Sequence[Order], supply: Decimal, lot_size: Decimal) -> Allocation:
    """The supply given out in the order given."""
    allocation = Allocation()
    allocation.quantities = _in_turn(orders, supply // lot_size * lot_size, allocation)
    return allocation


def _drawn(orders: Sequence[Order], rule: Rule) -> dict[str, int]:
    """The number that each order drew, where chance decides ties: fixed by the seed and the ids, before any price."""
    if rule.tie is not TieRule.RANDOM:
        return {}
    assert rule.seed is not None, "a draw has a seed"
    names = shuffled((order.id for order in orders), seed=rule.seed, label=TIES)
    return {name: number for number, name in enumerate(names, start=1)}


def _in_turn(orders: Sequence[Order], left: Decimal, allocation: Allocation) -> dict[str, Decimal]:
    shares: dict[str, Decimal] = {}
    for order in orders:
        part = min(order.quantity, left)
        if part <= 0:
            continue
        if part < order.minimum:
            _decline(order, part, allocation)
            continue
        if part < order.quantity:
            allocation.explanation.append(
                say(
                    gettext_noop(
                        "Bid %(bid)s of %(bidder)s is the marginal one: %(part)s of the %(asked)s it asked for were "
                        "left."
                    ),
                    bid=order.id,
                    bidder=order.bidder,
                    part=part,
                    asked=order.quantity,
                )
            )
        shares[order.id] = part
        left -= part
    return shares


def _pro_rata(
    tied: list[Order], left: Decimal, lot_size: Decimal, rule: Rule, allocation: Allocation
) -> dict[str, Decimal]:
    """Shares in proportion, in whole lots; shared again without those below their minimum; then the remainder."""
    sharing = tied
    shares = _proportional(sharing, left, lot_size)
    while any(shares[order.id] < order.minimum for order in sharing):
        for order in sharing:
            if shares[order.id] < order.minimum:
                _decline(order, shares[order.id], allocation)
        sharing = [order for order in sharing if shares[order.id] >= order.minimum]
        shares = _proportional(sharing, left, lot_size)
    if sharing:
        asked = sum((order.quantity for order in sharing), ZERO)
        allocation.explanation.append(
            say(
                gettext_noop(
                    "At the price %(price)s %(left)s are shared in proportion among bids for %(asked)s, rounded down "
                    "to lots of %(lot)s."
                ),
                price=tied[0].price,
                left=min(left, asked),
                asked=asked,
                lot=lot_size,
            )
        )
    remainder = left - sum(shares.values(), ZERO)
    for order in _remainder_order(sharing, rule):
        if remainder >= lot_size and shares[order.id] < order.quantity:
            shares[order.id] += lot_size
            remainder -= lot_size
            allocation.explanation.append(
                say(
                    gettext_noop("Bid %(bid)s of %(bidder)s gets one of the lots that rounding left over."),
                    bid=order.id,
                    bidder=order.bidder,
                )
            )
    return {name: share for name, share in shares.items() if share > 0}


def _proportional(sharing: Sequence[Order], left: Decimal, lot_size: Decimal) -> dict[str, Decimal]:
    """Each order's part of what is left, in whole lots, by integers: nothing is rounded but down."""
    lots = {order.id: int(order.quantity / lot_size) for order in sharing}
    asked, available = sum(lots.values()), int(left / lot_size)
    if asked <= available:
        return {order.id: order.quantity for order in sharing}
    return {name: wanted * available // asked * lot_size for name, wanted in lots.items()}


def _remainder_order(sharing: list[Order], rule: Rule) -> list[Order]:
    """Who gets a lot of the remainder first: by the draw, or by arrival."""
    by_chance = rule.remainder is TieRule.RANDOM or (rule.remainder is None and rule.seed is not None)
    if not by_chance:
        return sorted(sharing, key=lambda order: order.arrival)
    assert rule.seed is not None, "a draw has a seed"
    by_name = {order.id: order for order in sharing}
    return [by_name[name] for name in shuffled(by_name, seed=rule.seed, label=REMAINDER)]


def _decline(order: Order, part: Decimal, allocation: Allocation) -> None:
    allocation.below_minimum.add(order.id)
    allocation.explanation.append(
        say(
            gettext_noop(
                "Bid %(bid)s of %(bidder)s would get %(part)s, less than the %(least)s it takes at least: it gets "
                "nothing, and the quantity goes to the others."
            ),
            bid=order.id,
            bidder=order.bidder,
            part=part,
            least=order.minimum,
        )
    )


def _explain_tie(tied: list[Order], rule: Rule, draw: dict[str, int], allocation: Allocation) -> None:
    names = [order.id for order in sorted(tied, key=lambda order: draw.get(order.id, order.arrival))]
    words = gettext_noop("Equal bids at %(price)s come in this order, the earlier first: %(names)s.")
    if rule.tie is TieRule.RANDOM:
        words = gettext_noop("Equal bids at %(price)s come in this order, drawn by the seed: %(names)s.")
    allocation.explanation.append(say(words, price=tied[0].price, names=", ".join(names)))
