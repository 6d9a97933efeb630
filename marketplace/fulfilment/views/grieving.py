"""Pages of objections to results and of the complaints that follow them."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from commons.domain.deadlines import local_day
from commons.pages import FormPage, csv_response, signed_in
from exchange.notices.services import NumberedDecision
from marketplace.fulfilment import policies, queries, services
from marketplace.fulfilment.domain.states import GRIEVANCE, GrievanceCommand, GrievanceState
from marketplace.fulfilment.forms import RulingForm, WordsForm
from marketplace.fulfilment.labels import GRIEVANCES, RULINGS
from marketplace.fulfilment.models import Grievance
from marketplace.fulfilment.services.grieving import Ruling
from marketplace.fulfilment.views.acting import stored
from marketplace.procurement import queries as procurements
from marketplace.selection import queries as selections

PAGE = 20
STEPS = {
    "TAKE_UP_SUSPEND": (GrievanceCommand.TAKE_UP, _("Take it up and suspend until the decision")),
    "TAKE_UP": (GrievanceCommand.TAKE_UP, _("Take it up; everything goes on")),
    "REJECT": (GrievanceCommand.REJECT, _("Do not take it up")),
    "UPHOLD": (GrievanceCommand.UPHOLD, _("Upheld: notice or result is set aside, the round has failed")),
    "DISMISS": (GrievanceCommand.DISMISS, _("Dismissed: everything goes on")),
}


@require_safe
def objections(request: HttpRequest) -> HttpResponseBase:
    """The objections that the reader has to do with; as a table to download too."""
    found = queries.grievances(signed_in(request))
    if request.GET.get("format") == "csv":
        header = [_("Procurement"), _("Organisation"), _("Raised"), _("Answer due"), _("State")]
        states = {one: str(words) for one, (_tone, words) in GRIEVANCES.items()}
        rows = (
            (row.procurement.title, row.organisation.name, row.raised_at, row.answer_due_on,
             states[row.state])
            for row in found[:20_000]
        )  # fmt: skip
        return csv_response("objections", [str(one) for one in header], rows)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = [(row, GRIEVANCES[row.state]) for row in page]
    return render(request, "marketplace/fulfilment/objections.html", {"page": page, "rows": shown})


@require_safe
def objection(request: HttpRequest, grievance_id: int) -> HttpResponse:
    """One objection with its answer, its complaint and every paper of the regulator."""
    actor = signed_in(request)
    found = queries.grievance(actor, grievance_id)
    state, today = GrievanceState(found.state), local_day(timezone.now())
    waited = found.answered_at is not None or today > found.answer_due_on
    context = {
        "grievance": found,
        "state": GRIEVANCES[found.state],
        "documents": [(one, RULINGS[one.event]) for one in found.documents.order_by("id")],
        "may_answer": state is GrievanceState.RAISED and bool(policies.can_answer(actor, found)),
        "may_complain": GRIEVANCE.allows(state, GrievanceCommand.COMPLAIN)
        and waited
        and today <= found.complaint_until
        and bool(policies.can_complain(actor, found)),
        "may_rule": bool(_steps(found)) and bool(policies.can_decide(actor)),
    }
    return render(request, "marketplace/fulfilment/objection.html", context)


def _steps(found: Grievance) -> list[tuple[str, Any]]:
    state = GrievanceState(found.state)
    return [(name, label) for name, (command, label) in STEPS.items() if GRIEVANCE.allows(state, command)]


class Raise(FormPage):
    """An agency of the selection objects to its result."""

    template_name = "marketplace/fulfilment/form.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        found = queries.engagement(self.kwargs["engagement_id"])
        entrants = frozenset(selections.entrant_organisations(found.selection_id).values())
        policies.can_object(signed_in(request), entrants).require()
        return WordsForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        found = queries.engagement(self.kwargs["engagement_id"])
        return {"about": found.title, "title": _("Object to the result"), "button": _("Send the objection")}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        grievance_id = services.object_to(
            actor=signed_in(request),
            engagement_id=self.kwargs["engagement_id"],
            words=form.cleaned_data["words"],
            at=at,
        )
        return reverse("fulfilment:objection", args=[grievance_id])


class RaiseAboutNotice(FormPage):
    """An agency objects to a notice before the selection."""

    template_name = "marketplace/fulfilment/form.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        self.found = procurements.procurement_for(signed_in(request), self.kwargs["procurement_id"])
        policies.can_object_to_notice(signed_in(request), self.found.owner_organisation_id).require()
        return WordsForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"about": self.found.need.title, "title": _("Object to the notice"), "button": _("Send the objection")}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        words = form.cleaned_data["words"]
        number = services.object_to_notice(actor=signed_in(request), procurement_id=self.found.id, words=words, at=at)
        return reverse("fulfilment:objection", args=[number])


class _About(FormPage):
    """A form about one objection."""

    template_name = "marketplace/fulfilment/form.html"
    title: Any = ""
    button: Any = ""

    def found(self, request: HttpRequest) -> Grievance:
        return queries.grievance(signed_in(request), self.kwargs["grievance_id"])

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        self.found(request)
        return WordsForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        found = self.found(request)
        return {"about": found.procurement.title, "objection": found, "title": self.title, "button": self.button}

    def back(self) -> str:
        return reverse("fulfilment:objection", args=[self.kwargs["grievance_id"]])


class Answer(_About):
    title, button = _("Answer the objection"), _("Send the answer")

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        words = form.cleaned_data["words"]
        services.answer(actor=signed_in(request), grievance_id=self.kwargs["grievance_id"], words=words, at=at)
        return self.back()


class Complain(_About):
    title, button = _("Complain to the regulator"), _("Send the complaint")

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        words = form.cleaned_data["words"]
        services.complain(actor=signed_in(request), grievance_id=self.kwargs["grievance_id"], words=words, at=at)
        return self.back()


class Rule(_About):
    """The regulator takes a step under its number."""

    title, button = _("Decide about the complaint"), _("Issue the document")

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        policies.can_decide(signed_in(request)).require()
        files = request.FILES if data is not None else None
        return RulingForm(data, files, steps=_steps(self.found(request)))

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        actor, said, found = signed_in(request), form.cleaned_data, self.found(request)
        document_id = stored(actor, said["file"], found.stream, at)
        ruling = Ruling(NumberedDecision(said["body"], said["number"], document_id), said["words"])
        step, number = said["step"], found.pk
        if step in ("TAKE_UP", "TAKE_UP_SUSPEND"):
            suspend = step == "TAKE_UP_SUSPEND"
            services.take_up(actor=actor, grievance_id=number, ruling=ruling, suspend=suspend, at=at)
        elif step == "REJECT":
            services.reject(actor=actor, grievance_id=number, ruling=ruling, at=at)
        else:
            services.settle(actor=actor, grievance_id=number, ruling=ruling, uphold=step == "UPHOLD", at=at)
        return self.back()
