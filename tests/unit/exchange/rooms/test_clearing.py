"""The clearing, worked by hand for each column of RULES §15."""

from decimal import Decimal
from typing import Any

import pytest

from commons.domain.refusals import Malformed
from exchange.rooms.domain.clearing.chance import below, shuffled, stream
from exchange.rooms.domain.clearing.engine import clear
from exchange.rooms.domain.clearing.json_form import call_of, result_json

JSON = dict[str, Any]


def bid(name: str, quantity: int | str, price: int | str, **more: Any) -> JSON:
    """A bid of the bidder with the same letter; bids arrive in the order of the list."""
    given = {"id": name, "bidder": name.rstrip("0123456789").upper(), "group": None, "minimum": "0"}
    return {**given, "quantity": str(quantity), "price": str(price), "at": "2026-01-05T02:00:00.000Z", **more}


def sell(supply: int | str, bids: list[JSON], limits: JSON | None = None, lot: int = 1, **rule: Any) -> JSON:
    call = {"supply": str(supply), "lot_size": str(lot), "rule": rule, "bids": bids, "limits": limits or {}}
    return result_json(clear(call_of(call)))


def won(result: JSON) -> list[tuple[str, str, str]]:
    return [(award["bid"], award["quantity"], award["price"]) for award in result["awards"]]


def codes(result: JSON) -> dict[str, str]:
    return {entry["bid"]: entry["code"] for entry in result["refused"]}


# --- EU ETS -----------------------------------------------------------------------------------------------------------

EU: JSON = {"price": "uniform", "tie": "random", "shortfall": "cancel", "seed": "eu-2026-01-05"}


def test_eu_price_is_where_the_cumulated_volume_reaches_the_supply() -> None:
    result = sell(60, [bid("a", 20, 15), bid("b", 30, 12), bid("c", 30, 11), bid("d", 10, 10)], **EU)

    assert (result["price"], result["sold"], result["unsold"]) == ("11", "60", "0")
    assert won(result) == [("a", "20", "11"), ("b", "30", "11"), ("c", "10", "11")]
    assert codes(result) == {"d": "SUPPLY_USED_UP"}


def test_eu_under_subscribed_sale_is_cancelled_whole() -> None:
    result = sell(60, [bid("a", 20, 15), bid("b", 39, 12)], **EU)

    assert (result["cancelled"], result["sold"], result["unsold"], result["price"]) == (True, "0", "60", None)
    assert codes(result) == {"a": "CANCELLED", "b": "CANCELLED"}


def test_eu_secret_reserve_cancels_when_the_price_is_below_it_and_not_at_it() -> None:
    bids = [bid("a", 40, 15), bid("b", 40, 12)]

    assert sell(60, bids, secret_reserve="12.01", **EU)["cancelled"]
    assert sell(60, bids, secret_reserve="12", **EU)["price"] == "12"


def test_eu_ties_are_drawn_in_an_order_that_the_seed_fixes() -> None:
    bids = [bid(letter, 10, 12) for letter in "abcdef"]

    first, again = sell(25, bids, **EU), sell(25, list(reversed(bids)), **EU)
    others = {tuple(sorted(won(sell(25, bids, **{**EU, "seed": f"seed {n}"})))) for n in range(20)}

    assert sorted(won(first)) == sorted(won(again))
    assert len(others) > 5


# --- UK ETS -----------------------------------------------------------------------------------------------------------

UK: JSON = {"price": "uniform", "tie": "random", "shortfall": "partial", "reserve": "22", "seed": "uk"}


def test_uk_under_subscribed_sale_clears_in_part_at_the_lowest_accepted_bid() -> None:
    result = sell(60, [bid("a", 20, 30), bid("b", 10, 25), bid("c", 50, "21.99")], **UK)

    assert (result["price"], result["sold"], result["unsold"], result["cancelled"]) == ("25", "30", "30", False)
    assert codes(result) == {"c": "BELOW_RESERVE"}


