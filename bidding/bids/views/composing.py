"""The composer: the page holds what the section asks and what the company keeps; what is written stays in it."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from bidding.bids import policies, queries, services
from bidding.bids.labels import scripts
from bidding.bids.queries.consortia import led_by
from bidding.bids.queries.sections import rules_published
from bidding.tenders.domain.eligibility import BAR_TEXTS, Bar
from commons.domain.actor import Actor
from commons.pages import FormPage, signed_in, told_there
from signatures.envelopes import queries as envelopes
from signatures.envelopes.endpoint import PREFIX
from signatures.envelopes.labels import PACE
from signatures.envelopes.labels import texts as envelope_texts
from signatures.envelopes.views.intakes import bidder_keys, has_only_others, key_name
from signatures.guarantees import queries as guarantees
from signatures.guarantees.domain.terms import GuaranteeKind
from signatures.guarantees.forms import AskForm
from signatures.pages import signing_page


@require_GET
@signing_page
def compose(request: HttpRequest, section_id: int) -> HttpResponse:
    """The bidder's bid for a section: tasks, checks, answers, sealing. Nothing of it is sent before it is sealed."""
    actor, at = signed_in(request), timezone.now()
    policies.can_prepare(actor).require()
    found = queries.composing(actor, section_id, at=at)
    keys = bidder_keys(actor, found.intake.suite)
    context: dict[str, Any] = {
        "found": found,
        "terms": found.terms,
        "at": at,
        "bars": [BAR_TEXTS[Bar(bar)] for bar in found.bars],
        "guarantee": guarantees.own_for(actor, found.terms.stream) if found.terms.bond is not None else None,
        "cash": services.own_bond(actor, section_id),
        "has_certificate": bool(keys),
        "other_suite": has_only_others(actor, found.intake.suite),
        "pace": PACE.get(found.intake.suite, ""),
        "envelope_texts": envelope_texts(),
        "texts": scripts(),
        "data": _sealing(found, keys),
        "bid": _bid(found, actor),
    }
    return render(request, "bids/compose.html", context)


def _sealing(found: queries.Composing, keys: list[str]) -> dict[str, Any]:
    """What the sealing script needs."""
    intake_id = found.intake.id
    return {
        "bidder": found.bidder,
        "certificateKeys": keys,
        "mustSign": bool(keys),
        "keyName": key_name(found.organisation_id, found.intake.suite),
        "terms": envelopes.terms_published(intake_id),
        "urls": {
            "attest": reverse("envelopes:attest", args=[intake_id]),
            "receipt": reverse("envelopes:receipt", args=["0" * 32]),
            "token": reverse("envelopes:token", args=[intake_id]),
            "uploads": PREFIX,
        },
        "worker": static("signatures/envelopes/sealer.js"),
    }


def _bid(found: queries.Composing, actor: Actor) -> dict[str, Any]:
    """What the composer needs."""
    return {
        "requirements": found.requirements.as_json(),
        "bidder": {"uscc": found.bidder, "name": found.bidder_name},
        "names": list(found.names),
        "members": [member.as_json() for member in led_by(actor, found.terms.section_id)],
        "library": [{"id": str(one.id), "kind": one.kind.value, **one.as_json()} for one in found.library],
        "draft": f"bid:{found.terms.section_id}:{actor.organisation_id}",
        "language": translation.get_language() or "zh-hans",
        "pdf": {
            "lib": static("vendor/pdf-lib/pdf-lib.esm.min.js"),
            "js": static("vendor/pdfjs/pdf.min.mjs"),
            "worker": static("vendor/pdfjs/pdf.worker.min.mjs"),
        },
    }


@require_GET
def rules(request: HttpRequest, section_id: int) -> JsonResponse:
    """What the section asks, for the offline composer (`luochui-bid-rules/v1`)."""
    signed_in(request)
    response = JsonResponse(rules_published(section_id))
    response["Content-Disposition"] = f'attachment; filename="rules-{section_id}.json"'
    return response


@require_POST
def bond(request: HttpRequest, section_id: int) -> HttpResponse:
    """Get the virtual account for the cash bond, or ask for the bond back before the deadline."""
    actor, at = signed_in(request), timezone.now()
    with told_there(request):
        if request.POST.get("step") != "back":
            found = services.expect_bond(actor=actor, section_id=section_id, at=at)
            return HttpResponseRedirect(reverse("deposits:money", args=[found.id]))
        services.take_back_bond(actor=actor, section_id=section_id, at=at)
        messages.success(request, _("The bond goes back to your basic account."))
    return HttpResponseRedirect(reverse("bids:compose", args=[section_id]))


class Guarantee(FormPage):
    """Which issuer is asked to stand for the bond."""

    template_name = "bids/guarantee.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        issuers = [(one.id, f"{one.name} · {one.kind_label}") for one in guarantees.issuers(taking=True)]
        return AskForm(data, issuers=issuers)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        found = queries.composing(signed_in(request), self.kwargs["section_id"], at=timezone.now())
        return {"terms": found.terms}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        ref = services.ask_for_bond_guarantee(
            actor=signed_in(request),
            section_id=self.kwargs["section_id"],
            issuer_id=form.cleaned_data["issuer"],
            kind=GuaranteeKind(form.cleaned_data["kind"]),
            note=form.cleaned_data["note"],
            at=at,
        )
        return reverse("guarantees:one", args=[ref])
