"""The exchange's desk: projects to check and to publish."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from commons.pages import FormPage, signed_in
from exchange.projects import queries, services
from exchange.projects.domain.completeness import ITEMS
from exchange.projects.domain.states import ProjectState
from exchange.projects.forms import CheckForm
from exchange.projects.labels import project_state
from exchange.projects.policies import can_check_project, can_publish_project

PAGE = 20


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for the exchange, the oldest first."""
    actor = signed_in(request)
    can_check_project(actor).require()
    page = Paginator(queries.to_check(actor), PAGE).get_page(request.GET.get("page"))
    rows = [(project, *project_state(project.state)) for project in page]
    return render(request, "exchange/projects/to_check.html", {"page": page, "rows": rows})


class CheckProject(FormPage):
    """The completeness check of one project; passing and returning are two buttons of one form."""

    template_name = "exchange/projects/check.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        can_check_project(signed_in(request)).require()
        return CheckForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        actor = signed_in(request)
        project = queries.draft(actor, self.kwargs["project_id"])
        for lot in project.lots.all():
            lot.project = project
        decision = can_publish_project(actor, project)
        return {
            "project": project,
            "state": project_state(project.state),
            "lots": [queries.lot_view(lot) for lot in project.lots.all()],
            "attachments": list(project.attachments.all()),
            "checks": list(project.checks.all()),
            "items": ITEMS,
            "to_check": project.state == ProjectState.SUBMITTED,
            "to_publish": project.state == ProjectState.CHECKED,
            "may_publish": bool(decision),
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        assert isinstance(form, CheckForm)
        actor, project_id = signed_in(request), self.kwargs["project_id"]
        if request.POST.get("outcome") == "return":
            reason = form.cleaned_data["reason"]
            services.return_project(actor=actor, project_id=project_id, found=form.found(), reason=reason, at=at)
            messages.success(request, _("The project went back to its seller, with your reasons."))
        else:
            services.pass_check(actor=actor, project_id=project_id, found=form.found(), at=at)
            messages.success(request, _("The check is recorded. Somebody else of the exchange publishes the project."))
        return reverse("projects:centre")
