"""The statistics of the supermarket: live, for everybody, as page, CSV and JSON."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from commons.pages import csv_response
from marketplace.procurement.domain.methods import LABELS, Method
from marketplace.statistics import queries
from marketplace.statistics.charts import bars
from marketplace.statistics.queries import Row

MYRIAD, TENTH = Decimal(10_000), Decimal("0.1")
"""Amounts are drawn in 10,000 yuan."""
MOST_ITEMS = 20
"""On the page; the files hold all."""
BREAKDOWNS = {
    "month": queries.by_month,
    "item": queries.by_item,
    "district": queries.by_district,
    "way": queries.by_way,
}


@require_safe
def statistics(request: HttpRequest) -> HttpResponseBase:
    """The figures of a period, the last twelve months unless the address says otherwise."""
    first, last = _period(request)
    by = request.GET.get("by", "month")
    rows = BREAKDOWNS.get(by, queries.by_month)(first, last)
    shown = request.GET.get("format")
    sign_ups = sum(row.sign_ups for row in rows)
    if shown == "csv":
        return csv_response("supermarket", _header(), [_cells(by, row) for row in rows])
    figures = queries.overview(first, last, sign_ups=sign_ups)
    if shown == "json":
        data = {"first": str(first), "last": str(last), "figures": figures.as_json(), "by": by}
        return JsonResponse(
            {**data, "rows": [_as_json(row) for row in rows]}, json_dumps_params={"ensure_ascii": False}
        )
    labelled = [(_label(by, row), row) for row in (rows[:MOST_ITEMS] if by == "item" else rows)]
    drawn = [(label.partition(" (")[0], row) for label, row in labelled]  # a code has no room under a bar
    context = {
        "first": first,
        "last": last,
        "by": by,
        "figures": figures,
        "rows": labelled,
        "all_rows": len(rows),
        "amounts": bars([(label, (row.amount / MYRIAD).quantize(TENTH)) for label, row in drawn], title=_("Amount")),
        "chart": bars([(label, row.notices) for label, row in drawn], title=_("Notices")),
        "views": [
            ("month", _("By month")),
            ("way", _("By method")),
            ("item", _("By item")),
            ("district", _("By district")),
        ],
    }
    return render(request, "marketplace/statistics/statistics.html", context)


def _period(request: HttpRequest) -> tuple[date, date]:
    today = timezone.localdate()
    last = _day(request.GET.get("last", ""), today)
    return _day(request.GET.get("first", ""), last - timedelta(days=365)), last


def _day(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise


def _label(by: str, row: Row) -> str:
    return _(LABELS[Method(row.key)]) if by == "way" and row.key in Method.__members__ else row.label


def _header() -> list[str]:
    return [
        _("Breakdown"),
        _("Notices"),
        _("Sign-ups"),
        _("Sign-ups per notice"),
        _("Selected"),
        _("Selection rate"),
        _("Amount"),
        _("Saving of price selection"),
    ]


def _cells(by: str, row: Row) -> tuple[Any, ...]:
    shares = (row.selected, row.selection_rate, row.amount, row.saving_rate)
    return (_label(by, row), row.notices, row.sign_ups, row.sign_ups_per_notice, *shares)


def _as_json(row: Row) -> dict[str, str]:
    return {
        "key": row.key,
        "label": row.label,
        "notices": str(row.notices),
        "sign_ups": str(row.sign_ups),
        "sign_ups_per_notice": str(row.sign_ups_per_notice),
        "selected": str(row.selected),
        "selection_rate": str(row.selection_rate),
        "amount": str(row.amount),
        "saving_rate": str(row.saving_rate),
    }