def test_uk_bid_above_the_maximum_size_takes_no_part() -> None:
    result = sell(60, [bid("a", 41, 30), bid("b", 40, 25)], maximum_size="40", **UK)

    assert won(result) == [("b", "40", "25")]
    assert codes(result) == {"a": "ABOVE_MAXIMUM_SIZE"}


# --- California / Québec ----------------------------------------------------------------------------------------------

CALIFORNIA: JSON = {"price": "lowest_bid", "tie": "pro_rata", "shortfall": "partial", "seed": "ca", "reserve": "20"}


def test_california_ties_share_in_proportion_rounded_down_to_lots() -> None:
    bids = [bid("a", 3000, 30), bid("b", 4000, 25), bid("c", 2000, 25), bid("d", 5000, 25)]

    result = sell(8000, bids, lot=1000, **CALIFORNIA)

    # 5000 are left for 11 000: 1818, 909 and 2272 → 1000, 0 and 2000; two lots of 1000 remain.
    got = {name: int(quantity) for name, quantity, _ in won(result)}
    assert got["a"] == 3000
    assert sum(got.values()) == 8000
    assert all(got.get(name, 0) - down in (0, 1000) for name, down in (("b", 1000), ("c", 0), ("d", 2000)))
    assert result["price"] == "25"


def test_california_remainder_goes_by_arrival_where_no_seed_is_given() -> None:
    rule: JSON = {**CALIFORNIA, "seed": None}
    bids = [bid("a", 3000, 30), bid("b", 4000, 25), bid("c", 2000, 25), bid("d", 5000, 25)]

    assert won(sell(8000, bids, lot=1000, **rule))[1:] == [
        ("b", "2000", "25"),
        ("c", "1000", "25"),
        ("d", "2000", "25"),
    ]


def test_pro_rata_shares_again_until_every_share_reaches_its_minimum() -> None:
    bids = [bid("a", 10, 5), bid("b", 10, 5, minimum="5"), bid("c", 10, 5, minimum="4"), bid("d", 10, 5)]

    result = sell(12, bids, price="uniform", tie="pro_rata")

    # 3 each: b and c fall away; then 6 each for a and d.
    assert won(result) == [("a", "6", "5"), ("d", "6", "5")]
    assert codes(result) == {"b": "BELOW_ITS_MINIMUM", "c": "BELOW_ITS_MINIMUM"}


def test_volume_that_no_tied_bid_takes_goes_to_lower_prices() -> None:
    bids = [bid("a", 10, 6), bid("b", 10, 5, minimum="8"), bid("c", 10, 5, minimum="8"), bid("d", 10, 4)]

    result = sell(15, bids, price="uniform", tie="pro_rata")

    assert won(result) == [("a", "10", "4"), ("d", "5", "4")]


def test_california_purchase_limit_cuts_the_lowest_bids_before_the_price_is_set() -> None:
    bids = [bid("a1", 3000, 30), bid("a2", 3000, 29), bid("a3", 3000, 28), bid("b", 5000, 25)]

    result = sell(8000, bids, lot=1000, purchase_limit="4000", **CALIFORNIA)

    assert won(result) == [("a1", "3000", "25"), ("a2", "1000", "25"), ("b", "4000", "25")]
    assert codes(result) == {"a3": "CUT_BY_PURCHASE_LIMIT"}


def test_california_holding_limit_is_each_bidders_own() -> None:
    bids = [bid("a", 3000, 30), bid("b", 3000, 29), bid("c", 5000, 21)]

    result = sell(8000, bids, {"A": {"holding": "1500"}}, lot=1000, **CALIFORNIA)

    assert won(result) == [("a", "1000", "21"), ("b", "3000", "21"), ("c", "4000", "21")]


