"""The JSON form of a call and its result, as fixed for the `clear` command (docs/commands.md)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from commons.domain.money import normal_text, parse_decimal
from commons.domain.refusals import Malformed
from commons.domain.spelled import a_list, a_text, an_object
from commons.domain.time import from_text
from exchange.rooms.domain.clearing.model import ZERO, Call, Clearing, Limits, Order, Rule, Valve
from exchange.rooms.domain.clearing.sentences import translated
from exchange.rooms.domain.rules import PriceRule, ShortfallRule, TieRule

E = TypeVar("E", bound=StrEnum)
PLACES = 9


def call_of(data: object) -> Call:
    """The call that `data` spells. Refuses (`Malformed`) what cannot be cleared, and names the place."""
    given = an_object(data, "call", {"supply", "lot_size", "rule", "bids", "limits"})
    rule = rule_of(given.get("rule"))
    orders = _orders(given.get("bids"))
    limits = an_object(given.get("limits", {}), "limits", None)
    return Call(
        supply=_amount(given, "supply", "", zero=False),
        lot_size=_amount(given, "lot_size", "", zero=False) if "lot_size" in given else Decimal(1),
        rule=rule,
        orders=orders,
        limits={bidder: _limits(entry, f"limits.{bidder}") for bidder, entry in limits.items()},
    )


def rule_of(data: object, *, over: Rule | None = None) -> Rule:
    """The rule that `data` spells; with `over`, what is not named stays as it is there."""
    given = an_object(data, "rule", set(Rule.__slots__))
    if over is None and "price" not in given:
        raise Malformed(field="rule.price", reason=f"missing; one of {', '.join(PriceRule)}")
    values: dict[str, Any] = {name: _rule_value(name, given) for name in given}
    rule = replace(over, **values) if over else Rule(**values)
    return _sound(rule)


def result_json(clearing: Clearing, translate: Callable[[str], str] = str) -> dict[str, Any]:
    """The result with amounts as the shortest strings; `translate` gives the words of another language."""
    return {
        "price": None if clearing.price is None else normal_text(clearing.price),
        "sold": normal_text(clearing.sold),
        "unsold": normal_text(clearing.unsold),
        "cancelled": clearing.cancelled,
        "awards": [
            {
                "bid": award.order.id,
                "bidder": award.order.bidder,
                "quantity": normal_text(award.quantity),
                "price": normal_text(award.price),
                "amount": normal_text(award.amount),
            }
            for award in clearing.awards
        ],
        "refused": [{"bid": entry.order.id, "code": entry.code.value} for entry in clearing.refused],
        "explanation": [translated(sentence, translate) for sentence in clearing.explanation],
    }


_ENUMS: dict[str, type[StrEnum]] = {
    "price": PriceRule,
    "tie": TieRule,
    "shortfall": ShortfallRule,
    "remainder": TieRule,
}


def _rule_value(name: str, given: Mapping[str, Any]) -> object:
    value = given[name]
    if name in ("extra_supply", "withheld"):
        return tuple(_valve(entry, f"rule.{name}[{i}]") for i, entry in enumerate(a_list(value or [], f"rule.{name}")))
    if value is None and name not in ("price", "tie", "shortfall"):
        return None
    if name in _ENUMS:
        return _choice(_ENUMS[name], value, f"rule.{name}")
    if name == "seed":
        return value if isinstance(value, str) and value else _refuse("rule.seed", "not a text")
    return _amount(given, name, "rule.", zero=name not in ("cap_share", "top_share"))


def _sound(rule: Rule) -> Rule:
    by_chance = rule.tie is TieRule.RANDOM or rule.remainder is TieRule.RANDOM
    checks = (
        (by_chance and not rule.seed, "rule.seed", "missing, and chance needs one"),
        (rule.price is PriceRule.TOP_SHARE and rule.top_share is None, "rule.top_share", "missing"),
        (_above_one(rule.top_share), "rule.top_share", "a share is at most 1"),
        (_above_one(rule.cap_share), "rule.cap_share", "a share is at most 1"),
        (rule.remainder is TieRule.PRO_RATA, "rule.remainder", "either random or time"),
    )
    for broken, field, reason in checks:
        if broken:
            raise Malformed(field=field, reason=reason)
    return rule


def _orders(data: object) -> tuple[Order, ...]:
    """The bids; at equal instants the earlier in the list came first."""
    entries = a_list(data, "bids")
    read = [_order(entry, f"bids[{index}]", index) for index, entry in enumerate(entries)]
    seen: set[str] = set()
    for order, _at in read:
        if order.id in seen:
            raise Malformed(field="bids", reason=f"two bids are called {order.id}")
        seen.add(order.id)
    ranks = {
        order.id: rank for rank, (order, _at) in enumerate(sorted(read, key=lambda pair: (pair[1], pair[0].arrival)))
    }
    return tuple(replace(order, arrival=ranks[order.id]) for order, _at in read)


def _order(data: object, place: str, index: int) -> tuple[Order, datetime]:
    given = an_object(data, place, {"id", "bidder", "group", "quantity", "minimum", "price", "at"})
    dot = f"{place}."
    order = Order(
        id=a_text(given, "id", dot),
        bidder=a_text(given, "bidder", dot),
        quantity=_amount(given, "quantity", dot, zero=False),
        price=_amount(given, "price", dot),
        arrival=index,
        minimum=_amount(given, "minimum", dot) if given.get("minimum") is not None else ZERO,
        group=a_text(given, "group", dot) if given.get("group") is not None else "",
    )
    if order.minimum > order.quantity:
        raise Malformed(field=f"{dot}minimum", reason="more than the quantity")
    return order, _instant(given.get("at"), f"{dot}at")


def _limits(data: object, place: str) -> Limits:
    given = an_object(data, place, {"purchase", "holding", "guarantee"})
    return Limits(**{name: _amount(given, name, f"{place}.") for name, value in given.items() if value is not None})


def _valve(data: object, place: str) -> Valve:
    given = an_object(data, place, {"trigger", "quantity"})
    return Valve(_amount(given, "trigger", f"{place}."), _amount(given, "quantity", f"{place}."))


def _amount(given: Mapping[str, Any], name: str, prefix: str, *, zero: bool = True) -> Decimal:
    return parse_decimal(given.get(name, ""), field=prefix + name, places=PLACES, allow_zero=zero)


def _choice(kind: type[E], value: object, place: str) -> E:
    if not isinstance(value, str) or value not in list(kind):
        raise Malformed(field=place, reason=f"none of {', '.join(kind)}")
    return kind(value)


def _instant(value: object, place: str) -> datetime:
    try:
        return from_text(value if isinstance(value, str) else "")
    except ValueError:
        raise Malformed(field=place, reason="not an instant like 2026-01-05T02:00:00.000Z") from None


def _above_one(share: Decimal | None) -> bool:
    return share is not None and share > 1


def _refuse(place: str, reason: str) -> object:
    raise Malformed(field=place, reason=reason)
