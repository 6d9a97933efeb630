"""Times, bonds, scoring tables and discriminatory clauses."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bidding.profiles.domain.profile import Limit, ProcedureProfile
from bidding.profiles.domain.vocabulary import LimitName
from bidding.profiles.seeds import seed_profiles
from bidding.tenders.domain.discrimination import find
from bidding.tenders.domain.document import (
    Criterion,
    DocumentMalformed,
    PriceWeightTooLow,
    ScoringNotHundred,
    TenderDocument,
    as_content,
    parse,
    require_scoring,
)
from bidding.tenders.domain.sections import BondTooHigh, SectionInvalid, SectionTermsDraft, check_section
from bidding.tenders.domain.timetable import (
    ObjectionTooLate,
    Times,
    TimeTooEarly,
    postponed,
    require_objection,
    require_times,
)
from commons.domain.calendar import WorkingDays
from commons.domain.deadlines import Direction, deadline
from commons.domain.time import SHANGHAI

CALENDAR = WorkingDays({}, frozenset({2026}))


def count(start: date, limit: Limit, direction: Direction) -> date:
    return deadline(start=start, add=limit.count, unit=limit.unit, direction=direction, calendar=CALENDAR).on


def profile(code: str) -> ProcedureProfile:
    return next(one for one in seed_profiles() if one.code == code)


def day(number: int, hour: int = 9, month: int = 3) -> datetime:
    return datetime(2026, month, number, hour, tzinfo=SHANGHAI)


def times(deadline: datetime, documents: datetime | None = None, applications: datetime | None = None) -> Times:
    return Times(applications, documents or deadline - timedelta(days=5), deadline)


def test_twenty_days_lie_between_documents_and_deadline() -> None:
    works = profile("WORKS_OPEN")
    require_times(times(day(24)), works, published_at=day(4, 8), count=count)

    with pytest.raises(TimeTooEarly) as refused:
        require_times(times(day(23)), works, published_at=day(4, 8), count=count)
    assert refused.value.fields["earliest"] == "2026-03-24"
    assert "第二十四条" in str(refused.value.fields["source"])


def test_documents_can_be_taken_for_five_working_days_in_procurement() -> None:
    with pytest.raises(TimeTooEarly):
        require_times(times(day(30), day(8)), profile("GOV_OPEN"), published_at=day(4), count=count)
    require_times(times(day(30), day(11)), profile("GOV_OPEN"), published_at=day(4), count=count)


def test_a_single_source_ends_after_the_last_day_on_which_its_notice_is_shown() -> None:
    alone = profile("GOV_SINGLE_SOURCE")
    with pytest.raises(TimeTooEarly) as refused:
        require_times(times(day(11)), alone, published_at=day(4, 8), count=count)
    assert refused.value.fields["earliest"] == "2026-03-12"
    require_times(times(day(12)), alone, published_at=day(4, 8), count=count)


def test_bids_are_counted_from_the_end_of_the_applications() -> None:
    works = profile("WORKS_PREQUALIFIED")
    ends = day(16)
    require_times(times(day(7, month=4), applications=ends), works, published_at=day(2), count=count)

    with pytest.raises(TimeTooEarly):
        require_times(times(day(1, month=4), applications=ends), works, published_at=day(2), count=count)


@pytest.mark.parametrize(("told", "expected"), [(9, 24), (10, 25), (20, 37)])
def test_a_late_clarification_postpones_the_deadline_to_fifteen_days_ahead(told: int, expected: int) -> None:
    limit = profile("WORKS_OPEN").limit(LimitName.CLARIFICATION)
    moved = postponed(day(24), limit, told_at=day(told), count=count)

    assert moved == day(24) + timedelta(days=max(0, (day(1) + timedelta(days=expected - 1) - day(24)).days))
    assert (moved.date() - day(told).date()).days >= 15
    assert moved.astimezone(SHANGHAI).hour == 9


def test_an_objection_comes_ten_days_before_the_deadline() -> None:
    limit = profile("WORKS_OPEN").limit(LimitName.OBJECTION_DOCUMENTS)
    require_objection(day(24), limit, at=day(14, 23), count=count)

    with pytest.raises(ObjectionTooLate):
        require_objection(day(24), limit, at=day(15, 0), count=count)


def section(**changes: Any) -> SectionTermsDraft:
    facts: dict[str, Any] = {
        "title": "一标段",
        "scope": "道路改造",
        "kind": "WORKS",
        "estimate": Decimal("12000000"),
        "price_kind": "AMOUNT",
        "ceiling": Decimal("11800000"),
        "bond": Decimal("200000"),
    }
    return SectionTermsDraft(**{**facts, **changes})


@pytest.mark.parametrize(
    ("estimate", "bond", "holds"),
    [
        ("12000000", "240000", True),
        ("12000000", "240000.01", False),
        ("60000000", "800000", True),
        ("60000000", "800000.01", False),
    ],
)
def test_a_bond_is_capped_by_share_and_by_amount(estimate: str, bond: str, holds: bool) -> None:
    draft = section(estimate=Decimal(estimate), bond=Decimal(bond))
    if holds:
        check_section(draft, profile("WORKS_OPEN"))
        return
    with pytest.raises(BondTooHigh):
        check_section(draft, profile("WORKS_OPEN"))


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("WORKS_OPEN", {"awards": 2}),
        ("WORKS_OPEN", {"alternatives": (("钢结构", Decimal(1)),)}),
        ("WORKS_OPEN", {"price_kind": "DISCOUNT_RATE", "ceiling": None}),
        ("WORKS_TWO_STAGE", {"alternatives": (("钢结构", Decimal(0)),)}),
        ("WORKS_TWO_STAGE", {"alternatives": (("钢结构", Decimal(1)), ("钢结构", Decimal(2)))}),
        ("WORKS_TWO_STAGE", {"alternatives": (("钢结构", Decimal(1)),), "ceiling": None}),
        ("WORKS_OPEN", {"estimate": Decimal(0)}),
        ("GOV_OPEN", {"price_kind": "DISCOUNT_RATE"}),
        ("PROPERTY_OPEN", {"bond": Decimal(1)}),
        ("GOV_FRAMEWORK", {"awards": 3, "call_offs": "AUCTION"}),
        ("GOV_FRAMEWORK", {"awards": 1, "call_offs": "ROTATION"}),
        ("GOV_OPEN", {"call_offs": "COMPETITION"}),
        ("WORKS_OPEN", {"grades": ("市政公用工程施工总承包",)}),
        ("WORKS_OPEN", {"grades": ("市政公用工程施工总承包二级", "市政公用工程施工总承包（三级）")}),
    ],
)
def test_a_section_asks_only_what_its_procedure_knows(code: str, changes: dict[str, Any]) -> None:
    with pytest.raises(SectionInvalid):
        check_section(section(**changes), profile(code))


def test_a_framework_says_how_it_is_called_off_and_a_section_which_grades_it_asks_for() -> None:
    grades = ("市政公用工程施工总承包二级", "桥梁工程专业承包（贰级）")
    check_section(section(awards=3, call_offs="COMPETITION"), profile("GOV_FRAMEWORK"))
    check_section(section(grades=grades), profile("WORKS_OPEN"))
    check_section(section(alternatives=(("钢结构", Decimal(1)), ("木结构", Decimal(2)))), profile("WORKS_TWO_STAGE"))


def scored(*points: tuple[str, str]) -> TenderDocument:
    return TenderDocument(
        scoring=tuple(Criterion(f"C{n}", "项", kind, Decimal(p), "") for n, (kind, p) in enumerate(points))
    )


def test_a_scoring_table_is_a_hundred_points_with_enough_for_the_price() -> None:
    require_scoring(scored(("PRICE", "30"), ("SUBJECTIVE", "70")), scored=True, least_price=Decimal("0.3"), source="x")

    with pytest.raises(ScoringNotHundred):
        require_scoring(scored(("PRICE", "30"), ("SUBJECTIVE", "69.99")), scored=True, least_price=None, source="")
    with pytest.raises(PriceWeightTooLow):
        require_scoring(
            scored(("PRICE", "29.5"), ("SUBJECTIVE", "70.5")), scored=True, least_price=Decimal("0.3"), source="x"
        )


def with_clause(text: str) -> TenderDocument:
    row = {"chapter": "QUALIFICATION", "number": "1", "title": "资格", "text": text}
    return parse({"clauses": [row]})


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("投标人须在本市注册并设有分公司。", "LOCAL_SEAT"),
        ("投标人近三年具有佛山市业绩不少于两项。", "LOCAL_RECORD"),
        ("水泵须采用指定品牌。", "NAMED_BRAND"),
        ("投标人应为国有企业。", "OWNERSHIP"),
        ("注册资本不低于5000万元。", "SIZE"),
        ("具有物业服务企业资质一级。", "CANCELLED_TITLE"),
        ("公司成立满五年以上。", "YEARS_OLD"),
        ("报价不得低于最高投标限价的90%。", "LOWEST_PRICE_FLOOR"),
    ],
)
def test_a_discriminatory_clause_is_found_with_its_article(text: str, rule: str) -> None:
    found = find(with_clause(text))

    assert [one.rule for one in found] == [rule]
    assert "第" in found[0].article
    assert found[0].place == "QUALIFICATION 1"


@pytest.mark.parametrize(
    "text",
    ["投标人须具有独立法人资格和有效营业执照。", "项目负责人须具有注册建造师资格。", "具有同类工程业绩不少于一项。"],
)
def test_an_ordinary_clause_is_not_found(text: str) -> None:
    assert find(with_clause(text)) == ()


def test_a_document_survives_being_stored_and_refuses_nonsense() -> None:
    price = {"code": "P", "title": "报价", "kind": "PRICE", "points": "100", "standard": "见公式"}
    content: dict[str, Any] = {
        "clauses": [{"chapter": "CONTRACT", "number": "1", "title": "付款", "text": "按月支付。", "star": True}],
        "scoring": [price],
        "bills": {"1": [{"code": "0101", "name": "挖方", "feature": "", "unit": "m³", "quantity": "12.5"}]},
    }
    assert parse(as_content(parse(content))) == parse(content)

    for broken in (
        {"clauses": [{"chapter": "POETRY", "number": "1", "title": "a", "text": "b"}]},
        {"scoring": [{"code": "P", "title": "报价", "kind": "PRICE", "points": "-1"}]},
        {"bills": {"1": [{"code": "1", "name": "x", "unit": "m", "quantity": "=1+1"}]}},
        {"scoring": [price, price]},
    ):
        with pytest.raises(DocumentMalformed):
            parse(broken)