def test_california_guarantee_covers_each_price_times_all_bid_at_it_or_above() -> None:
    # 1000 × 30 = 30 000; 2000 × 25 = 50 000 > 45 000: one lot of a2 cannot stand; a3 falls away with it.
    bids = [bid("a1", 1000, 30), bid("a2", 1000, 25), bid("a3", 1000, 21), bid("b", 9000, 20)]

    result = sell(8000, bids, {"A": {"guarantee": "45000"}}, lot=1000, **CALIFORNIA)

    assert codes(result) == {"a2": "CUT_BY_GUARANTEE", "a3": "CUT_BY_GUARANTEE"}
    assert won(result) == [("a1", "1000", "20"), ("b", "7000", "20")]


def test_guarantee_counts_own_prices_where_each_pays_its_own() -> None:
    bids = [bid("a1", 10, 30), bid("a2", 10, 20)]

    assert won(sell(20, bids, {"A": {"guarantee": "400"}}, price="pay_as_bid")) == [
        ("a1", "10", "30"),
        ("a2", "5", "20"),
    ]
    assert won(sell(20, bids, {"A": {"guarantee": "400"}}, price="uniform")) == [("a1", "10", "20"), ("a2", "10", "20")]


# --- RGGI -------------------------------------------------------------------------------------------------------------

RGGI: JSON = {"price": "uniform", "tie": "random", "shortfall": "partial", "seed": "rggi"}


def tier(trigger: str, quantity: int) -> JSON:
    return {"trigger": trigger, "quantity": str(quantity)}


def test_rggi_auction_23_reserve_is_used_up_at_the_trigger() -> None:
    # Auction 23, March 2014: 18 491 350 offered, all 5 000 000 of the reserve sold with them at 4.00.
    bids = [bid("a", 18_000_000, "4.50"), bid("b", 5_491_350, "4.00"), bid("c", 9_000_000, "3.90")]

    result = sell(18_491_350, bids, extra_supply=[tier("3.99", 5_000_000)], **RGGI)

    assert (result["price"], result["sold"]) == ("4", "23491350")


def test_rggi_reserve_stays_closed_when_the_price_is_not_above_the_trigger() -> None:
    bids = [bid("a", 50, 6), bid("b", 30, 4), bid("c", 40, 3)]

    result = sell(60, bids, extra_supply=[tier("4", 40)], **RGGI)

    assert (result["price"], result["sold"], result["unsold"]) == ("4", "60", "0")


def test_rggi_reserve_enters_only_as_far_as_bids_at_the_trigger_take_it() -> None:
    bids = [bid("a", 50, 6), bid("b", 30, 5), bid("c", 40, 3)]

    result = sell(60, bids, extra_supply=[tier("4", 40)], **RGGI)

    assert (result["price"], result["sold"], result["unsold"]) == ("4", "80", "0")
    assert codes(result) == {"c": "SUPPLY_USED_UP"}


def test_rggi_lowest_bid_is_always_a_price_that_somebody_bid() -> None:
    bids = [bid("a", 50, 6), bid("b", 30, 5), bid("c", 40, 3)]

    assert sell(60, bids, extra_supply=[tier("4", 40)], **{**RGGI, "price": "lowest_bid"})["price"] == "5"


def test_reserve_tiers_open_one_after_the_other() -> None:
    bids = [bid("a", 60, 9), bid("b", 20, 8), bid("c", 30, 7), bid("d", 50, 5)]

    result = sell(60, bids, extra_supply=[tier("6", 10), tier("8.5", 30), tier("7.5", 5)], **RGGI)

    # 9 > 6: +10 → 70 at 8; 8 > 7.5: +5 → 75 at 8; 8 is not above 8.5.
    assert (result["price"], result["sold"]) == ("8", "75")


def test_reserves_with_one_trigger_are_one_reserve_in_whatever_order_they_are_declared() -> None:
    bids = [bid("b", 11, 2)]
    declared = [tier("1", 10), tier("1", 1)]

    results = [sell(1, bids, extra_supply=tiers, **RGGI) for tiers in (declared, declared[::-1])]

    assert [result["price"] for result in results] == ["1", "1"]  # one of the eleven is left: the reserve was enough


