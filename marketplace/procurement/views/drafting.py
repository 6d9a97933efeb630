"""A need on one page, from a case, from an earlier notice; with advice while it is written. In steps: `wizard`."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from commons.domain.deadlines import local_day
from commons.domain.refusals import Malformed, NotFound
from commons.pages import FormPage, signed_in
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.domain.requirements import text_of
from marketplace.entry import queries as entry
from marketplace.entry.domain.entrants import EntrantKind
from marketplace.procurement import queries, services
from marketplace.procurement.domain.methods import Method
from marketplace.procurement.domain.needs import NeedFacts
from marketplace.procurement.domain.states import EDITABLE, ProcurementState
from marketplace.procurement.domain.wizard import WizardStep, fields_of
from marketplace.procurement.forms import AmendForm, NeedForm, initial_of
from marketplace.procurement.labels import VERDICTS, method_explanation, reason_words
from marketplace.procurement.policies import can_draft
from marketplace.procurement.queries import ProcurementView
from marketplace.procurement.services.reviewing import reasons_of


class Edit(FormPage):
    """Go on with a draft."""

    template_name = "marketplace/procurement/form.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        self.found = own(request, self.kwargs["procurement_id"])
        if self.found.state not in EDITABLE:
            raise NotFound()
        return NeedForm(data, items=items(), initial=initial_of(self.found.need))

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "heading": self.found.need.title,
            "found": self.found,
            **advice_on(request, self.found.need, self.found),
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        assert isinstance(form, NeedForm), "the page makes its own form"
        services.save_draft(actor=signed_in(request), procurement_id=self.found.id, need=form.need(), at=at)
        messages.success(request, _("The draft is kept."))
        return reverse("procurement:own", args=[self.found.id])


class Amend(FormPage):
    """Propose what the notice shall say instead."""

    template_name = "marketplace/procurement/form.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        self.found = own(request, self.kwargs["procurement_id"])
        if self.found.state is not ProcurementState.SIGNING_UP:
            raise NotFound()
        return AmendForm(data, items=items(), initial=initial_of(self.found.need))

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"heading": _("Amend the notice"), "found": self.found, "amending": True}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        assert isinstance(form, AmendForm), "the page makes its own form"
        reason = form.cleaned_data["reason"]
        services.propose_amendment(
            actor=signed_in(request), procurement_id=self.found.id, need=form.need(), reason=reason, at=at
        )
        messages.success(request, _("The amendment waits for the centre; on publication the time begins anew."))
        return reverse("procurement:own", args=[self.found.id])


class Again(FormPage):
    """Announce a failed need again."""

    template_name = "marketplace/procurement/form.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        self.found = own(request, self.kwargs["procurement_id"])
        if self.found.state is not ProcurementState.FAILED:
            raise NotFound()
        return NeedForm(data, items=items(), initial=initial_of(self.found.need))

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"heading": _("Announce the need again"), "found": self.found, "again": True}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        assert isinstance(form, NeedForm), "the page makes its own form"
        services.reannounce(actor=signed_in(request), procurement_id=self.found.id, need=form.need(), at=at)
        messages.success(request, _("Handed in for another round."))
        return reverse("procurement:own", args=[self.found.id])


@require_POST
def from_case(request: HttpRequest) -> HttpResponseRedirect:
    """Begin a need for a case of the intake."""
    item = request.POST.get("item", "")
    item_id = int(item) if item.isascii() and item.isdigit() and len(item) < 10 else None
    number = services.draft_from_case(
        actor=signed_in(request), case_number=request.POST.get("case", "")[:64], item_id=item_id, at=timezone.now()
    )
    messages.success(request, _("The draft is begun; the clock of the case stands still meanwhile."))
    return HttpResponseRedirect(reverse("procurement:own", args=[number]))


@require_POST
def from_notice(request: HttpRequest, procurement_id: int) -> HttpResponseRedirect:
    """Begin a need with what an earlier notice said."""
    number = services.draft_from_notice(actor=signed_in(request), procurement_id=procurement_id, at=timezone.now())
    messages.success(request, _("The draft says what the earlier notice said; look at prices and dates."))
    return HttpResponseRedirect(reverse("procurement:own", args=[number]))


@require_POST
def advice(request: HttpRequest) -> HttpResponse:
    """What the rules say of what is on the screen: scope, split needs, eligible agencies. A part of the form's page."""
    can_draft(signed_in(request)).require()
    form = NeedForm(_with_draft(request), items=items())
    form.is_valid()
    if not {"item", "region", "fund", "method", "title"} <= form.cleaned_data.keys():
        return render(request, "marketplace/procurement/_advice.html", {"incomplete": True})
    said = {name: form.cleaned_data.get(name, "" if name not in _NUMBERS else None) for name in form.fields}
    said["criteria"] = form.cleaned_data.get("criteria", ())
    form.cleaned_data = said
    try:
        found = advice_on(request, form.need(), None)
    except (Malformed, ValueError):
        found = {"incomplete": True}
    return render(request, "marketplace/procurement/_advice.html", found)


def _with_draft(request: HttpRequest) -> dict[str, Any]:
    """What is on the screen; on a step of a draft also what its other steps say."""
    said, draft = request.POST.dict(), request.POST.get("draft", "")
    if not (draft.isascii() and draft.isdigit() and len(draft) < 18):
        return dict(said)
    need = own(request, int(draft)).need
    shown = next((fields_of(one, need.method) for one in WizardStep if one.slug == said.get("step")), ())
    kept = {name: value for name, value in initial_of(need).items() if name not in shown}
    return {**{name: value for name, value in kept.items() if value not in (None, False, "")}, **said}


_NUMBERS = frozenset(
    {"ceiling_price", "floor_price", "bid_step", "big_list", "small_list", "named_agency", "sign_up_days"}
)


def advice_on(request: HttpRequest, need: NeedFacts, found: ProcurementView | None) -> dict[str, Any]:
    """The advice on a need, for templates."""
    at = timezone.now()
    owner = entry.require_entered(signed_in(request), EntrantKind.OWNER)
    scope = queries.scope_of(need, on=local_day(at))
    return {
        "verdict": VERDICTS[scope.verdict],
        "reasons": [reason_words(one) for one in reasons_of(scope)],
        "split": queries.split_of(need, owner_id=owner.pk, except_id=found.id if found else None, at=at),
        "eligible": queries.count_eligible(need, at=at),
        "explanation": method_explanation(need.method),
        "nameable": queries.nameable(need, at=at) if need.method is Method.DIRECT else (),
    }


def items() -> list[tuple[str, str]]:
    """The items of the catalogue, as choices."""
    return [(str(row.pk), f"{row.code} {row.name}") for row in catalogue.items().only("pk", "code", "name")[:2_000]]


def own(request: HttpRequest, procurement_id: int) -> ProcurementView:
    """A procurement of the actor's owner. Refuses `NotPermitted`, `NotFound`."""
    actor = signed_in(request)
    can_draft(actor).require()
    found = queries.procurement_for(actor, procurement_id)
    if found.owner_organisation_id != actor.organisation_id:
        raise NotFound()
    return found


def with_requirement(need: NeedFacts) -> NeedFacts:
    """The need with the qualifications of its item, where none were written."""
    if text_of(need.requirement):
        return need
    return replace(need, requirement=catalogue.item(need.item_id).facts.requirement)
