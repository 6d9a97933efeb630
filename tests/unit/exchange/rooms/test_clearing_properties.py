"""The clearing against a naive second one, and what must hold of any clearing."""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from exchange.rooms.domain.clearing.engine import clear
from exchange.rooms.domain.clearing.model import Call, Clearing, Order, RefusalCode, Rule, Valve
from exchange.rooms.domain.rules import PriceRule, ShortfallRule, TieRule
from tests.unit.exchange.rooms import oracle

lots = st.integers(1, 12)
prices = st.integers(1, 6).map(Decimal)


@st.composite
def orders(draw: st.DrawFn, *, most: int = 9) -> tuple[Order, ...]:
    made = []
    for number in range(draw(st.integers(0, most))):
        quantity = draw(lots)
        minimum = draw(st.one_of(st.just(0), st.integers(0, quantity)))
        bidder, group = draw(st.sampled_from("ABCDE")), draw(st.sampled_from(["", "", "g"]))
        bidder = bidder + group
        made.append(Order(f"b{number}", bidder, Decimal(quantity), draw(prices), number, Decimal(minimum), group))
    return tuple(made)


def optional(values: st.SearchStrategy[Decimal]) -> st.SearchStrategy[Decimal | None]:
    return st.one_of(st.none(), values)


@st.composite
def rules(draw: st.DrawFn, ties: tuple[TieRule, ...] = tuple(TieRule)) -> Rule:
    tie = draw(st.sampled_from(ties))
    tiers = draw(st.lists(st.builds(Valve, prices, st.integers(0, 10).map(Decimal)), max_size=2))
    return Rule(
        price=draw(st.sampled_from([PriceRule.UNIFORM, PriceRule.PAY_AS_BID, PriceRule.LOWEST_BID])),
        tie=tie,
        shortfall=draw(st.sampled_from(list(ShortfallRule))),
        reserve=draw(optional(prices)),
        secret_reserve=draw(optional(prices)),
        cap_share=draw(optional(st.sampled_from([Decimal("0.25"), Decimal("0.5"), Decimal("0.33")]))),
        seed="s" if tie is TieRule.RANDOM else None,
        extra_supply=tuple(tiers),
    )


supplies = st.integers(1, 30).map(Decimal)


def cleared(supply: Decimal, rule: Rule, given_orders: tuple[Order, ...]) -> Clearing:
    return clear(Call(supply, Decimal(1), rule, given_orders))


@given(supplies, rules((TieRule.TIME, TieRule.PRO_RATA)), orders())
def test_engine_agrees_with_the_naive_clearing(supply: Decimal, rule: Rule, given_orders: tuple[Order, ...]) -> None:
    result = cleared(supply, rule, given_orders)

    expected, offered = oracle.clear(
        [
            oracle.Bid(o.id, str(o.owner), int(o.quantity), Fraction(o.price), o.arrival, int(o.minimum))
            for o in given_orders
        ],
        int(supply),
        price=rule.price.value,
        tie=rule.tie.value,
        shortfall=rule.shortfall.value,
        reserve=None if rule.reserve is None else Fraction(rule.reserve),
        secret=None if rule.secret_reserve is None else Fraction(rule.secret_reserve),
        cap=None if rule.cap_share is None else Fraction(rule.cap_share),
        tiers=tuple((Fraction(tier.trigger), int(tier.quantity)) for tier in rule.extra_supply),
    )
    assert {a.order.id: (int(a.quantity), Fraction(a.price)) for a in result.awards} == expected
    if not result.cancelled:
        assert result.sold + result.unsold == offered


@given(supplies, rules(), orders())
def test_invariants_of_any_clearing(supply: Decimal, rule: Rule, given_orders: tuple[Order, ...]) -> None:
    result = cleared(supply, rule, given_orders)

    assert result.sold == sum(award.quantity for award in result.awards)
    assert result.unsold >= 0
    assert result.sold <= supply + sum(tier.quantity for tier in rule.extra_supply)
    assert sorted([a.order.id for a in result.awards] + [r.order.id for r in result.refused]) == sorted(
        order.id for order in given_orders
    )
    taken: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for award in result.awards:
        order = award.order
        assert 0 < award.quantity <= order.quantity
        assert award.quantity >= order.minimum
        assert award.price <= order.price, "nobody pays more than he bid"
        assert award.amount == award.price * award.quantity
        assert rule.reserve is None or order.price >= rule.reserve
        taken[order.owner] += award.quantity
    if rule.cap_share is not None:
        assert all(quantity <= rule.cap_share * supply for quantity in taken.values())
    if rule.price is not PriceRule.PAY_AS_BID:
        assert len({award.price for award in result.awards}) <= 1


@given(supplies, rules(), orders())
def test_no_winner_below_an_excluded_higher_bid_except_by_cap_or_minimum(
    supply: Decimal, rule: Rule, given_orders: tuple[Order, ...]
) -> None:
    result = cleared(supply, rule, given_orders)
    by_rule = {RefusalCode.CUT_BY_CAP, RefusalCode.BELOW_ITS_MINIMUM, RefusalCode.BELOW_RESERVE}

    lowest = min((award.order.price for award in result.awards), default=None)
    for refused in result.refused:
        if lowest is not None and refused.order.price > lowest:
            assert refused.code in by_rule


@given(supplies, rules((TieRule.TIME,)), orders())
def test_seed_and_order_of_the_list_decide_nothing_but_ties(
    supply: Decimal, rule: Rule, given_orders: tuple[Order, ...]
) -> None:
    def outcome(result: Clearing) -> object:
        return result.price, {award.order.id: (award.quantity, award.price) for award in result.awards}

    assert outcome(cleared(supply, rule, given_orders)) == outcome(cleared(supply, rule, given_orders[::-1]))


@given(supplies, orders(), st.integers(0, 8), st.integers(1, 5))
def test_bidding_more_never_wins_less(supply: Decimal, given_orders: tuple[Order, ...], which: int, more: int) -> None:
    """Price monotonic, where no minimum and no cap stand between (time priority, uniform price)."""
    plain = tuple(Order(o.id, o.bidder, o.quantity, o.price, o.arrival) for o in given_orders)
    if not plain:
        return
    chosen = plain[which % len(plain)]
    raised = tuple(Order(o.id, o.bidder, o.quantity, o.price + (more if o is chosen else 0), o.arrival) for o in plain)
    rule = Rule(price=PriceRule.UNIFORM)

    def share(result: Clearing) -> Decimal:
        return sum((a.quantity for a in result.awards if a.order.id == chosen.id), Decimal(0))

    assert share(cleared(supply, rule, raised)) >= share(cleared(supply, rule, plain))


@given(supplies, orders(), supplies)
def test_more_supply_never_raises_the_price(supply: Decimal, given_orders: tuple[Order, ...], more: Decimal) -> None:
    plain = tuple(Order(o.id, o.bidder, o.quantity, o.price, o.arrival) for o in given_orders)
    rule = Rule(price=PriceRule.UNIFORM)

    before, after = cleared(supply, rule, plain), cleared(supply + more, rule, plain)

    assert before.price is None or (after.price is not None and after.price <= before.price)
    assert after.sold >= before.sold