def test_rggi_emissions_reserve_withholds_below_its_trigger() -> None:
    bids = [bid("a", 30, 9), bid("b", 20, 7), bid("c", 50, 5)]

    held = sell(60, bids, withheld=[tier("6", 10)], **RGGI)
    partly = sell(60, bids, withheld=[tier("6", 4)], **RGGI)

    assert (held["price"], held["sold"], held["unsold"]) == ("6", "50", "0")
    assert (partly["price"], partly["sold"]) == ("5", "56")


def test_rggi_group_takes_at_most_a_quarter_of_the_offer() -> None:
    bids = [bid("a", 20, 9, group="g"), bid("b", 20, 8, group="g"), bid("c", 90, 7)]

    result = sell(100, bids, cap_share="0.25", **RGGI)

    assert won(result) == [("a", "20", "7"), ("b", "5", "7"), ("c", "25", "7")]


# --- Guangdong --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("supply", "price"),
    [
        (100, "60"),  # demand ≤ supply: all at the lowest bid
        (50, "60"),
        (40, "61"),  # else the lowest winning
    ],
)
def test_guangdong_2014(supply: int, price: str) -> None:
    bids = [bid("a", 20, 65), bid("b", 20, 61), bid("c", 10, 60)]

    result = sell(supply, bids, price="lowest_bid", tie="time", shortfall="lowest_bid", reserve="60")

    assert result["price"] == price


def test_lowest_bid_on_shortfall_holds_even_where_each_would_pay_its_own() -> None:
    bids = [bid("a", 20, 65), bid("b", 20, 61)]

    assert won(sell(50, bids, price="pay_as_bid", shortfall="lowest_bid")) == [("a", "20", "61"), ("b", "20", "61")]
    assert won(sell(40, bids, price="pay_as_bid", shortfall="lowest_bid")) == [("a", "20", "65"), ("b", "20", "61")]


def test_guangdong_2017_price_then_time_above_the_policy_reserve_half_each() -> None:
    bids = [bid("a", 300_000, 18), bid("b", 200_000, 17), bid("c", 200_000, 17), bid("d", 1000, "16.08")]

    result = sell(500_000, bids, price="uniform", tie="time", reserve="16.09", cap_share="0.5", minimum_order="1000")

    assert won(result) == [("a", "250000", "17"), ("b", "200000", "17"), ("c", "50000", "17")]
    assert codes(result) == {"d": "BELOW_RESERVE"}


# --- pay as bid, top share, the rest ----------------------------------------------------------------------------------


def test_pay_as_bid_each_pays_its_own_and_the_price_is_the_lowest_paid() -> None:
    result = sell(30, [bid("a", 20, 15), bid("b", 20, 12)], price="pay_as_bid")

    assert (result["price"], won(result)) == ("12", [("a", "20", "15"), ("b", "10", "12")])


def test_top_share_counts_bidders_not_bids() -> None:
    bids = [bid("a1", 1, 9), bid("a2", 1, 8), bid("b", 1, 7), bid("c", 1, 6), bid("d", 1, 6)]

    result = sell(10, bids, price="top_share", top_share="0.7")

    assert [name for name, _, _ in won(result)] == ["a1", "a2", "b", "c"]
    assert codes(result) == {"d": "BEYOND_TOP_SHARE"}


def test_amounts_are_exact_and_rounded_half_up_to_the_fen() -> None:
    result = sell("999999999.999", [bid("a", "999999999.999", "99999999.99")], lot=1, price="pay_as_bid")
    fine = result_json(
        clear(
            call_of(
                {
                    "supply": "1.005",
                    "lot_size": "0.001",
                    "rule": {"price": "uniform"},
                    "bids": [bid("a", "1.005", "1")],
                }
            )
        )
    )

    assert codes(result) == {"a": "NOT_WHOLE_LOTS"}
    assert fine["awards"][0]["amount"] == "1.01"


def test_every_bid_is_explained() -> None:
    bids = [bid("a", 20, 15), bid("b", 30, 12, minimum="25"), bid("c", 30, 11), bid("d", 10, 10), bid("e", 5, 1)]

    result = sell(40, bids, price="uniform", reserve="5")

    text = " ".join(result["explanation"])
    assert all(f"Bid {name} of {name.upper()}" in text for name in "abcde")


