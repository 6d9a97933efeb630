"""The public notices of the supermarket: found, read, asked about; as page and as data."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from commons.domain.refusals import NotFound
from commons.evidence.queries import records_of
from commons.pages import FormPage, actor_of, csv_response, signed_in
from commons.parameters.definitions import definitions
from commons.parameters.labels import UNITS, label
from commons.vault import services as vault
from exchange.notices.services import NumberedDecision
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.labels import requirement_words
from marketplace.procurement import queries, services
from marketplace.procurement.domain.methods import LABELS, Method
from marketplace.procurement.domain.notices import ProcurementNoticeKind
from marketplace.procurement.domain.states import RESUME, ProcurementState
from marketplace.procurement.forms import DecisionForm
from marketplace.procurement.labels import (
    FUNDS,
    NOTICES,
    PROCUREMENT_STATES,
    STAGES,
    method_explanation,
    method_label,
    notice_reason,
)
from marketplace.procurement.models import Procurement, ProcurementNotice, Question
from marketplace.procurement.policies import can_ask, can_suspend
from marketplace.procurement.queries import NoticeSearch
from marketplace.procurement.sections import sections_for

PAGE = 20


@require_safe
def notices(request: HttpRequest) -> HttpResponseBase:
    """Every published need, by words and filters; the address holds the search."""
    search = NoticeSearch.of(request.GET)
    found = queries.published(search)
    if request.GET.get("format") == "csv":
        return needs_table(found)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    counts = queries.facets(search)
    context = {
        "search": search,
        "page": page,
        "rows": [(row, PROCUREMENT_STATES[ProcurementState(row.state)], method_label(row.method)) for row in page],
        "stages": [(stage, STAGES[stage], counts[stage]) for stage in counts],
        "methods": [(method.value, _(LABELS[method])) for method in Method],
        "item": catalogue.item(search.item_id) if search.item_id else None,
        "now": timezone.now(),
    }
    return render(request, "marketplace/procurement/list.html", context)


def needs_table(found: "QuerySet[Procurement]") -> HttpResponseBase:
    """Needs as a table to download, read with owner and item; at most 10,000."""
    header = [
        _("Code"),
        _("Title"),
        _("Owner"),
        _("Item"),
        _("Method of selection"),
        _("Highest price"),
        _("State"),
        _("Sign-up until"),
    ]
    methods = {one.value: method_label(one) for one in Method}
    states = {one.value: str(words) for one, (words, _tone) in PROCUREMENT_STATES.items()}
    rows = (
        (row.code, row.title, row.owner.organisation.name, row.item.name, methods[row.method], row.ceiling_price,
         states[row.state], row.sign_up_until)
        for row in found[:10_000]
    )  # fmt: skip
    return csv_response("notices", header, rows)


@require_safe
def notice(request: HttpRequest, procurement_id: int) -> HttpResponse:
    """One need with everything that was published about it. Refuses (`NotFound`) what has no notice."""
    viewer, at = actor_of(request), timezone.now()
    found = queries.procurement_for(viewer, procurement_id)
    if not found.is_public:
        raise NotFound()
    row = Procurement.objects.select_related("owner").get(pk=procurement_id)
    words = requirement_words([row.requirement])[row.requirement]
    context = {
        "found": found,
        "owner": queries.owner_seen(viewer, found),
        "need": found.need,
        "state": PROCUREMENT_STATES[found.state],
        "method": method_label(found.need.method),
        "explanation": method_explanation(found.need.method),
        "fund": FUNDS[found.need.fund],
        "requirement": words,
        "sections": sections_for(viewer, found, at),
        "steps": _steps(found, at),
        "notices": [
            (one, NOTICES[ProcurementNoticeKind(one.kind)], notice_reason(one.reason))
            for one in row.notices.order_by("-published_at", "-id")
        ],
        "questions": Question.objects.filter(procurement_id=row.pk, answered_at__isnull=False),
        "may_ask": found.state is ProcurementState.SIGNING_UP and bool(can_ask(viewer, row)),
        "may_suspend": bool(can_suspend(viewer))
        and (found.state in RESUME or found.state is ProcurementState.SUSPENDED),
        "rules": [_rule(key, taken) for key, taken in found.parameters.items()],
        "records": records_of(f"procurement:{row.pk}"),
        "now": at,
    }
    return render(request, "marketplace/procurement/notice.html", context)


@require_safe
def notice_json(request: HttpRequest, procurement_id: int) -> JsonResponse:
    """The same as data: every published text with its hash."""
    found = queries.procurement(procurement_id)
    if not found.is_public:
        raise NotFound()
    texts = ProcurementNotice.objects.filter(procurement_id=procurement_id)
    data = {
        "code": found.code,
        "state": found.state.value,
        "round": found.round,
        "version": found.version,
        "notices": [
            {"kind": one.kind, "version": one.version, "round": one.round, "reason": one.reason, "body": one.body,
             "sha256": one.sha256, "evidence": one.evidence_hash, "published_at": one.published_at.isoformat()}
            for one in texts
        ],
    }  # fmt: skip
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 1})


@require_POST
def ask(request: HttpRequest, procurement_id: int) -> HttpResponseRedirect:
    """Ask the owner. Refuses as the service does."""
    text = request.POST.get("text", "")[:2_000]
    services.ask_question(actor=signed_in(request), procurement_id=procurement_id, text=text, at=timezone.now())
    messages.success(request, _("Asked. The answer is published here, without your name."))
    return HttpResponseRedirect(reverse("procurement:notice", args=[procurement_id]))


class Suspend(FormPage):
    """The regulator suspends, or lets go on, under a number."""

    template_name = "marketplace/procurement/decision.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        can_suspend(signed_in(request)).require()
        self.found = queries.procurement_for(signed_in(request), self.kwargs["procurement_id"])
        return DecisionForm(data, request.FILES or None)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"found": self.found, "state": PROCUREMENT_STATES[self.found.state]}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        said, actor = form.cleaned_data, signed_in(request)
        stored = vault.store(
            actor=actor,
            stream=said["document"],
            name=said["document"].name,
            media_type="application/pdf",
            at=at,
            subject=f"procurement:{self.found.id}",
        )
        step = services.suspend if said["step"] == "suspend" else services.resume
        decision = NumberedDecision(said["body"], said["number"], stored.id)
        step(actor=actor, procurement_id=self.found.id, decision=decision, reason=said["reason"], at=at)
        messages.success(request, _("The decision is recorded."))
        return reverse("procurement:notice", args=[self.found.id])


def _steps(found: queries.ProcurementView, at: datetime) -> list[dict[str, Any]]:
    """Published, deadline, selection: what is done, what comes next."""
    points = [
        (_("Published"), found.published_at),
        (_("Sign-up until"), found.sign_up_until),
        (_("Selection"), found.selection_at),
    ]
    if found.need.method is Method.DIRECT:
        points = points[:1] + points[2:]
    steps, next_found = [], False
    for title, instant in points:
        done = instant is not None and instant <= at
        state = "done" if done else "next" if not next_found else "later"
        next_found = next_found or not done
        steps.append({"title": title, "at": instant, "state": state})
    return steps


def _rule(key: str, taken: Any) -> dict[str, str]:
    known = definitions().get(key)
    return {
        "key": key,
        "label": label(known) if known else key,
        "value": str(taken["value"]),
        "unit": str(UNITS.get(known.unit, "")) if known else "",
        "source": str(taken["source"]),
    }
