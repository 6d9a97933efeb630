"""Openings: begin, watch, unlock, and sign for what failed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from commons.domain.refusals import Malformed
from commons.pages import FormPage, signed_in
from signatures.envelopes import policies, queries, services
from signatures.envelopes.domain.states import IN_OPENING
from signatures.envelopes.forms import SupervisionForm
from signatures.envelopes.labels import CAUSES, ENVELOPES
from signatures.envelopes.queries.openings import OpeningView
from signatures.envelopes.views.common import body_of, text_of, with_ticket


@require_POST
def begin(request: HttpRequest, intake_id: int) -> HttpResponse:
    """The opening begins."""
    count = services.begin_opening(actor=signed_in(request), intake_id=intake_id, at=timezone.now())
    messages.success(request, _("The opening has begun: %(count)s sealed files.") % {"count": count})
    return HttpResponseRedirect(reverse("envelopes:intake", args=[intake_id]))


@require_GET
def table(request: HttpRequest, intake_id: int) -> HttpResponse:
    """The rows of the opening, for the page to refresh itself."""
    opening = queries.opening(signed_in(request), intake_id)
    return render(request, "envelopes/_table.html", {"intake": opening.intake, **rows_of(opening, timezone.now())})


def rows_of(opening: OpeningView, at: datetime) -> dict[str, Any]:
    """The envelopes of an opening with their words."""
    return {
        "rows": list(_rows(opening)),
        "goes_on": any(one.state in IN_OPENING for one in opening.envelopes),
        "at": at,
    }


def _rows(opening: OpeningView) -> Iterator[dict[str, Any]]:
    for one in opening.envelopes:
        label, tone = ENVELOPES[one.state]
        yield {"envelope": one, "label": label, "tone": tone, "cause": CAUSES.get(one.cause, "")}


@require_GET
def shares(request: HttpRequest, intake_id: int) -> JsonResponse:
    """The slots that the officer is asked to unlock."""
    found = services.locked_for_officer(actor=signed_in(request), intake_id=intake_id)
    return _locked(request, found)


def _locked(request: HttpRequest, found: list[services.Locked]) -> JsonResponse:
    title = _("Unlock a sealed file")
    told = [{"envelope": one.envelope, **with_ticket(request, one.slot, title=title)} for one in found]
    return JsonResponse({"locked": told})


@require_POST
def unlock_shares(request: HttpRequest, intake_id: int) -> JsonResponse:
    """The keys of the officer's slots."""
    actor, codes = signed_in(request), body_of(request).get("codes")
    if not isinstance(codes, dict) or not all(isinstance(code, str) for code in codes.values()):
        raise Malformed(field="codes", reason="an object of texts is needed")
    taken = services.unlock_as_officer(actor=actor, intake_id=intake_id, codes=codes, at=timezone.now())
    return JsonResponse({"taken": taken})


@require_GET
def locked(request: HttpRequest, ref: str) -> JsonResponse:
    """The bidder's own slots."""
    found = services.locked_for_bidder(actor=signed_in(request), envelope_ref=ref)
    return _locked(request, found)


@require_POST
def unlock(request: HttpRequest, ref: str) -> JsonResponse:
    """The key of the bidder's slot."""
    actor, code = signed_in(request), text_of(body_of(request), "code")
    state = services.unlock_as_bidder(actor=actor, envelope_ref=ref, unlock_code=code, at=timezone.now())
    return JsonResponse({"state": state})


class Envelope(FormPage):
    """One envelope: what came out or why nothing did, and the supervisor's signature for a failure."""

    template_name = "envelopes/envelope.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return SupervisionForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        actor = signed_in(request)
        found = queries.envelope(actor, self.kwargs["ref"])
        label, tone = ENVELOPES[found.state]
        supervises = found.has_failed and not found.supervised_at and bool(policies.can_supervise(actor))
        return {
            "envelope": found,
            "intake": queries.intake(found.intake_id),
            "label": label,
            "tone": tone,
            "cause": CAUSES.get(found.cause, ""),
            "evidence": sorted((key, value) for key, value in found.findings.items() if found.has_failed),
            "signature": found.findings.get("signature", {}),
            "supervises": supervises,
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        actor, ref = signed_in(request), self.kwargs["ref"]
        asked = services.request_supervision(
            actor=actor,
            envelope_ref=ref,
            remark=form.cleaned_data["remark"],
            cause=str(CAUSES.get(queries.envelope(actor, ref).cause, "")),
            return_url=reverse("envelopes:envelope", args=[ref]),
            at=at,
        )
        return asked.url
