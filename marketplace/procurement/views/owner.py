"""The owner's workspace: needs, cases that ask for one, the internal chain, questions."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from commons.domain.actor import Role
from commons.evidence.queries import records_of
from commons.intake import queries as cases
from commons.pages import FormPage, signed_in
from commons.people import queries as people
from marketplace.catalogue.labels import requirement_words
from marketplace.entry import queries as entry
from marketplace.entry.domain.entrants import EntrantKind
from marketplace.procurement import queries, services
from marketplace.procurement.domain.notices import ProcurementNoticeKind
from marketplace.procurement.domain.states import EDITABLE, ProcurementState
from marketplace.procurement.labels import FUNDS, PROCUREMENT_STATES, method_label, notice_reason
from marketplace.procurement.models import ChainStep, Procurement, Question, StepDecision
from marketplace.procurement.policies import can_draft
from marketplace.procurement.views.drafting import advice_on, items, own
from marketplace.procurement.views.public import needs_table
from marketplace.procurement.views.wizard import next_step, tasks_of

PAGE = 20
STEPS = 6


@require_GET
def workspace(request: HttpRequest) -> HttpResponseBase:
    """Every need of the owner, what waits for the reader's approval, cases that ask for a service."""
    actor = signed_in(request)
    can_draft(actor).require()
    if request.GET.get("format") == "csv":
        return needs_table(queries.own(actor).select_related("owner__organisation", "item"))
    found = entry.own_entrant(actor, EntrantKind.OWNER)
    page = Paginator(queries.own(actor), PAGE).get_page(request.GET.get("page"))
    organisation = people.organisations([actor.organisation_id or 0]).get(actor.organisation_id or 0)
    waiting = [one.case for one in cases.waiting() if organisation and one.case.applicant_uscc == organisation.uscc]
    context = {
        "entry": found,
        "page": page,
        "rows": [(row, PROCUREMENT_STATES[ProcurementState(row.state)], method_label(row.method)) for row in page],
        "to_approve": list(queries.to_approve(actor)),
        "cases": waiting,
        "items": items() if waiting else [],
        "is_administrator": actor.has(Role.ADMINISTRATOR),
        "now": timezone.now(),
    }
    return render(request, "marketplace/procurement/workspace.html", context)


@require_GET
def procurement(request: HttpRequest, procurement_id: int) -> HttpResponse:
    """One need as its owner sees it: gaps, advice, chain, questions, and what can be done now."""
    actor = signed_in(request)
    found = own(request, procurement_id)
    row = Procurement.objects.get(pk=procurement_id)
    chain = list(ChainStep.objects.select_related("person").filter(owner_id=found.owner_id).order_by("position"))
    decided = list(StepDecision.objects.filter(procurement_id=row.pk, submission=row.submission).order_by("position"))
    due = chain[len(decided)] if found.state is ProcurementState.OWNER_REVIEW and len(decided) < len(chain) else None
    gaps = found.need.gaps() if found.state in EDITABLE else ()
    context = {
        "found": found,
        "owner": queries.owner_seen(actor, found),
        "row": row,
        "need": found.need,
        "state": PROCUREMENT_STATES[found.state],
        "method": method_label(found.need.method),
        "fund": FUNDS[found.need.fund],
        "requirement": requirement_words([row.requirement])[row.requirement],
        "gaps": bool(gaps),
        "tasks": tasks_of(found.id, found.need) if found.state in EDITABLE else [],
        "next_step": next_step(found.id, found.need),
        "editable": found.state in EDITABLE,
        "chain": [(step, next((one for one in decided if one.position == step.position), None)) for step in chain],
        "is_my_turn": due is not None and due.person_id == actor.person_id,
        "questions": Question.objects.filter(procurement_id=row.pk),
        "may_amend": found.state is ProcurementState.SIGNING_UP and row.pending_amendment is None,
        "may_void": found.state in (*EDITABLE, ProcurementState.SIGNING_UP, ProcurementState.AWAITING_SELECTION,
                                    ProcurementState.FAILED),
        "failure": _failure(row) if found.state is ProcurementState.FAILED else "",
        "records": records_of(f"procurement:{row.pk}"),
        "now": timezone.now(),
        **advice_on(request, found.need, found),
    }  # fmt: skip
    return render(request, "marketplace/procurement/own.html", context)


