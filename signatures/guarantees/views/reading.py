"""Guarantees as those concerned read them: lists, one guarantee, its PDF, its bundle, the public check."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from commons.domain.actor import Actor, Role
from commons.domain.refusals import NotFound
from commons.domain.time import from_text
from commons.evidence import keys
from commons.evidence import queries as evidence
from commons.evidence.domain import canonical
from commons.pages import csv_response, signed_in
from signatures.guarantees import policies, queries
from signatures.guarantees.domain import chain
from signatures.guarantees.domain.chain import Entry, Status
from signatures.guarantees.domain.states import GuaranteeState
from signatures.guarantees.labels import CLAIM_GROUNDS, KINDS, REFUSAL_GROUNDS, STATUSES
from signatures.guarantees.queries import GuaranteeView

_S = GuaranteeState


@require_GET
def mine(request: HttpRequest) -> HttpResponseBase:
    """The applicant's own guarantees."""
    viewer = signed_in(request)
    policies.can_apply(viewer).require()
    rows = queries.mine(viewer)
    if request.GET.get("format") == "csv":
        return _csv("guarantees", rows)
    return render(request, "guarantees/mine.html", {"rows": rows})


@require_GET
def for_beneficiary(request: HttpRequest) -> HttpResponseBase:
    """The opened guarantees in the viewer's favour."""
    viewer = signed_in(request)
    if not viewer.has(*policies.BENEFICIARIES):
        raise NotFound()
    rows = queries.for_beneficiary(viewer)
    if request.GET.get("format") == "csv":
        return _csv("guarantees-received", rows)
    return render(request, "guarantees/beneficiary.html", {"rows": rows})


@require_GET
def overseen(request: HttpRequest) -> HttpResponseBase:
    """What was opened, and who may issue, for regulator and auditor."""
    viewer = signed_in(request)
    rows = queries.opened(viewer)
    if request.GET.get("format") == "csv":
        return _csv("guarantees-opened", rows)
    return render(request, "guarantees/overseen.html", {"rows": rows, "issuers": queries.issuers()})


@require_GET
def one(request: HttpRequest, ref: str) -> HttpResponse:
    """One guarantee with what the viewer may do about it."""
    viewer, at = signed_in(request), timezone.now()
    view = queries.one(viewer, ref)
    dossier = view.dossier
    entries = [_step(entry) for entry in queries.chain_of(dossier.anchor)] if dossier.anchor else []
    claims = [
        (claim, CLAIM_GROUNDS[claim.ground], claim.refusal_ground and REFUSAL_GROUNDS[claim.refusal_ground])
        for claim in dossier.claims
    ]
    context = {
        "view": view,
        "dossier": dossier,
        "standing": dossier.standing,
        "kind": KINDS[dossier.asked.kind],
        "entries": entries,
        "claims": claims,
        "actions": actions(viewer, view),
        "at": at,
        "before_deadline": at < dossier.deadline,
    }
    return render(request, "guarantees/one.html", context)


def actions(viewer: Actor, view: GuaranteeView) -> frozenset[str]:
    """What the viewer may do now, by the names of the buttons."""
    state, dossier = view.state, view.dossier
    found: set[str] = set()
    if policies.can_act_as_applicant(viewer, dossier.applicant_id):
        found |= {"cancel"} if state in (_S.APPLIED, _S.UNDERWRITING, _S.SEALED) else set()
        found |= {"extend"} if state in (_S.SEALED, _S.OPENED, _S.REFUSED) and dossier.upload is None else set()
    if view.as_issuer:
        found |= _issuer_actions(viewer, view)
    if policies.can_act_as_beneficiary(viewer, dossier.beneficiary_id) and view.opened_at is not None:
        found |= {"claim", "release"} if state in (_S.OPENED, _S.REFUSED) else set()
        waiting = state is _S.OPENED and dossier.upload is not None and dossier.upload.accepted is None
        found |= {"judge"} if waiting else set()
        found |= {"pay", "note-refusal"} if state is _S.CLAIMED and dossier.issuer_id is None else set()
    return frozenset(found)


def _issuer_actions(viewer: Actor, view: GuaranteeView) -> set[str]:
    state, dossier = view.state, view.dossier
    manager = viewer.has(Role.ISSUER_MANAGER)
    found: set[str] = set()
    if state is _S.APPLIED:
        found |= {"take_up", "decline"}
    if state is _S.UNDERWRITING:
        found |= {"assess", "decline"}
    if manager and state is _S.UNDERWRITING and dossier.assessment is not None:
        found |= {"sign"}
    if manager and dossier.extension is not None and dossier.versions:
        found |= {"sign_extension"}
    if manager and state is _S.CLAIMED:
        found |= {"pay", "refuse"}
    return found


@require_GET
def paper(request: HttpRequest, ref: str) -> HttpResponse:
    """The signed PDF."""
    content = queries.paper(signed_in(request), ref)
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="guarantee-{ref[:8]}.pdf"', "Cache-Control": "no-store"},
    )


@require_GET
def bundle(request: HttpRequest, ref: str) -> HttpResponse:
    """Everything that is needed to check the guarantee offline."""
    response = JsonResponse(queries.bundle(signed_in(request), ref), json_dumps_params={"ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="guarantee-{ref[:8]}.json"'
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def verify(request: HttpRequest, anchor: str = "") -> HttpResponse:
    """Anybody who holds a guarantee checks what became of it, by its anchor."""
    wanted = (anchor or request.GET.get("anchor", "")).strip().lower()
    context: dict[str, Any] = {"anchor": wanted}
    if wanted:
        try:
            entries = queries.chain_of(wanted)
        except NotFound:
            context["unknown"] = True
        else:
            keys.publish(at=timezone.now())
            faults = list(chain.faults(entries, anchor=wanted, trusted=evidence.keyring()))
            context |= {"entries": [_step(entry) for entry in entries], "faults": faults}
    return render(request, "guarantees/verify.html", context)


def _step(entry: Entry) -> dict[str, Any]:
    body = canonical.decode(entry.body)
    assert isinstance(body, dict), "a chain's bodies are objects"
    title = STATUSES[Status(str(body["status"]))]
    return {"title": title, "at": from_text(str(body["at"])), "state": "done", "hint": ""}


def _csv(name: str, rows: list[GuaranteeView]) -> StreamingHttpResponse:
    header = (_("For"), _("Applicant"), _("Issuer"), _("Amount"), _("Last day"), _("State"))
    lines = (
        (
            view.title,
            view.dossier.applicant.name,
            view.dossier.issuer.name,
            view.dossier.amount,
            view.dossier.expires_on.isoformat(),
            view.state_label,
        )
        for view in rows
    )
    return csv_response(name, header, lines)
