"""What the hall notices in opened bids, and what follows from a failed one."""

from decimal import Decimal

import pytest

from bidding.opening.domain.analysis import Control, Offer, RemarkCode, analyse
from bidding.opening.domain.consequences import Consequence, consequence_of
from bidding.opening.domain.states import HALL, HallCommand, HallState
from bidding.opening.labels import BONDS, bond_state
from bidding.scoring.domain.model import Quoted
from signatures.envelopes.domain.states import Cause

D = Decimal


def offer(name: str, price: str = "100.00", **more: object) -> Offer:
    return Offer(name, Quoted(D(price)), **more)  # type: ignore[arg-type]


def codes(*offers: Offer, ceiling: str | None = None, brands: bool = False) -> list[tuple[RemarkCode, tuple[str, ...]]]:
    found = analyse(offers, ceiling=D(ceiling) if ceiling else None, minimum=3, brands_count_once=brands)
    return [(remark.code, remark.bidders) for remark in found.remarks]


def test_nothing_is_noticed_in_three_plain_bids() -> None:
    assert codes(offer("A", "1"), offer("B", "2"), offer("C", "3"), ceiling="3") == []


def test_ceiling_and_corrections() -> None:
    words = Offer("B", Quoted(D("90.00"), D("95.00")))

    assert codes(offer("A", "100.01"), words, offer("C", "80"), ceiling="100") == [
        (RemarkCode.ABOVE_CEILING, ("A",)),
        (RemarkCode.AMOUNT_CORRECTED, ("B",)),
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Control("1", legal_representative="梁金"), Control("2", legal_representative="梁金")),
        (Control("1", controller="9"), Control("2", controller="9")),
        (Control("1"), Control("2", controller="1")),
    ],
)
def test_who_stands_behind_two_bidders_is_told(first: Control, second: Control) -> None:
    offers = (offer("A", "1", control=first), offer("B", "2", control=second), offer("C", "3"))

    assert codes(*offers) == [(RemarkCode.SAME_CONTROL, ("A", "B"))]


def test_empty_control_is_nobodys_link() -> None:
    assert codes(*(offer(name, price, control=Control(name)) for name, price in zip("ABC", "123", strict=True))) == []


def test_a_member_of_a_consortium_that_also_bids_is_told() -> None:
    alone = offer("B", "2", control=Control("2"))
    offers = (offer("A", "1", members=("2",), control=Control("1")), alone, offer("C", "3"))

    assert codes(*offers) == [(RemarkCode.SAME_CONTROL, ("A", "B"))]


def test_bidders_of_one_brand_count_as_one_where_the_law_says_so() -> None:
    offers = (offer("A", "1", brands=("X",)), offer("B", "2", brands=("X",)), offer("C", "3", brands=("Y",)))

    assert codes(*offers, brands=True) == [
        (RemarkCode.SAME_BRAND, ("A", "B")),
        (RemarkCode.FEWER_THAN_MINIMUM, ()),
    ]
    assert codes(*offers) == []


def test_a_price_that_cannot_be_read_and_equal_prices_are_told() -> None:
    assert codes(Offer("A", None), offer("B", "2"), offer("C", "2")) == [
        (RemarkCode.PRICE_UNREADABLE, ("A",)),
        (RemarkCode.EQUAL_PRICES, ("B", "C")),
    ]


def test_a_discount_rate_is_read_as_a_price() -> None:
    (read,) = analyse([Offer("A", None, D("0.055"))], ceiling=D(1000), minimum=1).read

    assert (read.price, read.needs_confirmation) == (D("945.00"), False)


@pytest.mark.parametrize("cause", list(Cause))
def test_only_what_lies_with_others_is_a_withdrawal(cause: Cause) -> None:
    others = {Cause.NO_QUORUM, Cause.STORED_ALTERED}

    assert consequence_of(cause).consequence is (Consequence.WITHDRAWN if cause in others else Consequence.REVOKED)


def test_a_hall_opens_nothing_twice_and_ends_where_it_should() -> None:
    assert HALL.final_states() == {HallState.NOT_OPENED}
    assert not any(HALL.allows(state, HallCommand.PUBLISH_LIST) for state in HallState if state != HallState.WAITING)


def test_a_bid_keeps_to_the_ceiling_of_the_solution_that_it_is_for() -> None:
    offers = [offer("A", "95.00", alternative="钢结构方案", ceiling=D("100.00")), offer("B", "95.00")]
    remarks = analyse(offers, ceiling=D("90.00"), minimum=1).remarks
    found = {one.code: one.bidders for one in remarks}
    assert found == {
        RemarkCode.OTHER_SOLUTION: ("A",),
        RemarkCode.EQUAL_PRICES: ("A", "B"),
        RemarkCode.ABOVE_CEILING: ("B",),
    }


@pytest.mark.parametrize(
    ("bond", "state"),
    [
        (None, ""),
        ({"guarantee": "", "covers": True}, "MONEY"),
        ({"guarantee": "BH1", "covers": True}, "GUARANTEE"),
        ({"guarantee": "BH1", "covers": False}, "SHORT"),
    ],
)
def test_a_bond_is_read_out_by_its_form_or_as_not_as_asked(bond: dict[str, object] | None, state: str) -> None:
    assert bond_state(bond) == state
    assert state in BONDS


def test_a_price_below_the_start_price_of_a_right_is_remarked() -> None:
    found = analyse([offer("A", "99.99"), offer("B", "100.00")], ceiling=None, minimum=1, start_price=D(100))

    assert [(one.code, one.bidders) for one in found.remarks] == [(RemarkCode.BELOW_START, ("A",))]
    assert found.remarks[0].article == "国土资源部令第39号 第10条"
