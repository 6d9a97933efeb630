"""Rosters of officers: drafting, the witnessed activation, hand-overs."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from commons.pages import FormPage, signed_in
from signatures.envelopes import policies, queries, services
from signatures.envelopes.forms import RosterForm
from signatures.envelopes.labels import ROSTERS, SUITES
from signatures.envelopes.queries.rosters import colleagues


class Rosters(FormPage):
    """Every roster; the operations desk draws up new ones."""

    template_name = "envelopes/rosters.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return RosterForm(data, colleagues=colleagues(signed_in(request)))

    def context(self, request: HttpRequest) -> dict[str, Any]:
        actor = signed_in(request)
        found = queries.rosters(actor)
        return {
            "rows": [(one, *ROSTERS[one.state]) for one in found],
            "may_draft": bool(policies.can_draft_roster(actor)),
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        given = form.cleaned_data
        members = [int(number) for number in given["members"]]
        roster_id = services.draft_roster(
            actor=signed_in(request), name=given["name"], members=members, k=given["k"], suite=given["suite"], at=at
        )
        return reverse("envelopes:roster", args=[roster_id])


@require_GET
def roster(request: HttpRequest, roster_id: int) -> HttpResponse:
    """A roster with its seats, keys and hand-overs, and what the reader can do."""
    actor = signed_in(request)
    found = queries.roster(actor, roster_id)
    parties = (found.drafted_by, *(seat.person_id for seat in found.seats))
    witnesses = found.state == "DRAFT" and found.is_ready and bool(policies.can_witness(actor, *parties))
    label, tone = ROSTERS[found.state]
    held = {(seat.seat, seat.person_id) for seat in found.seats}
    handovers = [
        (one, not one.witnessed_at and bool(policies.can_witness(actor, one.giver_id, one.successor_id)))
        for one in found.handovers
        if one.witnessed_at or (one.seat, one.giver_id) in held
    ]
    context = {
        "roster": found,
        "label": label,
        "suite": SUITES[found.suite],
        "tone": tone,
        "witnesses": witnesses,
        "retires": found.state != "RETIRED" and bool(policies.can_draft_roster(actor)),
        "handovers": handovers,
        "mine": any(seat.person_id == actor.person_id for seat in found.seats),
    }
    return render(request, "envelopes/roster.html", context)


@require_POST
def activate(request: HttpRequest, roster_id: int) -> HttpResponse:
    """A witness puts the roster in use."""
    services.activate_roster(actor=signed_in(request), roster_id=roster_id, at=timezone.now())
    return HttpResponseRedirect(reverse("envelopes:roster", args=[roster_id]))


@require_POST
def retire(request: HttpRequest, roster_id: int) -> HttpResponse:
    """No new intake uses the roster any more."""
    services.retire_roster(actor=signed_in(request), roster_id=roster_id, at=timezone.now())
    return HttpResponseRedirect(reverse("envelopes:roster", args=[roster_id]))


@require_POST
def witness(request: HttpRequest, handover_id: int) -> HttpResponse:
    """A third person confirms that a seat passed on."""
    services.witness_handover(actor=signed_in(request), handover_id=handover_id, at=timezone.now())
    return HttpResponseRedirect(reverse("envelopes:rosters"))