def test_nothing_bid_sells_nothing() -> None:
    result = sell(60, [], price="uniform")

    assert (result["price"], result["sold"], result["unsold"], result["cancelled"]) == (None, "0", "60", False)
    assert sell(60, [], price="uniform", shortfall="cancel")["cancelled"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"supply": 60}, "supply"),
        ({"supply": "0"}, "supply"),
        ({"supply": "６０"}, "supply"),
        ({"lot_size": "0"}, "lot_size"),
        ({"rule": {}}, "rule.price"),
        ({"rule": {"price": "guess"}}, "rule.price"),
        ({"rule": {"price": "uniform", "tie": None}}, "rule.tie"),
        ({"rule": {"price": "uniform", "tie": "random"}}, "rule.seed"),
        ({"rule": {"price": "uniform", "remainder": "random", "seed": ""}}, "rule.seed"),
        ({"rule": {"price": "top_share"}}, "rule.top_share"),
        ({"rule": {"price": "top_share", "top_share": "70"}}, "rule.top_share"),
        ({"rule": {"price": "uniform", "cap_share": "0"}}, "rule.cap_share"),
        ({"rule": {"price": "uniform", "extra_supply": [{"trigger": "4"}]}}, "rule.extra_supply[0].quantity"),
        ({"rule": {"price": "uniform", "extra_supply": {}}}, None),
        ({"rule": {"price": "uniform", "surprise": "1"}}, "rule.surprise"),
        ({"rule": []}, "rule"),
        ({"bids": {}}, "bids"),
        ({"bids": [1]}, "bids[0]"),
        ({"bids": [bid("a", 1, 1), bid("a", 1, 1)]}, "bids"),
        ({"bids": [bid("a", 0, 1)]}, "bids[0].quantity"),
        ({"bids": [bid("a", "-1", 1)]}, "bids[0].quantity"),
        ({"bids": [bid("a", 1, "NaN")]}, "bids[0].price"),
        ({"bids": [bid("a", 1, 1, minimum="2")]}, "bids[0].minimum"),
        ({"bids": [bid("a", 1, 1, at="yesterday")]}, "bids[0].at"),
        ({"bids": [bid("a", 1, 1, at="2026-01-05T02:00:00")]}, "bids[0].at"),
        ({"bids": [bid("a", 1, 1, bidder="")]}, "bids[0].bidder"),
        ({"bids": [bid("a", 1, 1, colour="red")]}, "bids[0].colour"),
        ({"limits": {"A": {"holding": "x"}}}, "limits.A.holding"),
        ({"surprise": 1}, "call.surprise"),
    ],
)
def test_unreadable_calls_are_malformed_and_name_the_place(change: JSON, place: str | None) -> None:
    call = {"supply": "60", "lot_size": "1", "rule": {"price": "uniform"}, "bids": [bid("a", 1, 1)], **change}
    if place is None:
        call_of(call)
        return

    with pytest.raises(Malformed) as caught:
        call_of(call)

    assert caught.value.fields["field"] == place


def test_chance_is_the_documented_stream() -> None:
    import hashlib
    import hmac

    blocks = [hmac.new(b"s", b"l\x00" + n.to_bytes(8, "big"), hashlib.sha256).digest() for n in range(3)]
    numbers = stream("s", "l")

    assert [next(numbers) for _ in range(3)] == [int.from_bytes(block[:8], "big") for block in blocks]


def test_rejection_throws_the_incomplete_stretch_away() -> None:
    assert below(iter([2**64 - 1, 7]), 5) == 2
    assert below(iter([2**64 - 2]), 5) == (2**64 - 2) % 5


def test_every_order_of_a_draw_is_about_as_likely() -> None:
    firsts = [shuffled("abc", seed=str(n), label="t")[0] for n in range(3000)]

    assert all(850 < firsts.count(letter) < 1150 for letter in "abc")
    assert Decimal(len(set(firsts))) == 3
