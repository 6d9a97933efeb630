"""Pages of objections: the list, one objection with its answer, raising one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from commons.forms import offer
from commons.pages import FormPage, signed_in
from exchange.complaints import queries, services
from exchange.complaints.models import Complaint, Objection
from exchange.complaints.policies import can_answer, can_complain, can_object
from exchange.notices.queries import published_project
from exchange.projects.models import Lot

PAGE = 20


class TextForm(forms.Form):
    """Words."""

    text = forms.CharField(label=_("In words"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))


@require_GET
def objections(request: HttpRequest) -> HttpResponse:
    """The objections that the reader has to do with; those without an answer first."""
    page = Paginator(queries.objections(signed_in(request)), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": list(page), "today": timezone.localdate()}
    return render(request, "exchange/complaints/list.html", context)


class ObjectionForm(TextForm):
    """Words, and the lot that they are about."""

    lot = forms.TypedChoiceField(label=_("About"), coerce=int, required=False, empty_value=None)
    field_order = ("lot", "text")

    def __init__(self, *args: Any, lots: Sequence[Lot], **options: Any) -> None:
        super().__init__(*args, **options)
        numbered = ((lot.pk, f"{_('Lot')} {lot.number}") for lot in lots)
        offer(self, "lot", [("", _("The whole notice")), *numbered])


class Raise(FormPage):
    """Raise an objection to a published project."""

    template_name = "exchange/complaints/raise.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        project = published_project(self.kwargs["project_id"])
        can_object(signed_in(request), project).require()
        return ObjectionForm(data, lots=list(Lot.objects.filter(project_id=project.pk).order_by("number")))

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"project": published_project(self.kwargs["project_id"])}

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        objection_id = services.raise_objection(
            actor=signed_in(request),
            project_id=self.kwargs["project_id"],
            lot_id=form.cleaned_data["lot"],
            text=form.cleaned_data["text"],
            at=at,
        )
        return reverse("complaints:objection", args=[objection_id])


class Answer(FormPage):
    """One objection; its seller answers here."""

    template_name = "exchange/complaints/objection.html"

    def form(self, request: HttpRequest, data: Any) -> forms.Form:
        return TextForm(data)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        found = self._found(request)
        may_answer = bool(can_answer(signed_in(request), found.project)) and found.answered_at is None
        complaint = Complaint.objects.filter(objection=found).first()
        may_complain = complaint is None and bool(can_complain(signed_in(request), found))
        return {
            "objection": found,
            "may_answer": may_answer,
            "complaint": complaint,
            "may_complain": may_complain and (found.answered_at or timezone.localdate() > found.answer_due_on),
        }

    def perform(self, request: HttpRequest, form: forms.Form, at: datetime) -> str:
        found = self._found(request)
        answer = form.cleaned_data["text"]
        services.answer_objection(actor=signed_in(request), objection_id=found.pk, answer=answer, at=at)
        return reverse("complaints:objection", args=[found.pk])

    def _found(self, request: HttpRequest) -> Objection:
        return queries.objection(signed_in(request), self.kwargs["objection_id"])
