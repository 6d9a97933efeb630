"""Every selection method against figures worked out by hand, and what must hold of all of them."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commons.evidence.domain import canonical
from marketplace.selection.domain.case import (
    AfterRefusal,
    Case,
    Cause,
    Criterion,
    Drawn,
    Dropped,
    Entrant,
    QuoteKind,
    Score,
    Terms,
    TieRule,
    Way,
    case_from,
    case_json,
)
from marketplace.selection.domain.deciding import decide
from marketplace.selection.domain.merit import ScoreOutOfRange, ScoresMissing, allotted, check_sheet
from marketplace.selection.domain.outcome import End, Failure, Need, Outcome
from marketplace.selection.domain.prices import rounded

CEILING = Decimal("100000.00")
FACTORS = tuple(Decimal(text) for text in ("0.95", "0.96", "0.97", "0.98"))


def entrants(*quotes, credits=()):
    credits = [*credits, *["80"] * (len(quotes) - len(credits))]
    return tuple(
        Entrant(
            f"{place:02d}", f"机构{place}", f"CODE{place}", f"2026-03-02T0{place % 10}:00:00.000Z", Decimal(credit),
            None if quote is None else Decimal(quote),
        )
        for place, (quote, credit) in enumerate(zip(quotes, credits, strict=True), start=1)
    )  # fmt: skip


def case(way, *quotes, credits=(), **terms):
    facts = {"ceiling": CEILING, "minimum": 1, **terms}
    return Case(procurement="procurement:1", terms=Terms(way=way, **facts), entrants=entrants(*quotes, credits=credits))


def need_of(outcome: Outcome) -> Need:
    """The draw that an outcome asks for."""
    assert outcome.need is not None
    return outcome.need


def with_draw(before, selected=None):
    """The case after the draw that it asks for."""
    need = need_of(decide(before))
    chosen = selected or tuple(need.roster[: need.k])
    return replace(before, draws=(*before.draws, Drawn(need.purpose, "d-1", need.roster, need.exclusions, chosen)))


def drop(before, number, cause=Cause.REFUSED):
    return replace(before, dropped=(*before.dropped, Dropped(number, cause)))


def test_the_lowest_quote_wins_and_the_next_one_after_a_refusal():
    lowest = case(Way.LOWEST_PRICE, "90000", "70000.50", "80000")

    first, second = decide(lowest), decide(drop(lowest, "02"))

    assert (first.winner, first.amount) == ("02", Decimal("70000.50"))
    assert (second.winner, second.amount) == ("03", Decimal("80000.00"))


def test_a_discount_rate_reverses_what_is_lowest():
    rates = case(Way.LOWEST_PRICE, "5.00", "12.50", "8.00", quote_kind=QuoteKind.DISCOUNT)

    outcome = decide(rates)

    assert (outcome.winner, outcome.amount) == ("02", Decimal("87500.00"))


def test_best_price_leaves_out_one_high_and_one_low_and_multiplies_by_the_drawn_factor():
    # 60+70+80+90 = 300 over 4 = 75 (thousand); without the drawn out 10 and 100; 75 × 0.96 = 72: 70 is nearest.
    best = case(Way.BEST_PRICE, "10000", "60000", "70000", "80000", "90000", "100000", factors=FACTORS, trim_from=6)

    asked = decide(best)
    outcome = decide(with_draw(best, ("0.96",)))

    assert need_of(asked).roster == ("0.95", "0.96", "0.97", "0.98")
    assert outcome.winner == "03"
    assert next(step for step in outcome.steps if step.code == "BENCHMARK").fields["value"] == "72000.00"


def test_best_price_with_fewer_quotes_keeps_all_and_a_single_one_wins():
    few = with_draw(case(Way.BEST_PRICE, "60000", "90000", factors=FACTORS, trim_from=6), ("0.95",))
    single = case(Way.BEST_PRICE, "60000", factors=FACTORS, trim_from=6)

    assert [step.fields.get("mean") for step in decide(few).steps if step.code == "MEAN"] == ["75000.0000"]
    assert decide(few).winner == "01"
    assert decide(single).winner == "01"


def test_the_average_of_discounts_is_compared_as_what_remains_of_the_ceiling():
    average = case(Way.AVERAGE_PRICE, "10.00", "20.00", "27.00", quote_kind=QuoteKind.DISCOUNT)

    outcome = decide(average)

    # Remaining 90, 80, 73: mean 81; 80 is nearest.
    assert (outcome.winner, outcome.amount) == ("02", Decimal("80000.00"))


def test_two_quotes_at_the_same_distance_on_both_sides_are_a_tie_for_a_draw():
    average = case(Way.AVERAGE_PRICE, "70000", "90000")

    asked = decide(average)
    outcome = decide(with_draw(average, ("02",)))

    assert (asked.end, need_of(asked).roster, need_of(asked).purpose) == (End.NEEDS_DRAW, ("01", "02"), "TIE:1")
    assert outcome.winner == "02"
    assert outcome.steps[-2].draw_id == "d-1"


@pytest.mark.parametrize(
    ("ties", "winner"),
    [((TieRule.CREDIT,), "02"), ((TieRule.EARLIER,), "01"), ((TieRule.PRICE, TieRule.CREDIT), "02")],
)
def test_ties_are_settled_by_the_rules_in_their_order(ties, winner):
    equal = case(Way.LOWEST_PRICE, "70000", "70000", credits=("80", "85"), ties=ties)

    assert decide(equal).winner == winner


def test_a_lottery_draws_among_the_qualified_and_excludes_who_gave_up():
    lottery = case(Way.LOTTERY, None, None, None, quote_kind=QuoteKind.NONE)
    first = with_draw(lottery, ("02",))

    again = decide(drop(first, "02"))

    assert (decide(first).winner, decide(first).amount) == ("02", CEILING)
    assert (again.end, need_of(again).purpose, need_of(again).exclusions) == (End.NEEDS_DRAW, "WINNER:2", ("02",))


def test_after_a_refusal_everything_may_be_computed_anew_or_announced_anew():
    average = case(Way.AVERAGE_PRICE, "10000", "50000", "60000", after_refusal=AfterRefusal.REDRAW)
    announced = replace(average, terms=replace(average.terms, after_refusal=AfterRefusal.REANNOUNCE))

    # Mean 40000: 50000 is nearest; without it the mean is 35000 and both are equally far.
    assert decide(average).winner == "02"
    assert need_of(decide(drop(average, "02"))).roster == ("01", "03")
    assert decide(drop(announced, "02")).failure is Failure.REFUSED
    assert decide(drop(announced, "02", Cause.LOST_QUALIFICATION)).winner == "03"


def test_who_lost_its_qualification_before_the_selection_takes_no_part():
    lowest = case(Way.LOWEST_PRICE, "70000", "80000", minimum=2)
    first, second = lowest.entrants
    barred = replace(lowest, entrants=(replace(first, barred="LICENCE_EXPIRED"), second))

    assert decide(lowest).winner == "01"
    assert decide(barred).failure is Failure.TOO_FEW
    assert decide(replace(barred, terms=replace(barred.terms, minimum=1))).winner == "02"


def test_quotes_outside_the_limits_do_not_count():
    outside = case(Way.LOWEST_PRICE, "49999.99", "100000.01", "60000", floor=Decimal("50000"))

    assert decide(outside).winner == "03"


def test_credit_merit_goes_from_the_big_list_by_lot_to_the_small_list_and_the_owners_pick():
    merit = case(
        Way.CREDIT_MERIT, *[None] * 5, credits=("95", "90", "85", "85", "60"), quote_kind=QuoteKind.NONE,
        big_list=3, small_list=2, numbers=20,
    )  # fmt: skip
    need = need_of(decide(merit))
    drawn = with_draw(merit, ("04-001", *[one for one in need.roster if one != "04-001"]))

    picking = decide(drawn)

    assert {ticket[:2] for ticket in need.roster} == {"01", "02", "03", "04"}, "equals of the last one stay in"
    assert len(need.roster) == 20
    assert (picking.end, picking.eligible) == (End.NEEDS_PICK, ("04", "01"))
    assert decide(replace(drawn, pick="01")).winner == "01"
    assert decide(replace(drawn, pick="02")).end is End.NEEDS_PICK, "not on the small list"
    assert decide(drop(replace(drawn, pick="01"), "01")).eligible == ("04",)


def test_proposals_win_by_the_mean_of_the_members_points():
    criteria = (Criterion("service", "服务方案", Decimal(60)), Criterion("price", "报价", Decimal(40)))
    merit = case(Way.PROPOSAL_MERIT, "70000", "60000", criteria=criteria, ties=(TieRule.PRICE,))
    sheets = [("a", "01", "50", "30"), ("b", "01", "51", "30"), ("a", "02", "50.50", "30"), ("b", "02", "50.50", "30")]
    scores = tuple(
        Score(member, number, key, Decimal(points))
        for member, number, *given in sheets
        for key, points in zip(("service", "price"), given, strict=True)
    )

    assert decide(merit).end is End.NEEDS_SCORES
    assert decide(replace(merit, scores=scores)).winner == "02", "equal totals: the lower quote"
    with pytest.raises(ScoreOutOfRange):
        check_sheet([Score("a", "01", "service", Decimal("60.01")), *scores[1:2]], criteria, ["01"])
    with pytest.raises(ScoresMissing):
        check_sheet(scores[:1], criteria, ["01"])


def test_direct_selection_stands_only_while_the_named_agency_is_qualified():
    direct = case(Way.DIRECT, "90000", named="CODE1", reason="涉密")
    barred = replace(direct, entrants=(replace(direct.entrants[0], barred="SUSPENDED"),), terms=direct.terms)

    assert decide(direct).winner == "01"
    assert decide(barred).end is End.FAILED


def test_a_live_room_in_which_nobody_bid_fails():
    live = replace(case(Way.LOWEST_PRICE, None, None, minimum=0), live=True)

    assert decide(live).end is End.FAILED


quotes = st.lists(st.decimals("1", "100000", places=2), min_size=1, max_size=12)
priced = st.sampled_from([Way.LOWEST_PRICE, Way.BEST_PRICE, Way.AVERAGE_PRICE])


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # of the machine, not of the rule
@given(priced, quotes, st.integers(0, 3))
def test_a_case_always_ends_and_its_published_form_gives_the_same_outcome(way, values, refusals):
    found = case(way, *values, factors=FACTORS, trim_from=6)
    for _ in range(refusals + 1):
        outcome = decide(found)
        while outcome.end is End.NEEDS_DRAW:
            found = with_draw(found)
            outcome = decide(found)
        published = canonical.decode(canonical.encode(case_json(found)))
        assert isinstance(published, Mapping)
        again = decide(case_from(published))
        assert again == outcome
        assert outcome.end in (End.WINNER, End.FAILED)
        if outcome.end is End.FAILED:
            assert len(found.dropped) >= 1
            return
        assert outcome.winner not in found.out()
        found = drop(found, outcome.winner)


@given(st.fractions(min_value=0, max_value=10**9))
def test_rounding_is_half_up_of_the_exact_value(value):
    hundredths = value * 100
    expected = Fraction(int(hundredths + Fraction(1, 2)), 100)

    assert Fraction(rounded(value)) == expected


@given(st.lists(st.integers(0, 100), min_size=1, max_size=30), st.integers(1, 200))
def test_draw_numbers_are_allotted_in_proportion_and_none_goes_without(points, numbers):
    big = entrants(*[None] * len(points), credits=[str(one) for one in points])
    given_ = allotted(big, numbers)

    counts = [len(given_[one.number]) for one in big]
    assert min(counts) >= 1
    assert sum(counts) == max(numbers, len(big)) or not any(points)
    assert all(a >= b for a, b in pairwise(counts)) or sorted(points, reverse=True) != points
