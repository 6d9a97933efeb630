"""The public way in to every result: auctions, tenders and selections in one list."""

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from commons.pages import csv_response
from portal.results import TRADES, Results, Trade, published

PAGE = 20
MOST_IN_A_TABLE = 5_000
LONGEST_WORDS = 80


@require_safe
def results(request: HttpRequest) -> HttpResponseBase:
    """`?trade=` one of the trades, `?q=` words of title or parties; `?format=csv` the same as a table to download."""
    words, asked = request.GET.get("q", "")[:LONGEST_WORDS].strip(), request.GET.get("trade", "")
    trade = Trade(asked) if asked in set(Trade) else None
    sources = published(words)
    every = Results(sources)
    shown = every if trade is None else Results({trade: sources[trade]})
    if request.GET.get("format") == "csv":
        return _csv(shown)
    context: dict[str, object] = {
        "words": words,
        "trade": trade,
        "total": len(every),
        "trades": [(one, label, every.counts[one]) for one, label in TRADES.items()],
        "page": Paginator(shown, PAGE).get_page(request.GET.get("page")),  # type: ignore[arg-type]  # sized, sliced
    }
    return render(request, "portal/results.html", context)


def _csv(found: Results) -> HttpResponseBase:
    header = [_("Trade"), _("Title"), _("Owner or seller"), _("Goes to"), _("Amount"), _("Published on"), _("Page")]
    rows = (
        (one.trade_label, one.title, one.owner, one.winner, one.amount, one.at, one.url)
        for one in found[:MOST_IN_A_TABLE]
    )
    return csv_response("results", header, rows)
