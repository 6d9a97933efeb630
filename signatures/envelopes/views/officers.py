"""The officer's own page: keys on this device, duty, passing a seat on."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from commons.domain.refusals import Malformed, NotFound
from commons.pages import FormPage, signed_in
from signatures.envelopes import policies, queries, services
from signatures.envelopes.domain import suites
from signatures.envelopes.domain.encoding import from_base64
from signatures.envelopes.forms import DutyForm
from signatures.envelopes.labels import SUITES, texts
from signatures.envelopes.queries.rosters import SeatView
from signatures.envelopes.views.common import body_of, text_of, with_ticket
from signatures.pages import signing_page


@require_GET
@signing_page
def mine(request: HttpRequest) -> HttpResponse:
    """The seats that the reader holds, and how far each key is."""
    actor = signed_in(request)
    policies.can_see_rosters(actor).require()
    seats = queries.my_seats(actor)
    context = {
        "seats": [(seat, SUITES[seat.suite], services.successors(actor=actor, seat_id=seat.id)) for seat in seats],
        "data": {f"seat-{seat.id}": _urls(seat) for seat in seats},
        "texts": texts(),
    }
    return render(request, "envelopes/officer.html", context)


def _urls(seat: SeatView) -> dict[str, Any]:
    return {
        "name": f"officer:{seat.id}",
        "alg": suites.of_suite(seat.suite).algorithm,
        "url": {
            "key": reverse("envelopes:enrol", args=[seat.id]),
            "try": reverse("envelopes:try_key", args=[seat.id]),
            "shares": reverse("envelopes:hand_over", args=[seat.id]),
            "handOver": reverse("envelopes:hand_over", args=[seat.id]),
        },
    }


@require_POST
def enrol(request: HttpRequest, seat_id: int) -> JsonResponse:
    """The officer's public key; the answer is what only the private key can read."""
    actor, body = signed_in(request), body_of(request)
    spki = from_base64(text_of(body, "spki"))
    slot = services.enrol_key(
        actor=actor,
        seat_id=seat_id,
        spki=spki,
        kept_on=str(body.get("kept_on", "device")),
        at=timezone.now(),
    )
    return JsonResponse(with_ticket(request, slot.as_json(), title=_("Try my officer key")))


@require_POST
def try_key(request: HttpRequest, seat_id: int) -> JsonResponse:
    """The rehearsal of the key."""
    actor, code = signed_in(request), text_of(body_of(request), "code")
    services.try_key(actor=actor, seat_id=seat_id, unlock_code=code, at=timezone.now())
    return JsonResponse({})


class Duty(FormPage):
    """Until when the officer is away."""

    template_name = "envelopes/duty.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return DutyForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        seats = [seat for seat in queries.my_seats(signed_in(request)) if seat.id == self.kwargs["seat_id"]]
        if not seats:
            raise NotFound()
        return {"seat": seats[0]}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        away = form.cleaned_data["away_until"]
        services.set_duty(actor=signed_in(request), seat_id=self.kwargs["seat_id"], away_until=away, at=at)
        return reverse("envelopes:officer")


@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, seat_id: int) -> JsonResponse:
    """GET: what the officer's device re-wraps. POST: the re-wrapped shares."""
    actor = signed_in(request)
    if request.method == "GET":
        found = services.shares_to_rewrap(actor=actor, seat_id=seat_id)
        title = _("Pass a share on")
        shares = [{"ctx": one.ctx, "ref": one.ref, **with_ticket(request, one.slot, title=title)} for one in found]
        return JsonResponse({"shares": shares})
    body = body_of(request)
    slots, successor = body.get("slots"), text_of(body, "successor")
    if not isinstance(slots, list) or not successor.isdecimal():
        raise Malformed(field="slots", reason="a list is needed")
    spki = from_base64(text_of(body, "spki"))
    number = services.hand_over(
        actor=actor, seat_id=seat_id, successor_id=int(successor), spki=spki, slots=slots, at=timezone.now()
    )
    return JsonResponse({"handover": str(number)})