class Chain(FormPage):
    """Who of the owner approves needs, in order."""

    template_name = "marketplace/procurement/chain.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        actor = signed_in(request)
        can_draft(actor).require()
        owner = entry.require_entered(actor, EntrantKind.OWNER)
        members = people.names_with(owner.organisation_id, Role.OWNER, Role.ADMINISTRATOR)
        return chain_form(data, members, list(ChainStep.objects.filter(owner=owner).order_by("position")))

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"may_set": signed_in(request).has(Role.ADMINISTRATOR)}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        said = form.cleaned_data
        numbers = range(1, STEPS + 1)
        steps = [(said[f"title_{n}"] or "—", int(said[f"person_{n}"])) for n in numbers if said[f"person_{n}"]]
        services.set_chain(actor=signed_in(request), steps=steps, at=at)
        messages.success(request, _("The chain is set; it holds for what is handed in from now on."))
        return reverse("procurement:workspace")


@require_POST
def submit(request: HttpRequest, procurement_id: int) -> HttpResponseRedirect:
    """Hand the need in."""
    state = services.submit(actor=signed_in(request), procurement_id=procurement_id, at=timezone.now())
    internal = state is ProcurementState.OWNER_REVIEW
    messages.success(request, _("It waits for your own approval first.") if internal else _("Handed in to the centre."))
    return _to(procurement_id)


@require_POST
def decide(request: HttpRequest, procurement_id: int) -> HttpResponseRedirect:
    """Approve or reject as the step that is due."""
    approved, reason = request.POST.get("outcome") == "approve", request.POST.get("reason", "")[:500]
    services.decide_step(
        actor=signed_in(request), procurement_id=procurement_id, approved=approved, reason=reason, at=timezone.now()
    )
    messages.success(request, _("Your decision is recorded."))
    return _to(procurement_id)


@require_POST
def void(request: HttpRequest, procurement_id: int) -> HttpResponseRedirect:
    """Give the need up."""
    reason = request.POST.get("reason", "")[:500]
    services.void(actor=signed_in(request), procurement_id=procurement_id, reason=reason, at=timezone.now())
    messages.success(request, _("The need is void."))
    return _to(procurement_id)


@require_POST
def answer(request: HttpRequest, question_id: int) -> HttpResponseRedirect:
    """Answer a question, for everybody to read."""
    text = request.POST.get("text", "")[:2_000]
    services.answer_question(actor=signed_in(request), question_id=question_id, answer=text, at=timezone.now())
    messages.success(request, _("The answer is published."))
    return _to(Question.objects.get(pk=question_id).procurement_id)


def _failure(row: Procurement) -> str:
    """Why the newest round failed, in words."""
    notices = row.notices.filter(kind=ProcurementNoticeKind.FAILURE.value).order_by("-id")
    reason = notices.values_list("reason", flat=True).first()
    return str(notice_reason(reason)) if reason else ""


def chain_form(data: Any, members: dict[int, str], chain: list[ChainStep]) -> forms.Form:
    """A form with a title and a person for each place of the chain."""
    fields: dict[str, forms.Field] = {}
    choices = [("", "—"), *((str(number), name) for number, name in members.items())]
    for number in range(1, STEPS + 1):
        step = chain[number - 1] if number <= len(chain) else None
        fields[f"title_{number}"] = forms.CharField(
            label=_("Step %(number)s: as what") % {"number": number},
            max_length=60,
            required=False,
            initial=step.title if step else "",
        )
        fields[f"person_{number}"] = forms.ChoiceField(
            label=_("Step %(number)s: who") % {"number": number},
            choices=choices,
            required=False,
            initial=str(step.person_id) if step else "",
        )
    return type("ChainForm", (forms.Form,), fields)(data)  # type: ignore[no-any-return]


def _to(procurement_id: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("procurement:own", args=[procurement_id]))
