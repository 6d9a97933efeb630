"""What a ranked result must be before it is recorded."""

from decimal import Decimal
from typing import Any

import pytest

from bidding.awards.domain.reports import (
    ReportInvalid,
    ReportLine,
    TooFewValid,
    check_lines,
    require_all,
    require_enough,
)


def line(organisation_id: int, rank: int, price: str = "100", reason: str = "综合得分最高") -> ReportLine:
    return ReportLine(organisation_id, rank, Decimal(price), Decimal(90), reason)


def check(*lines: ReportLine, ceiling: str | None = "100", as_rate: bool = False) -> None:
    check_lines(lines, ceiling=Decimal(ceiling) if ceiling else None, as_rate=as_rate)


def test_ranks_run_from_one_and_rejected_bids_have_none() -> None:
    check(line(1, 2), line(2, 1), line(3, 0, "101"))


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [line(1, 1), line(1, 2)],
        [line(1, 1), line(2, 3)],
        [line(1, 2)],
        [line(1, 1), line(2, 1)],
        [line(1, 1, "100.01")],
        [line(1, 1, "0")],
        [line(1, 1, reason="好")],
    ],
)
def test_a_report_that_cannot_be_is_refused(lines: list[ReportLine]) -> None:
    with pytest.raises(ReportInvalid):
        check(*lines)


def test_a_discount_rate_is_a_fraction() -> None:
    check(line(1, 1, "0.125"), as_rate=True)
    with pytest.raises(ReportInvalid):
        check(line(1, 1, "12.5"), as_rate=True)


@pytest.mark.parametrize(
    ("valid", "options", "holds"),
    [
        (3, {"fails": True}, True),
        (2, {"fails": True, "competition": "两家报价差异明显，竞争充分。"}, False),
        (2, {"fails": False}, False),
        (2, {"fails": False, "competition": "两家报价差异明显，竞争充分。"}, True),
        (0, {"fails": False, "competition": "两家报价差异明显，竞争充分。"}, False),
    ],
)
def test_fewer_than_three_after_review_fail_unless_competition_remains(
    valid: int, options: dict[str, Any], holds: bool
) -> None:
    lines = [line(number, number if number <= valid else 0) for number in range(1, 4)]
    given = {"least": 3, "competition": "", "source": "第二十七条", **options}
    if holds:
        require_enough(lines, **given)
        return
    with pytest.raises(TooFewValid):
        require_enough(lines, **given)


def test_a_report_judges_every_opened_bid_and_no_other() -> None:
    require_all([1, 2], [2, 1])
    with pytest.raises(ReportInvalid):
        require_all([1], [1, 2])
    with pytest.raises(ReportInvalid):
        require_all([1, 2, 3], [1, 2])
