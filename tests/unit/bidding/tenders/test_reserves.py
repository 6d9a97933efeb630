"""The secret reserve of a right."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bidding.awards.domain.reports import ReportInvalid, ReportLine, TooFewValid, check_lines, require_enough
from bidding.opening.domain.analysis import Offer, RemarkCode, analyse
from bidding.profiles.domain.profile import ProcedureProfile
from bidding.profiles.domain.revising import contradictions
from bidding.profiles.domain.vocabulary import Sector, Switch
from bidding.profiles.seeds import seed_profiles
from bidding.scoring.domain.model import Quoted
from bidding.tenders.domain.reserves import Reserve, ReserveInvalid, check_reserve, parse
from bidding.tenders.domain.rights import AreaUnit, Right, RightUse

D = Decimal
RIGHT = Right(RightUse.INDUSTRIAL, D("12000.50"), AreaUnit.M2, 50, D("10000000.00"))
STATED = Reserve(D("10500000.00"), "市土地出让决策会", "佛土决〔2026〕4号", date(2026, 2, 1))


def profile(code: str) -> ProcedureProfile:
    return next(one for one in seed_profiles() if one.code == code)


@pytest.mark.parametrize(
    ("amount", "right", "ceiling"),
    [("9999999.99", RIGHT, None), ("11000000.01", RIGHT, D("11000000.00")), ("10500000.00", None, None)],
)
def test_a_reserve_that_binds_nobody_or_that_nobody_reaches_is_refused(
    amount: str, right: Right | None, ceiling: Decimal | None
) -> None:
    with pytest.raises(ReserveInvalid):
        check_reserve(D(amount), right, ceiling=ceiling)


def test_a_reserve_may_be_the_start_price_or_the_ceiling_itself() -> None:
    check_reserve(RIGHT.start_price, RIGHT, ceiling=RIGHT.start_price)


def test_what_the_notice_says_of_a_reserve_is_everything_but_its_amount() -> None:
    assert parse(STATED.as_payload()) == STATED
    assert STATED.decision() == {"body": STATED.body, "number": STATED.number, "decided_on": "2026-02-01"}


def test_a_price_below_the_reserve_is_remarked_with_its_article_and_the_reserve_itself_is_not() -> None:
    offers = [Offer(name, Quoted(D(price))) for name, price in (("A", "10499999.99"), ("B", "10500000.00"))]
    found = analyse(offers, ceiling=None, minimum=1, start_price=RIGHT.start_price, reserve=STATED.amount)
    assert [(one.code, one.bidders, one.article) for one in found.remarks] == [
        (RemarkCode.BELOW_RESERVE, ("A",), "国土资源部令第39号 第10条")
    ]


def test_nobody_is_ranked_below_the_reserve() -> None:
    line = ReportLine(1, 1, STATED.amount, None, "有效投标价格最高")
    check_lines([line], ceiling=None, as_rate=False, start_price=RIGHT.start_price, reserve=STATED.amount)
    below = replace(line, price=STATED.amount - D("0.01"))
    with pytest.raises(ReportInvalid):
        check_lines([below], ceiling=None, as_rate=False, start_price=RIGHT.start_price, reserve=STATED.amount)


def test_a_bid_below_the_reserve_competed_and_is_not_enough_by_itself() -> None:
    ranks = ((1, "11000000"), (2, "10600000"), (0, "10400000"))
    lines = [ReportLine(number, rank, D(price), None, "评审意见") for number, (rank, price) in enumerate(ranks)]
    rule = {"least": 3, "fails": True, "competition": "", "source": "—"}
    require_enough(lines, reserve=STATED.amount, **rule)  # type: ignore[arg-type]  # a table of one rule
    for fewer, reserve in ((lines, None), ([replace(one, rank=0) for one in lines], D("20000000"))):
        with pytest.raises(TooFewValid):
            require_enough(fewer, reserve=reserve, **rule)  # type: ignore[arg-type]  # a table of one rule


def test_only_a_right_granted_by_sealed_bids_has_a_secret_reserve() -> None:
    assert [one.code for one in seed_profiles() if one.has(Switch.RESERVE)] == ["LAND_OPEN", "LAND_INVITED"]
    land = profile("LAND_OPEN")
    assert not list(contradictions(land))
    unsealed = replace(land, switches={**land.switches, Switch.SEALED: "false"})
    for wrong in (unsealed, replace(land, sector=Sector.WORKS)):
        assert "国土资源部令第39号第十条" in {one.article for one in contradictions(wrong)}
