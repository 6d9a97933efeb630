"""The public catalogue: by words, type and approval item; every item with its basis."""

from collections.abc import Iterator

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from commons.domain.csv_safe import Cell
from commons.evidence.queries import records_of
from commons.pages import actor_of, csv_response
from marketplace.catalogue import queries
from marketplace.catalogue.domain.requirements import text_of
from marketplace.catalogue.importing import ITEMS, QUALIFICATIONS
from marketplace.catalogue.models import ServiceItem
from marketplace.catalogue.policies import can_keep_catalogue

PAGE = 25


@require_safe
def items(request: HttpRequest) -> HttpResponseBase:
    """The items in force; `format=csv` is the table that the import reads."""
    question, kind = request.GET.get("q", "").strip()[:60], request.GET.get("type", "")[:60]
    matter = request.GET.get("matter", "")[:40]
    found = queries.items(question=question, service_type=kind, matter=matter)
    if request.GET.get("format") == "csv":
        return csv_response("service-items", ITEMS.template, map(_cells, found.iterator(500)))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    views = [queries.view(row) for row in page]
    known = queries.qualifications()
    context = {
        "page": page,
        "rows": [(view, queries.words_of(view.facts.requirement, known)) for view in views],
        "q": question,
        "kind": kind,
        "types": queries.service_types(),
        "may_keep": bool(can_keep_catalogue(actor_of(request))),
    }
    return render(request, "marketplace/catalogue/list.html", context)


@require_safe
def qualifications(request: HttpRequest) -> HttpResponseBase:
    """The register of qualifications; `format=csv` is the table that the import reads."""
    known = queries.qualifications().values()
    if request.GET.get("format") == "csv":
        rows = ((one.code, one.name, "；".join(one.grades)) for one in known)
        return csv_response("qualification-kinds", QUALIFICATIONS.template, rows)
    context = {"rows": list(known), "may_keep": bool(can_keep_catalogue(actor_of(request)))}
    return render(request, "marketplace/catalogue/qualifications.html", context)


@require_safe
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """One item. Refuses `NotFound`."""
    found = queries.item(item_id)
    context = {
        "item": found,
        "words": queries.words_of(found.facts.requirement, queries.qualifications()),
        "text": text_of(found.facts.requirement),
        "may_keep": bool(can_keep_catalogue(actor_of(request))),
        "records": records_of(f"item:{item_id}"),
    }
    return render(request, "marketplace/catalogue/item.html", context)


def _cells(row: ServiceItem) -> Iterator[Cell]:
    """The columns of the import, in its order."""
    facts = queries.view(row).facts
    matters = [
        f"{one.code} {one.name}@{one.authority}" if one.authority else f"{one.code} {one.name}" for one in facts.matters
    ]
    yield from (facts.code, facts.name, facts.service_type, "；".join(matters), text_of(facts.requirement))
    price = facts.price
    yield from (price.low, price.high, "费率" if price.unit.value == "PERCENT" else "总价", price.basis)
    yield from (facts.legal_basis, facts.region, "是" if facts.in_central_catalogue else "否")
