"""What was sold, awarded and selected in the city, from all its trades in one order of time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bidding.awards import queries as awards
from exchange.notices import queries as notices
from marketplace.fulfilment import queries as services


class Trade(StrEnum):
    """Where a result comes from."""

    AUCTION = "auction"
    TENDER = "tender"
    SERVICE = "service"


TRADES: Mapping[Trade, str | Promise] = {
    Trade.AUCTION: _("Auctions"),
    Trade.TENDER: _("Tenders"),
    Trade.SERVICE: _("Supermarket"),
}


@dataclass(frozen=True, slots=True)
class Result:
    """One published result: what, for whom, to whom, for how much; `amount` in yuan where there is one."""

    trade: Trade
    title: str
    owner: str
    winner: str
    amount: Decimal | None
    at: datetime
    url: str

    @property
    def trade_label(self) -> str:
        return str(TRADES[self.trade])


@dataclass(frozen=True, slots=True)
class Source:
    """The results of one trade: its rows, the column of their instant, and how a row is told."""

    rows: QuerySet[Any]
    instant: str
    tell: Callable[[Any], Result]


class Results:
    """The results of some trades as one list, the latest first; only the part that is asked for is read."""

    def __init__(self, sources: Mapping[Trade, Source]) -> None:
        self._sources = sources
        self.counts = {trade: source.rows.count() for trade, source in sources.items()}

    def __len__(self) -> int:
        return sum(self.counts.values())

    def __getitem__(self, part: slice) -> list[Result]:
        keys = [
            (at, trade, pk)
            for trade, source in self._sources.items()
            for at, pk in source.rows.values_list(source.instant, "pk")[: part.stop]
        ]
        chosen = sorted(keys, reverse=True)[part]
        told: dict[tuple[Trade, int], Result] = {}
        for trade, source in self._sources.items():
            wanted = [pk for _at, of_trade, pk in chosen if of_trade is trade]
            found = source.rows.filter(pk__in=wanted) if wanted else ()
            told |= {(trade, row.pk): source.tell(row) for row in found}
        return [told[trade, pk] for _at, trade, pk in chosen]


def published(words: str = "") -> dict[Trade, Source]:
    """Every published result, by trade, whose title or parties are called like `words`."""
    return {
        Trade.AUCTION: Source(notices.results(words), "notified_at", _of_auction),
        Trade.TENDER: Source(awards.public_awards(words), "awarded_at", _of_tender),
        Trade.SERVICE: Source(services.results(words), "published_at", _of_service),
    }


def _of_auction(deal: Any) -> Result:
    project, url = deal.lot.project, reverse("auctions:lot", args=[deal.lot_id])
    return Result(
        Trade.AUCTION, project.title, project.seller.name, deal.buyer.name, deal.amount, deal.notified_at, url
    )


def _of_tender(award: Any) -> Result:
    tender, url = award.section.tender, reverse("tenders:tender", args=[award.section.tender_id])
    title, owner = tender.title, tender.project.owner.name
    if award.section.title not in title:
        title = f"{title} · {award.section.title}"
    return Result(Trade.TENDER, title, owner, award.line.organisation.name, award.amount, award.awarded_at, url)


def _of_service(one: Any) -> Result:
    url = reverse("selection:selection", args=[one.selection_id])
    return Result(Trade.SERVICE, one.title, one.owner.name, one.agency.name, one.amount, one.published_at, url)
