"""Results of every trade in one order of time, read page by page."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator

from portal.results import Result, Results, Source, Trade

NOON = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    pk: int
    at: datetime


@dataclass
class Rows:
    """As much of a query as `Results` asks of one; says which rows were read whole."""

    rows: list[Row]
    read: list[int] = field(default_factory=list)

    def count(self) -> int:
        return len(self.rows)

    def values_list(self, *_names: str) -> list[tuple[datetime, int]]:
        return [(row.at, row.pk) for row in self.rows]

    def filter(self, *, pk__in: list[int]) -> list[Row]:
        self.read += pk__in
        return [row for row in self.rows if row.pk in pk__in]


def rows(*minutes: int) -> Rows:
    latest_first = sorted(minutes, reverse=True)
    return Rows([Row(minute, NOON + timedelta(minutes=minute)) for minute in latest_first])


def of(found: dict[Trade, Rows]) -> Results:
    def source(trade: Trade, asked: Any) -> Source:
        return Source(asked, "at", lambda row: Result(trade, str(row.pk), "", "", Decimal(1), row.at, "/"))

    return Results({trade: source(trade, asked) for trade, asked in found.items()})


def test_trades_are_mixed_by_time_with_the_latest_first() -> None:
    results = of({Trade.AUCTION: rows(1, 5), Trade.TENDER: rows(4), Trade.SERVICE: rows(2, 6)})

    assert [one.title for one in results[0:10]] == ["6", "5", "4", "2", "1"]
    assert len(results) == 5
    assert results.counts == {Trade.AUCTION: 2, Trade.TENDER: 1, Trade.SERVICE: 2}


def test_a_page_reads_its_own_rows_and_no_others() -> None:
    auctions, tenders = rows(1, 3, 5, 7), rows(2, 4, 6, 8)

    page: Any = Paginator(of({Trade.AUCTION: auctions, Trade.TENDER: tenders}), 3).get_page(2)  # type: ignore[arg-type]

    assert [one.title for one in page] == ["5", "4", "3"]
    assert (auctions.read, tenders.read) == ([5, 3], [4])
    assert page.paginator.num_pages == 3


def test_two_trades_with_results_of_one_instant_and_one_number_stay_apart() -> None:
    results = of({Trade.AUCTION: rows(1), Trade.TENDER: rows(1)})

    assert sorted(one.trade for one in results[0:2]) == [Trade.AUCTION, Trade.TENDER]
