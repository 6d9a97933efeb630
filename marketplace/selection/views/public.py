"""The public pages of selections: the list, one with every step, and the record to compute it again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from commons.domain.actor import Actor
from commons.domain.csv_safe import Cell
from commons.pages import actor_of, csv_response
from marketplace.procurement import queries as procurements
from marketplace.selection import policies, queries
from marketplace.selection.domain.case import Way
from marketplace.selection.domain.outcome import Step
from marketplace.selection.domain.states import SelectionState, Wait
from marketplace.selection.labels import QUOTES, STATES, WAITS, note, sentence, way_of
from marketplace.selection.models import Selection
from marketplace.selection.queries import SelectionView

PAGE = 20
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step in words, with its table."""

    text: str
    lines: tuple[tuple[str, str, str, bool], ...]
    """Number, value, note, and whether the value is a figure."""
    draw_id: str


@require_safe
def selections(request: HttpRequest) -> HttpResponseBase:
    """Every selection, the newest first; as a table to download too."""
    rows = Selection.objects.select_related("procurement", "winner__organisation").order_by("-id")
    if request.GET.get("format") == "csv":
        header = [_("Code"), _("Procurement"), _("Method"), _("State"), _("Selected"), _("Amount"), _("Decided")]
        return csv_response("selections", header, _lines(rows))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = [(row, way_of(row.way, live=row.live), STATES[SelectionState(row.state)]) for row in page]
    return render(request, "marketplace/selection/list.html", {"page": page, "rows": shown})


@require_safe
def selection(request: HttpRequest, selection_id: int) -> HttpResponse:
    """One selection: before its result how far it is, afterwards every step with its numbers."""
    found, actor = queries.selection(selection_id), actor_of(request)
    notice = procurements.procurement(found.procurement_id)
    open_ = found.finished or may_see(actor, found)
    context = {
        "selection": found,
        "notice": notice,
        "way": way_of(found.way, live=found.live),
        "state": STATES[found.state],
        "wait": WAITS[found.wait],
        "open": open_,
        "steps": [_shown(step) for step in found.outcome.steps] if open_ else [],
        "winner": found.case.entrant(found.outcome.winner) if found.finished and found.outcome.winner else None,
        "scale": QUOTES[found.case.terms.quote_kind],
        "panel": queries.panel(selection_id) if open_ else [],
        "case_sha256": found.case.sha256(),
        "may": _may(actor, found, notice.owner_organisation_id),
    }
    return render(request, "marketplace/selection/selection.html", context)


@require_safe
def record(request: HttpRequest, selection_id: int) -> HttpResponse:
    """`luochui-selection/v1`, from which anybody computes the selection again."""
    response = JsonResponse(queries.record(selection_id), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="selection-{selection_id}.json"'
    return response


def may_see(actor: Actor, found: SelectionView) -> bool:
    """Whether the figures of a running selection may be seen."""
    row = Selection.objects.get(pk=found.id)
    owner_id = procurements.procurement(found.procurement_id).owner_organisation_id
    return found.wait is not Wait.ROOM and bool(policies.can_see_running(actor, row, owner_id))


def _lines(rows: "QuerySet[Selection]") -> Iterator[tuple[Cell, ...]]:
    """The lines of the table to download; the words are looked up at once, in the reader's language."""
    states = {one.value: str(words) for one, (_tone, words) in STATES.items()}
    ways = {(one.value, live): way_of(one.value, live=live) for one in Way for live in (False, True)}
    return (
        (row.procurement.code, row.procurement.title, ways[row.way, row.live], states[row.state],
         row.winner.organisation.name if row.winner else "", row.amount, row.decided_at)
        for row in rows[:20_000].iterator(500)
    )  # fmt: skip


def _shown(step: Step) -> ShownStep:
    lines = tuple(
        (line.number, _grouped(line.value), note(step, line.note), _figure(line.value) is not None)
        for line in step.lines
    )
    return ShownStep(sentence(step), lines, step.draw_id)


def _figure(value: str) -> Decimal | None:
    """The number that a value is; None for words and digests."""
    return Decimal(value) if _NUMBER.fullmatch(value) else None


def _grouped(value: str) -> str:
    """A figure with its thousands set apart, everything else as it is."""
    figure = _figure(value)
    return value if figure is None else f"{figure:,f}"


def _may(actor: Actor, found: SelectionView, owner_id: int) -> dict[str, bool]:
    owner = bool(policies.can_choose(actor, owner_id))
    return {
        "panel": owner and found.wait is Wait.SCORES,
        "score": actor.person_id is not None and found.id in queries.to_score(actor),
        "pick": owner and found.wait is Wait.PICK,
    }
