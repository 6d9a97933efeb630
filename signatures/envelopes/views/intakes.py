"""Intakes: what is open, the bidder's sealing page, receipts; and the rehearsals."""

import json
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from commons.domain.actor import Actor
from commons.domain.refusals import NotPermitted
from commons.pages import FormPage, signed_in
from commons.people import queries as people
from signatures.crypto.certificates import holder_key
from signatures.crypto.suites import Suite
from signatures.envelopes import policies, queries, services
from signatures.envelopes.domain import suites
from signatures.envelopes.domain.encoding import from_base64, to_base64
from signatures.envelopes.domain.slots import KeyNotUsable, algorithm_of
from signatures.envelopes.endpoint import PREFIX
from signatures.envelopes.forms import RehearsalForm
from signatures.envelopes.labels import ENVELOPES, INTAKES, PACE, SUITES, roster_label, texts
from signatures.envelopes.queries.intakes import IntakeView
from signatures.envelopes.queries.rosters import active_rosters
from signatures.envelopes.views.common import body_of, text_of
from signatures.envelopes.views.openings import rows_of
from signatures.pages import origin_of, signing_page
from signatures.pki import queries as certificates
from signatures.pki.queries import BoundCertificate


class Rehearsals(FormPage):
    """Openings for practice, and a new one for those who host openings."""

    template_name = "envelopes/list.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        rosters = [(one.id, roster_label(one.name, one.k, one.n, one.suite)) for one in active_rosters()]
        return RehearsalForm(data, rosters=rosters)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        actor = signed_in(request)
        found = queries.intakes(rehearsals=True)
        return {
            "rows": [(one, *INTAKES[one.state]) for one in found],
            "may_begin": bool(policies.can_open_intake(actor)),
            "has_rosters": bool(active_rosters()),
            "may_see_rosters": bool(policies.can_see_rosters(actor)),
            "seats": queries.my_seats(actor),
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        given = form.cleaned_data
        intake_id = services.begin_rehearsal(
            actor=signed_in(request), roster_id=given["roster"], minutes=given["minutes"], at=at
        )
        return reverse("envelopes:intake", args=[intake_id])


@require_GET
@signing_page
def show(request: HttpRequest, intake_id: int) -> HttpResponse:
    """An intake, with what the reader can do in it."""
    actor, at = signed_in(request), timezone.now()
    intake = queries.intake(intake_id)
    context: dict[str, Any] = {"intake": intake, "at": at, "state": INTAKES[intake.state], "texts": texts()}
    context["suite"] = SUITES[intake.suite]
    if policies.can_seal(actor):
        context |= bidders_part(actor, intake, at)
    if policies.can_watch_opening(actor):
        context |= _hosts_part(actor, intake, at)
    return render(request, "envelopes/intake.html", context)


def bidders_part(actor: Actor, intake: IntakeView, at: datetime) -> dict[str, Any]:
    """What a page needs on which a bidder seals, and later unlocks; other procedures' pages show it too."""
    assert actor.organisation_id is not None and actor.person_id is not None  # noqa: PT018  # a bidder is both
    organisation = people.organisation(actor.organisation_id)
    own = queries.own_envelope(actor, intake.id)
    receipts = queries.own_receipts(actor, intake.id)
    ref = own.ref if own else "none"
    data = {
        "bidder": organisation.uscc if organisation else "",
        "certificateKeys": bidder_keys(actor, intake.suite),
        "mustSign": bool(_certificates(actor, intake.suite)),
        "keyName": key_name(actor.organisation_id, intake.suite),
        "terms": queries.terms_published(intake.id),
        "urls": {
            "attest": reverse("envelopes:attest", args=[intake.id]),
            "locked": reverse("envelopes:locked", args=[ref]),
            "receipt": reverse("envelopes:receipt", args=["0" * 32]),
            "token": reverse("envelopes:token", args=[intake.id]),
            "unlock": reverse("envelopes:unlock", args=[ref]),
            "uploads": PREFIX,
        },
        "worker": static("signatures/envelopes/sealer.js"),
    }
    return {
        "is_bidder": True,
        "pace": PACE.get(intake.suite, ""),
        "other_suite": has_only_others(actor, intake.suite),
        "takes": intake.takes_envelopes(at),
        "receipts": receipts,
        "handed_in": bool(receipts) and receipts[0].kind == "SEALED",
        "own": own,
        "own_state": ENVELOPES[own.state] if own else None,
        "unlocks": own is not None and own.waits_for_bidder,
        "held": own is not None and own.is_held,
        "data": data,
    }


def has_only_others(actor: Actor, suite: Suite) -> bool:
    """Whether the bidder has certificates, and none of the suite."""
    return not _certificates(actor, suite) and any(_certificates(actor, one) for one in Suite)


def key_name(organisation_id: int, suite: Suite) -> str:
    """Under what a bidder's browser keeps its key: one for each suite."""
    return f"bidder:{organisation_id}:{suites.of_suite(suite).algorithm}"


def bidder_keys(actor: Actor, suite: Suite) -> list[str]:
    """The keys of the bidder's own certificates of the suite that can hold the bidder's half."""
    return [key for one in _certificates(actor, suite)[:2] if (key := _key_of(one))]


def _certificates(actor: Actor, suite: Suite) -> list[BoundCertificate]:
    assert actor.person_id is not None
    bound = certificates.certificates_of(actor.person_id, organisation_id=actor.organisation_id)
    return [one for one in bound if one.suite is suite]


def _key_of(bound: BoundCertificate) -> str:
    try:
        spki = holder_key(bound.certificate)
        algorithm_of(spki)
    except (KeyNotUsable, ValueError):
        return ""
    return to_base64(spki)


def _hosts_part(actor: Actor, intake: IntakeView, at: datetime) -> dict[str, Any]:
    seats = [seat for seat in queries.my_seats(actor) if seat.roster_id == intake.roster_id and seat.tried_at]
    opening = queries.opening(actor, intake.id)
    officer = {
        f"seat-{seat.id}": {
            "name": f"officer:{seat.id}",
            "url": {
                "locked": reverse("envelopes:shares", args=[intake.id]),
                "unlock": reverse("envelopes:unlock_shares", args=[intake.id]),
            },
        }
        for seat in seats
    }
    held = any(one.is_held for one in opening.envelopes)
    unlocked = all(seat.seat in one.seats_unlocked for seat in seats for one in opening.envelopes if not one.ended_at)
    return {
        "watches": True,
        "is_due": intake.is_due(at),
        "may_end": intake.rehearsal_by == actor.person_id and intake.takes_envelopes(at),
        "may_begin": intake.is_due(at) and intake.by_hand and bool(policies.can_begin_opening(actor)),
        "held": held,
        "seats": seats if intake.state == "OPENING" and not held else [],
        "officer_done": unlocked,
        "officer": officer,
        **rows_of(opening, at),
    }


@require_GET
def terms(request: HttpRequest, intake_id: int) -> JsonResponse:
    """The terms for the offline command (`luochui-sealing/v1`)."""
    signed_in(request)
    response = JsonResponse(queries.terms_published(intake_id))
    response["Content-Disposition"] = f'attachment; filename="terms-{intake_id}.json"'
    return response


@require_POST
def token(request: HttpRequest, intake_id: int) -> JsonResponse:
    """A permission to upload once."""
    issued = services.authorise_upload(actor=signed_in(request), intake_id=intake_id, at=timezone.now())
    return JsonResponse({"token": issued})


@require_POST
def attest(request: HttpRequest, intake_id: int) -> JsonResponse:
    """What the bidder's certificate signs inside the seal."""
    actor = signed_in(request)
    policies.can_seal(actor).require()
    intake, body = queries.intake(intake_id), body_of(request)
    prepared = services.prepare_attestation(
        actor=actor,
        commit=text_of(body, "commit"),
        certificate=from_base64(text_of(body, "certificate")),
        suite=intake.suite,
        title=_("Sealed file for “%(title)s”") % {"title": intake.title},
        origin=origin_of(request),
        at=timezone.now(),
    )
    return JsonResponse({"attributes": to_base64(prepared.attributes), "ticket": prepared.ticket})


@require_POST
def withdraw(request: HttpRequest, intake_id: int) -> HttpResponse:
    """Take the sealed file back; the receipt says so."""
    number = services.withdraw(actor=signed_in(request), intake_id=intake_id, at=timezone.now())
    return HttpResponseRedirect(reverse("envelopes:receipt", args=[number]))


@require_POST
def end_sealing(request: HttpRequest, intake_id: int) -> HttpResponse:
    """Whoever began a rehearsal lets the time for sealing end now."""
    services.end_rehearsal_sealing(actor=signed_in(request), intake_id=intake_id, at=timezone.now())
    messages.success(request, _("The deadline is now. The opening can begin."))
    return HttpResponseRedirect(reverse("envelopes:intake", args=[intake_id]))


@require_GET
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """A receipt of the reader's own, on a page or as the file that can be checked offline."""
    actor = signed_in(request)
    if actor.organisation_id is None:
        raise NotPermitted()
    found = queries.receipt(actor, number)
    if request.GET.get("format") == "json" and found.document is not None:
        response = HttpResponse(
            json.dumps(found.document, ensure_ascii=False, indent=1), content_type="application/json"
        )
        response["Content-Disposition"] = f'attachment; filename="receipt-{number}.json"'
        return response
    newest = queries.own_receipts(actor, found.intake_id)
    context = {
        "receipt": found,
        "intake": queries.intake(found.intake_id),
        "is_current": bool(newest) and newest[0].number == number,
        "newest": newest[0] if newest else None,
    }
    return render(request, "envelopes/receipt.html", context)
