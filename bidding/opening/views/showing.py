"""Halls to look at: the list, the hall itself, its replay."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from bidding.opening import queries
from bidding.opening.domain.states import HallState
from bidding.opening.forms import WordsForm
from bidding.opening.labels import HALLS, LINES, Text, scripts, words_of_scene
from bidding.opening.models import Hall
from bidding.opening.policies import can_answer, can_conduct
from bidding.opening.queries import Viewer
from bidding.opening.tickets import seal
from bidding.profiles.domain.vocabulary import Switch
from bidding.tenders import queries as tenders
from commons.domain.actor import Actor
from commons.domain.refusals import NotFound
from commons.domain.time import from_text
from commons.pages import actor_of, csv_response
from commons.people import queries as people
from signatures.envelopes import queries as envelopes
from signatures.envelopes.labels import texts as envelope_texts
from signatures.pages import signing_page
from signatures.pki import queries as certificates

STEPS: tuple[tuple[HallState, Text], ...] = (
    (HallState.WAITING, _("Sign-in")),
    (HallState.DECRYPTING, _("Unlocking")),
    (HallState.DRAWING, _("Draw")),
    (HallState.READING, _("Reading out")),
    (HallState.CONFIRMING, _("Confirming")),
    (HallState.RECORDING, _("Record")),
    (HallState.CLOSED, _("Closed")),
)


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Every hall, for everybody."""
    rows = [(row, *HALLS[row.state]) for row in queries.halls()]
    return render(request, "opening/halls.html", {"rows": rows})


@require_GET
def of_section(request: HttpRequest, section_id: int) -> HttpResponse:
    """To the hall of a section; to the list while there is none."""
    found = queries.hall_of_section(section_id)
    return HttpResponseRedirect(reverse("opening:hall", args=[found]) if found else reverse("opening:halls"))


@require_GET
@signing_page
def hall(request: HttpRequest, hall_id: int) -> HttpResponse:
    """The hall as its reader may see it, kept alive by a socket."""
    actor, at = actor_of(request), timezone.now()
    row = Hall.objects.filter(pk=hall_id).first()
    if row is None:
        raise NotFound()
    terms = tenders.section_terms(row.section_id)
    viewer = queries.viewer_of(actor, hall_id)
    seen = queries.mask(queries.scene(hall_id), viewer, organisation_id=_organisation(actor, viewer))
    label, tone = HALLS[row.state]
    context: dict[str, Any] = {
        "hall": row,
        "terms": terms,
        "owner": people.organisations([terms.owner_id])[terms.owner_id].name,
        "scene": seen,
        "viewer": viewer.value,
        "label": label,
        "tone": tone,
        "at": at,
        "steps": _steps(seen),
        "sheet": queries.price_sheet(hall_id),
        "conducts": bool(can_conduct(actor, terms)),
        "answers": bool(can_answer(actor, terms)),
        "form": WordsForm(),
        "asks_face": terms.profile.has(Switch.FACE_SIGN_IN),
        "data": _data(request, actor, hall_id, viewer),
        "words": words_of_scene(),
        "texts": scripts(),
    }
    if viewer is Viewer.BIDDER:
        context |= _bidders_part(actor, row, terms.intake_id)
    return render(request, "opening/hall.html", context)


def _bidders_part(actor: Actor, row: Hall, intake_id: int | None) -> dict[str, Any]:
    own = envelopes.own_envelope(actor, intake_id) if intake_id else None
    ref = own.ref if own else "none"
    assert actor.person_id is not None
    bound = certificates.certificates_of(actor.person_id, organisation_id=actor.organisation_id)
    return {
        "signed_in": queries.sign_in_state(actor, row.pk),
        "own": own,
        "unlocks": own is not None and own.state == "DECRYPT_WINDOW" and not own.bidder_unlocked,
        "has_certificate": bool(bound),
        "envelope_texts": envelope_texts(),
        "envelope_data": {
            "mustSign": bool(bound),
            "keyName": f"bidder:{actor.organisation_id}",
            "urls": {
                "locked": reverse("envelopes:locked", args=[ref]),
                "unlock": reverse("envelopes:unlock", args=[ref]),
            },
        },
    }


def _data(request: HttpRequest, actor: Actor, hall_id: int, viewer: Viewer) -> dict[str, Any]:
    language = translation.get_language() or "zh-hans"
    return {
        "hall": str(hall_id),
        "viewer": viewer.value,
        "ticket": seal(actor=actor, hall_id=hall_id, viewer=viewer, language=language),
        "ticketUrl": reverse("opening:ticket", args=[hall_id]),
        "now": timezone.now().isoformat(),
    }


def _steps(seen: dict[str, Any]) -> list[tuple[Text, str]]:
    """Every step with `done`, `now` or `next`."""
    order = [state for state, _ in STEPS if state != HallState.DRAWING or seen["draws"]]
    names = dict(STEPS)
    here = order.index(HallState(seen["state"])) if seen["state"] in order else 0
    places = ("done", "now", "next")
    return [(names[state], places[(place > here) + (place >= here)]) for place, state in enumerate(order)]


def _organisation(actor: Actor, viewer: Viewer) -> int | None:
    return actor.organisation_id if viewer is Viewer.BIDDER else None


@require_GET
def scene_json(request: HttpRequest, hall_id: int) -> JsonResponse:
    """The scene of the moment as JSON, masked for its reader."""
    actor = actor_of(request)
    viewer = queries.viewer_of(actor, hall_id)
    return JsonResponse(queries.mask(queries.scene(hall_id), viewer, organisation_id=_organisation(actor, viewer)))


@require_GET
def ticket(request: HttpRequest, hall_id: int) -> JsonResponse:
    """A fresh admission to the socket."""
    actor = actor_of(request)
    viewer = queries.viewer_of(actor, hall_id)
    language = translation.get_language() or "zh-hans"
    return JsonResponse({"ticket": seal(actor=actor, hall_id=hall_id, viewer=viewer, language=language)})


@require_GET
def replay(request: HttpRequest, hall_id: int) -> HttpResponse:
    """The hall again, line by line, each held against the evidence log."""
    found = queries.replay(hall_id)
    lines = [
        {**line, "at": from_text(line["at"]), "label": LINES.get(line["kind"], line["kind"])} for line in found["lines"]
    ]
    return render(request, "opening/replay.html", {"replay": found, "lines": lines, "hall_id": hall_id})


@require_GET
def log_json(request: HttpRequest, hall_id: int) -> HttpResponse:
    """The log of the hall as a file that can be kept and checked."""
    content = json.dumps(queries.replay(hall_id), ensure_ascii=False, indent=1)
    response = HttpResponse(content, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="hall-{hall_id}.json"'
    return response


@require_GET
def bids_csv(request: HttpRequest, hall_id: int) -> HttpResponseBase:
    """What stands on the hall's board, as a table."""
    seen = queries.mask(queries.scene(hall_id), Viewer.PUBLIC)
    header = ("number", "bidder", "received_at", "signed_in", "state", "cause", "consequence", "price", "confirmed")
    rows = ([str(bid[name]) if bid[name] is not None else "" for name in header] for bid in seen["bids"])
    return csv_response(f"hall-{hall_id}", header, rows)
