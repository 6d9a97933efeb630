"""What an organisation holds: permits, holdings, every movement with its document."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from commons.domain.deadlines import local_day
from commons.domain.refusals import NotFound, NotPermitted
from commons.pages import csv_response, signed_in
from commons.people import queries as people
from exchange.permits import queries
from exchange.permits.domain.facts import MovementView
from exchange.permits.domain.rights import MovementKind
from exchange.permits.labels import EXPIRED, INDUSTRIES, INSTRUMENT_LABELS, MOVEMENTS, STATES
from exchange.permits.policies import can_move_rights
from exchange.permits.queries import PermitView

CSV_HEADER = (
    "id", "kind", "instrument", "quantity", "unit", "from", "to", "lot", "document", "valid from", "valid until", "at"
)  # fmt: skip


@require_GET
def mine(request: HttpRequest) -> HttpResponseBase:
    """The organisation's own page."""
    organisation_id = signed_in(request).organisation_id
    if organisation_id is None:
        raise NotPermitted()
    return holder(request, organisation_id)


@require_GET
def holder(request: HttpRequest, organisation_id: int) -> HttpResponseBase:
    """The page of one holder: its own, or any one for the overseers."""
    actor = signed_in(request)
    as_csv = request.GET.get("format") == "csv"
    page = None if as_csv else request.GET.get("movements", "1")
    movements = queries.movements_of(actor, organisation_id, page=page)
    if as_csv:
        return csv_response("movements", CSV_HEADER, map(_cells, movements))
    sides = {number for line in movements for number in (line.source_id, line.target_id) if number}
    named = people.organisations(sides | {organisation_id})
    organisation = named.get(organisation_id)
    if organisation is None:
        raise NotFound()
    context = {
        "organisation": organisation,
        "own": actor.organisation_id == organisation_id,
        "holdings": [
            (held, INSTRUMENT_LABELS[held.instrument]) for held in queries.holdings_of(actor, organisation_id)
        ],
        "permits": permit_rows(queries.permits_of(actor, organisation_id)),
        "movements": [
            {
                "line": line,
                "kind": MOVEMENTS[line.kind],
                "instrument": INSTRUMENT_LABELS[line.instrument],
                "source": named.get(line.source_id or 0),
                "target": named.get(line.target_id or 0),
                "reversible": line.corrects_id is None
                and (line.lot_id is None or line.kind == MovementKind.TRANSFERRED),
            }
            for line in movements
        ],
        "movements_page": movements,
        "may_reverse": bool(can_move_rights(actor)),
    }
    return render(request, "permits/holder.html", context)


def permit_rows(permits: tuple[PermitView, ...]) -> list[dict[str, Any]]:
    """Permits with their words; one whose term is over is called expired."""
    today = local_day(timezone.now())
    return [
        {
            "permit": permit,
            "facts": permit.facts,
            "state": EXPIRED if permit.facts.valid_until < today else STATES[permit.facts.state],
            "industry": INDUSTRIES[permit.facts.industry],
            "limits": [(INSTRUMENT_LABELS[limit.instrument], limit) for limit in permit.facts.limits],
            "renewal_missed": permit.facts.renewal_due_on < today <= permit.facts.valid_until,
        }
        for permit in permits
    ]


def _cells(line: MovementView) -> tuple[Any, ...]:
    return (
        line.id,
        line.kind,
        line.instrument,
        line.quantity,
        line.unit,
        line.source_id,
        line.target_id,
        line.lot_id,
        line.document_ref,
        line.valid_from,
        line.valid_until,
        line.at,
    )
