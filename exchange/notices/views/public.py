"""Public pages: the list of lots, a project with its notices, results. They work without JavaScript."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from commons.domain.actor import Actor, Role
from commons.pages import actor_of, csv_response
from commons.parameters.definitions import definitions
from commons.parameters.labels import UNITS, label
from exchange.notices import queries
from exchange.notices.domain.calendar import Event, ics
from exchange.notices.domain.kinds import NoticeKind
from exchange.projects.domain.trades import INSTRUMENTS, Instrument
from exchange.projects.models import Project
from exchange.projects.queries import lot_view

PAGE = 20
STAGE_LABELS = {
    "announced": gettext_lazy("Announced"),
    "registering": gettext_lazy("Registration open"),
    "selling": gettext_lazy("Being sold"),
    "sold": gettext_lazy("Sold"),
    "failed": gettext_lazy("Failed or ended"),
    "suspended": gettext_lazy("Suspended"),
}


@require_safe
def lots(request: HttpRequest) -> HttpResponseBase:
    """All published lots, by words and filters; the address holds the search."""
    search = queries.Search.of(request.GET)
    found = queries.published_lots(search)
    if request.GET.get("format") == "csv":
        return _lots_csv(found)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    at = timezone.now()
    rows = [(lot.project, lot_view(lot, at)) for lot in page]
    facets = queries.facets(search)
    context = {
        "search": search,
        "page": page,
        "rows": rows,
        "stages": [(facet, STAGE_LABELS[facet.value]) for facet in facets["stage"]],
        "instruments": [(facet, _(INSTRUMENTS[Instrument(facet.value)].label)) for facet in facets["instrument"]],
        "at": at,
    }
    return render(request, "exchange/notices/list.html", context)


def _lots_csv(found: Any) -> HttpResponseBase:
    header = [
        _("Project code"),
        _("Title"),
        _("Seller"),
        _("Lot"),
        _("Pollutant or instrument"),
        _("Quantity"),
        _("Start price"),
        _("State"),
        _("Registration ends"),
        _("Bidding starts"),
    ]
    rows = (
        (
            lot.project.code,
            lot.project.title,
            lot.project.seller.name,
            lot.number,
            lot.instrument,
            lot.quantity,
            lot.start_price,
            lot.state,
            lot.registration_ends_at,
            lot.opens_at,
        )
        for lot in found[:5_000]
    )
    return csv_response("lots", header, rows)


@require_safe
def project(request: HttpRequest, project_id: int) -> HttpResponse:
    """One project: its lots with what comes next, documents, and every notice ever published."""
    found = queries.published_project(project_id)
    notices = list(found.notices.all())
    at = timezone.now()
    sale = [notice for notice in notices if notice.kind in (NoticeKind.SALE, NoticeKind.AMENDMENT)]
    context = {
        "project": found,
        "lots": [lot_view(lot, at) for lot in found.lots.all()],
        "notice": sale[-1],
        "notices": [(notice, queries.kind_label(notice)) for notice in reversed(notices)],
        "rules": [_rule(key, taken) for key, taken in found.parameters.items()],
        "may_object": _may_object(actor_of(request), found),
        "at": at,
    }
    return render(request, "exchange/notices/project.html", context)


def _may_object(actor: Actor, found: Project) -> bool:
    """Whether the way to an objection is shown: to bidders, and to strangers, who are asked to sign in first."""
    return actor.is_anonymous or (actor.has(Role.BIDDER) and actor.organisation_id != found.seller_id)


def _rule(key: str, taken: Mapping[str, Any]) -> dict[str, str]:
    """A number of the notice in the reader's words; a key that the house knows no more stands for itself."""
    found = definitions().get(key)
    return {
        "key": key,
        "label": label(found) if found else key,
        "value": str(taken["value"]),
        "unit": str(UNITS.get(found.unit, "")) if found else "",
        "source": str(taken["source"]),
    }


@require_safe
def project_json(request: HttpRequest, project_id: int) -> JsonResponse:
    """The same page as data."""
    data = queries.project_data(queries.published_project(project_id))
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 1})


@require_safe
def project_ics(request: HttpRequest, project_id: int) -> HttpResponse:
    """The dates of a project for a calendar program."""
    found = queries.published_project(project_id)
    text = ics(_events(found), stamp=timezone.now())
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.code}.ics"'
    return response


def _events(found: Project) -> list[Event]:
    events = []
    for lot in found.lots.all():
        view = lot_view(lot)
        address = settings.PUBLIC_URL + reverse("auctions:lot", args=[lot.pk])
        for number, step in enumerate(view.steps):
            if step.at is not None:
                uid = f"lot-{lot.pk}-{number}@{found.code}.luochui"
                title = f"{step.title} · {found.title} · {_('Lot')} {lot.number}"
                events.append(Event(uid, step.at, title, address))
    return events


@require_safe
def results(request: HttpRequest) -> HttpResponseBase:
    """Every published deal, as page and as CSV."""
    found = queries.results()
    if request.GET.get("format") == "csv":
        return _results_csv(found)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = [(deal, INSTRUMENTS[Instrument(deal.lot.instrument)]) for deal in page]
    return render(request, "exchange/notices/results.html", {"page": page, "deals": rows})


def _results_csv(found: Any) -> HttpResponseBase:
    header = [
        _("Project code"),
        _("Lot"),
        _("Pollutant or instrument"),
        _("Seller"),
        _("Buyer"),
        _("Quantity"),
        _("Price"),
        _("Amount"),
        _("Published"),
    ]
    rows = (
        (
            deal.lot.project.code,
            deal.lot.number,
            deal.lot.instrument,
            deal.lot.project.seller.name,
            deal.buyer.name,
            deal.quantity,
            deal.price,
            deal.amount,
            deal.notified_at,
        )
        for deal in found[:5_000]
    )
    return csv_response("results", header, rows)
