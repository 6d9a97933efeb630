"""The public directory of agencies, and the shared feed of standing."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from commons.domain.refusals import NotFound
from commons.domain.time import to_text
from commons.pages import actor_of, csv_response
from marketplace.catalogue import queries as catalogue
from marketplace.entry import queries
from marketplace.entry.domain.entrants import EntrantState, StatusKind
from marketplace.entry.labels import ENTRANT_STATES, STATUS_KINDS
from marketplace.entry.policies import READERS

PAGE = 25
FEED_PAGE = 500


@require_safe
def directory(request: HttpRequest) -> HttpResponseBase:
    """Every published agency, by words and by the service offered."""
    question, item = request.GET.get("q", "").strip()[:60], request.GET.get("item", "")
    item_id = int(item) if item.isascii() and item.isdigit() and len(item) < 10 else None
    found = queries.directory(question=question, item_id=item_id)
    if request.GET.get("format") == "csv":
        header = [_("Agency"), _("Code"), _("State"), _("In force since"), _("Re-check by")]
        states = {one.value: str(words) for one, (words, _tone) in ENTRANT_STATES.items()}
        rows = (
            (row.organisation.name, row.organisation.uscc, states[row.state], row.published_at, row.recheck_due_on)
            for row in found[:5_000]
        )
        return csv_response("agencies", header, rows)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    held = queries.certificates([row.pk for row in shown])
    known = catalogue.qualifications()
    context = {
        "page": page,
        "rows": [(row, ENTRANT_STATES[EntrantState(row.state)], _words(held.get(row.pk, ()), known)) for row in shown],
        "q": question,
        "item": catalogue.item(item_id) if item_id is not None else None,
        "now": timezone.now(),
    }
    return render(request, "marketplace/entry/directory.html", context)


@require_safe
def agency(request: HttpRequest, entrant_id: int) -> HttpResponse:
    """One agency: what it offers and holds, and what happened to its standing. Refuses `NotFound`."""
    row = queries.directory().filter(pk=entrant_id).first()
    if row is None:
        raise NotFound()
    view = queries.view(row)
    known = catalogue.qualifications()
    viewer = actor_of(request)
    context = {
        "agency": view,
        "state": ENTRANT_STATES[view.state],
        "held": [(one, known[one.code].words(one.grade) if one.code in known else one.code)
                 for one in queries.certificates([row.pk]).get(row.pk, ())],
        "offers": queries.offers_of(row.pk),
        "practitioners": [(one, one.name[:1] + "**") for one in queries.practitioners_of(row.pk)],
        "feed": [(line, STATUS_KINDS[StatusKind(line.kind)]) for line in queries.history(view.uscc)],
        "may_check": viewer.has(*READERS),
        "now": timezone.now(),
    }  # fmt: skip
    return render(request, "marketplace/entry/agency.html", context)


@require_safe
def standing(request: HttpRequest) -> HttpResponseBase:
    """The shared feed of standing, the newest first; as a table to download too."""
    if request.GET.get("format") == "csv":
        header = [
            _("When"),
            _("Code"),
            _("What"),
            _("Deciding authority"),
            _("Decision"),
            _("Reason"),
            _("In force until"),
        ]
        kinds = {one.value: str(words) for one, (words, _tone) in STATUS_KINDS.items()}
        told = (
            (line.recorded_at, line.uscc, kinds[line.kind], line.authority, line.number,
             line.reason, line.until)
            for line in queries.public_feed().order_by("-id")[:20_000].iterator(500)
        )  # fmt: skip
        return csv_response("standing", header, told)
    page = Paginator(queries.public_feed().order_by("-id"), PAGE).get_page(request.GET.get("page"))
    rows = [(line, STATUS_KINDS[StatusKind(line.kind)]) for line in page]
    names = queries.names_of({line.uscc for line, _ in rows})
    return render(
        request,
        "marketplace/entry/standing.html",
        {"page": page, "rows": [(line, tag, names.get(line.uscc, line.uscc)) for line, tag in rows]},
    )


@require_safe
def standing_json(request: HttpRequest) -> JsonResponse:
    """The feed as data, in order: everything after the number `after`, at most 500 lines.

    No line is ever skipped; what befell a natural person is no line of it.
    """
    after = request.GET.get("after", "0")
    number = int(after) if after.isascii() and after.isdigit() and len(after) < 18 else 0
    lines = queries.public_feed().filter(pk__gt=number).order_by("pk")[:FEED_PAGE]
    data = [
        {
            "number": str(line.pk),
            "uscc": line.uscc,
            "entrant": line.entrant_kind,
            "kind": line.kind,
            "authority": line.authority,
            "decision": line.number,
            "reason": line.reason,
            "until": to_text(line.until) if line.until else None,
            "source": line.source,
            "recorded_at": to_text(line.recorded_at),
            "evidence": line.evidence_hash,
        }
        for line in lines
    ]
    return JsonResponse({"lines": data, "last": data[-1]["number"] if data else str(number)})


def _words(held: object, known: dict[str, catalogue.QualificationView]) -> list[str]:
    return [known[one.code].words(one.grade) if one.code in known else one.code for one in held]  # type: ignore[attr-defined]
