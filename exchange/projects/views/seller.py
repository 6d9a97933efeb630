"""The seller's desk: drafts, lots, documents, handing in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from commons.domain.deadlines import local_day
from commons.domain.tasks import Task, TaskState
from commons.pages import FormPage, signed_in, told_there
from commons.vault import services as vault
from exchange.projects import queries, services
from exchange.projects.domain.states import LotState, ProjectState
from exchange.projects.domain.trades import TradeType
from exchange.projects.forms import AttachmentForm, NewProjectForm, ProjectForm
from exchange.projects.labels import project_state
from exchange.projects.models import Project
from exchange.projects.policies import can_change_project, can_draft_project
from exchange.projects.services.drafting import EDITABLE
from exchange.projects.sources import sources

PAGE = 20


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Every project of the seller, with its state."""
    actor = signed_in(request)
    can_draft_project(actor).require()
    page = Paginator(queries.drafts_of(actor), PAGE).get_page(request.GET.get("page"))
    rows = [(project, *project_state(project.state)) for project in page]
    return render(request, "exchange/projects/desk.html", {"page": page, "rows": rows})


class NewProject(FormPage):
    """The first page of a draft; `?again=<id>` takes over the words of a project whose lots failed."""

    template_name = "exchange/projects/facts.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        can_draft_project(signed_in(request)).require()
        permits = _permits(signed_in(request).organisation_id)
        return NewProjectForm(data, initial=_initial(_predecessor(request)), permits=permits)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"predecessor": _predecessor(request), "project": None}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        before = _predecessor(request)
        project_id = services.draft_project(
            actor=signed_in(request),
            trade_type=TradeType(form.cleaned_data["trade_type"]),
            facts=_facts(form),
            at=at,
            predecessor_id=before.pk if before else None,
        )
        return reverse("projects:draft", args=[project_id])


class EditProject(FormPage):
    """The words of a draft."""

    template_name = "exchange/projects/facts.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        project = self._project(request)
        return ProjectForm(data, initial=_initial(project), permits=_permits(project.seller_id))

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"project": self._project(request)}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        version = form.cleaned_data["version"] or 0
        project_id = self.kwargs["project_id"]
        services.change_project(
            actor=signed_in(request), project_id=project_id, facts=_facts(form), version=version, at=at
        )
        return reverse("projects:draft", args=[project_id])

    def _project(self, request: HttpRequest) -> Project:
        actor = signed_in(request)
        project = queries.draft(actor, self.kwargs["project_id"])
        can_change_project(actor, project).require()
        return project


@require_GET
def draft(request: HttpRequest, project_id: int) -> HttpResponse:
    """One project as the seller sees it: tasks, lots, documents, what the exchange said."""
    return _draft_page(request, queries.draft(signed_in(request), project_id), AttachmentForm())


def _draft_page(
    request: HttpRequest, project: Project, attachment_form: AttachmentForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "project": project,
        "state": project_state(project.state),
        "editable": project.state in EDITABLE,
        "lots": [queries.lot_view(lot) for lot in _with_project(project)],
        "attachments": list(project.attachments.all()),
        "attachment_form": attachment_form,
        "returned": _last_return(project),
        "may_offer_again": any(lot.state == LotState.FAILED for lot in project.lots.all()),
        "tasks": _tasks(project),
    }
    return render(request, "exchange/projects/draft.html", context, status=status)


@require_POST
def attach(request: HttpRequest, project_id: int) -> HttpResponse:
    """Take a PDF into the vault and put it beside the draft."""
    actor, at = signed_in(request), timezone.now()
    form = AttachmentForm(request.POST, request.FILES)
    project = queries.draft(actor, project_id)
    can_change_project(actor, project).require()
    if not form.is_valid():
        return _draft_page(request, project, form, status=400)
    file = form.cleaned_data["file"]
    document = vault.store(
        actor=actor,
        stream=file,
        name=file.name,
        media_type="application/pdf",
        at=at,
        subject=f"project:{project_id}",
    )
    title = form.cleaned_data["title"]
    services.attach(actor=actor, project_id=project_id, document_id=document.id, title=title, at=at)
    return HttpResponseRedirect(reverse("projects:draft", args=[project_id]) + "#documents")


@require_POST
def detach(request: HttpRequest, project_id: int, attachment_id: int) -> HttpResponse:
    """Take a document out of the draft."""
    services.detach(actor=signed_in(request), attachment_id=attachment_id, at=timezone.now())
    return HttpResponseRedirect(reverse("projects:draft", args=[project_id]) + "#documents")


@require_POST
def remove_lot(request: HttpRequest, project_id: int, lot_id: int) -> HttpResponse:
    """Take a lot out of the draft."""
    services.remove_lot(actor=signed_in(request), lot_id=lot_id, at=timezone.now())
    return HttpResponseRedirect(reverse("projects:draft", args=[project_id]) + "#lots")


@require_POST
def submit(request: HttpRequest, project_id: int) -> HttpResponse:
    """Hand the draft to the exchange."""
    with told_there(request):
        services.submit_project(actor=signed_in(request), project_id=project_id, at=timezone.now())
    return HttpResponseRedirect(reverse("projects:draft", args=[project_id]))


def _with_project(project: Project) -> list[Any]:
    lots = list(project.lots.all())
    for lot in lots:
        lot.project = project
    return lots


def _last_return(project: Project) -> str:
    """The reasons of the last return, while the project is with the seller."""
    checks = [check for check in project.checks.all() if not check.passed]
    return checks[-1].reason if checks and project.state == ProjectState.RETURNED else ""


def _tasks(project: Project) -> list[Task]:
    lots, documents = list(project.lots.all()), list(project.attachments.all())
    facts_done = all((project.title, project.decision_body, project.decision_no, project.contact_name))
    editable = project.state in EDITABLE
    edit = reverse("projects:edit", args=[project.pk]) if editable else ""
    done, todo = TaskState.DONE, TaskState.NOT_STARTED
    ready = facts_done and lots and documents
    submitted = Task(_("Hand in for the completeness check"), done) if not editable else None
    waiting = Task(
        _("Hand in for the completeness check"),
        TaskState.NOT_STARTED if ready else TaskState.CANNOT_START,
        "#submit" if ready else "",
        "" if ready else _("First complete the tasks above."),
    )
    return [
        Task(_("Title, decision and contact"), done if facts_done else TaskState.INCOMPLETE, edit),
        Task(_("Lots"), done if lots else todo, "#lots"),
        Task(_("Documents"), done if documents else todo, "#documents"),
        submitted or waiting,
    ]


def _predecessor(request: HttpRequest) -> Project | None:
    again = request.GET.get("again", "")
    if not (again.isascii() and again.isdigit()):
        return None
    return queries.drafts_of(signed_in(request)).filter(pk=int(again)).first()


def _initial(project: Project | None) -> dict[str, Any]:
    if project is None:
        return {}
    names = (*services.ProjectFacts.__slots__, "trade_type", "version")
    return {name: getattr(project, name) for name in names}


def _facts(form: forms.Form) -> services.ProjectFacts:
    given = {name: form.cleaned_data.get(name, "") for name in services.ProjectFacts.__slots__}
    return services.ProjectFacts(**given)


def _permits(seller_id: int | None) -> Sequence[tuple[str, str]]:
    return sources().choices(seller_id, local_day(timezone.now())) if seller_id is not None else ()
